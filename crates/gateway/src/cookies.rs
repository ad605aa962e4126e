//! The gateway's own cookies, and which other cookies it passes on.
//!
//! Browsers separate cookies by host but not by port, and scripts may send any cookie. So the
//! gateway passes no cookie with a name of Dploy's, in either direction.

use axum::http::{HeaderMap, HeaderValue, header};

/// The name of the session's cookie on an environment's host.
pub(crate) const SESSION: &str = "dploy_gateway";
/// The name of the nonce's cookie, which binds a ticket to a browser.
pub(crate) const NONCE: &str = "dploy_gateway_nonce";
/// The prefix of all names of Dploy's cookies, after `__Host-` or `__Secure-`.
const DPLOY_PREFIX: &str = "dploy";

/// The value of the cookie `name`.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// A `Set-Cookie` for this host only, which scripts cannot read.
pub(crate) fn set(name: &str, value: &str, seconds: Option<u32>) -> Option<HeaderValue> {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}")).ok()
}

/// Removes Dploy's cookies from a request.
pub(crate) fn remove_dploy_cookies(headers: &mut HeaderMap) {
    let others: Vec<String> = pairs(headers)
        .filter(|(name, _)| !is_dploy_cookie(name))
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

/// Restricts the cookies that an environment sets to its own host, and removes those with a name of
/// Dploy's.
pub(crate) fn confine(headers: &mut HeaderMap) {
    let wanted: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in wanted {
        if let Some(confined) = cookie.to_str().ok().and_then(confined) {
            headers.append(header::SET_COOKIE, confined);
        }
    }
}

/// The cookie without its domain; `None` for a name of Dploy's.
fn confined(cookie: &str) -> Option<HeaderValue> {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let name = pair.split_once('=').map_or("", |(name, _)| name.trim());
    if is_dploy_cookie(name) {
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

fn is_dploy_cookie(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let bare = ["__host-", "__secure-"].iter().find_map(|prefix| name.strip_prefix(prefix));
    bare.unwrap_or(&name).starts_with(DPLOY_PREFIX)
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
