//! Encrypted cookies. A replica keeps no state, and a script cannot read them.
//!
//! A browser keeps at most 4 KiB per cookie, and claims can be larger (200 groups). An encrypted
//! value is therefore split over several cookies: `<name>`, `<name>-1`, `<name>-2` and so on.

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};

use crate::{CookieSecrets, cookie_cipher::CookieCipher, session::Session};

/// The session's cookie. `__Host-` makes browsers reject the cookie from another host or over an
/// insecure connection (RFC 6265bis, 4.1.3.2).
pub(crate) const SESSION: &str = "__Host-dploy_session";
/// The prefix of the cookie of a pending sign-in; a digest of its state follows.
pub(crate) const PENDING_SIGN_IN: &str = "__Host-dploy_login_";

/// The cookie that a sign-in leaves for the page that it returns to.
pub(crate) const ARRIVAL: &str = "__Host-dploy_arrival";
/// The cookie that ends the sessions from before a sign-out.
pub(crate) const SIGNED_OUT: &str = "__Host-dploy_signed_out";

/// The longest value of one cookie. Browsers keep 4,096 bytes, which include the name and
/// attributes.
const MAX_COOKIE_VALUE_BYTES: usize = 3_600;
/// The most cookies that one value is split into; proxies commonly accept this many.
const MAX_COOKIES_PER_VALUE: usize = 8;

/// Reads and writes encrypted cookies.
#[derive(Debug, Clone)]
pub(crate) struct EncryptedCookies(CookieCipher);

impl EncryptedCookies {
    pub(crate) fn new(secrets: &CookieSecrets) -> Self {
        Self(CookieCipher::new(secrets))
    }

    /// The value that was encrypted under `name`. `None` when a cookie of it is missing or altered.
    pub(crate) fn read<T: DeserializeOwned>(&self, headers: &HeaderMap, name: &str) -> Option<T> {
        let text: String = split_value(headers, name).concat();
        self.0.decrypt(name, &text)
    }

    /// `Set-Cookie` headers that store a session for a time. `None` when its claims are too large
    /// for cookies.
    pub(crate) fn set_session(
        &self,
        request: &HeaderMap,
        session: &Session,
        lifetime: SignedDuration,
    ) -> Option<Vec<HeaderValue>> {
        self.set(request, SESSION, session, Duration::seconds(lifetime.as_secs().max(0)))
    }

    /// `Set-Cookie` headers that store `value` under `name`, and that remove the surplus cookies of
    /// an earlier, longer value. `None` when the value is too large for cookies.
    pub(crate) fn set<T: Serialize>(
        &self,
        request: &HeaderMap,
        name: &str,
        value: &T,
        lifetime: Duration,
    ) -> Option<Vec<HeaderValue>> {
        let text = self.0.encrypt(name, value)?;
        let count = text.len().div_ceil(MAX_COOKIE_VALUE_BYTES);
        if count > MAX_COOKIES_PER_VALUE {
            return None;
        }
        let parts = (0..count).map(|index| {
            let start = index * MAX_COOKIE_VALUE_BYTES;
            &text[start..text.len().min(start + MAX_COOKIE_VALUE_BYTES)]
        });
        let stored = parts
            .enumerate()
            .map(|(index, part)| set_cookie(&cookie_name(name, index), part, lifetime));
        let surplus = (count..MAX_COOKIES_PER_VALUE)
            .map(|index| cookie_name(name, index))
            .filter(|name| value_of(request, name).is_some());
        stored.chain(surplus.map(|name| set_cookie(&name, "", Duration::ZERO))).collect()
    }
}

/// `Set-Cookie` headers that remove each cookie of the request whose name starts with `prefix`.
pub(crate) fn removed(request: &HeaderMap, prefix: &str) -> Vec<HeaderValue> {
    all(request)
        .filter(|(name, _)| name.starts_with(prefix))
        .filter_map(|(name, _)| set_cookie(name, "", Duration::ZERO))
        .collect()
}

/// The number of cookies of the request whose name starts with `prefix`.
pub(crate) fn count(request: &HeaderMap, prefix: &str) -> usize {
    all(request).filter(|(name, _)| name.starts_with(prefix)).count()
}

fn cookie_name(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}-{index}") }
}

fn split_value<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    (0..MAX_COOKIES_PER_VALUE)
        .map_while(|index| value_of(headers, &cookie_name(name, index)))
        .collect()
}

fn value_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers).find(|(given, _)| *given == name).map(|(_, value)| value)
}

/// The cookies of a request; malformed ones are skipped.
fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

fn set_cookie(name: &str, value: &str, lifetime: Duration) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(true)
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .build();
    let mut header = HeaderValue::from_str(&cookie.to_string()).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests;
