//! Cookies: the gateway's own, and what passes of everybody else's.
//!
//! Browsers keep the cookies of one host apart from those of others, but not those of one port from another's, and scripts
//! send whatever they like. So nothing that is called like a cookie of Dploy's passes, in either direction.

use axum::http::{HeaderMap, HeaderValue, header};

/// The session on an environment's host.
pub(super) const SESSION: &str = "dploy_gateway";
/// What a ticket is bound to until there is a session.
pub(super) const NONCE: &str = "dploy_gateway_nonce";
/// How the names of all cookies of Dploy's start, after a `__Host-` or `__Secure-`.
const OURS: &str = "dploy";

/// The value of the cookie of that name.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// A `Set-Cookie` of the gateway, for this host alone, out of reach of scripts.
pub(super) fn set(name: &str, value: &str, seconds: Option<u32>) -> Option<HeaderValue> {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}")).ok()
}

/// Takes Dploy's own cookies out of a request.
pub(super) fn hide_ours(headers: &mut HeaderMap) {
    let others: Vec<String> = pairs(headers)
        .filter(|(name, _)| !is_ours(name))
        .map(
            |(name, value)| {
                if name.is_empty() { value.to_owned() } else { format!("{name}={value}") }
            },
        )
        .collect();
    headers.remove(header::COOKIE);
    if let (false, Ok(value)) = (others.is_empty(), HeaderValue::from_str(&others.join("; "))) {
        headers.insert(header::COOKIE, value);
    }
}

/// Lets an environment set cookies for its own host alone, and none that are called like Dploy's.
pub(super) fn confine(headers: &mut HeaderMap) {
    let wanted: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in wanted {
        if let Some(confined) = cookie.to_str().ok().and_then(confined) {
            headers.append(header::SET_COOKIE, confined);
        }
    }
}

/// The cookie without its domain, or nothing when it is called like one of Dploy's.
fn confined(cookie: &str) -> Option<HeaderValue> {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let name = pair.split_once('=').map_or("", |(name, _)| name.trim());
    if is_ours(name) {
        return None;
    }
    let is_domain = |attribute: &&str| {
        let name = attribute.split('=').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("domain")
    };
    let kept = attributes
        .split(';')
        .filter(|attribute| !attribute.trim().is_empty() && !is_domain(attribute));
    let parts: Vec<&str> = std::iter::once(pair).chain(kept).collect();
    HeaderValue::from_str(&parts.join(";")).ok()
}

fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let bare = ["__host-", "__secure-"].iter().find_map(|prefix| name.strip_prefix(prefix));
    bare.unwrap_or(&name).starts_with(OURS)
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or(("", pair)))
}

#[cfg(test)]
mod tests;
