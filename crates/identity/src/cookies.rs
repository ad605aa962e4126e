//! Sessions in encrypted cookies: no replica keeps anything, no script can read them.
//!
//! A browser keeps at most 4 KiB a cookie, and claims can be larger (200 groups), so they are packed, and the sealed text is cut over
//! several cookies.

use std::sync::Arc;

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{bearer::Verified, seal::Seal};

/// `__Host-` makes browsers refuse the cookie from another host or over an unsafe connection (RFC 6265bis, 4.1.3.2).
pub(crate) const SESSION: &str = "__Host-dploy_session";
/// What a sign-in that was begun is remembered by; followed by a mark of its state.
pub(crate) const PENDING: &str = "__Host-dploy_login_";

/// Leaves room for the name and the attributes within the 4,096 bytes that every browser keeps.
const PIECE: usize = 3_600;
/// As many as proxies commonly let through.
const MOST_PIECES: usize = 8;

/// Somebody who signed in.
#[derive(Clone, PartialEq, Serialize, serde::Deserialize)]
pub(crate) struct Session {
    pub(crate) claims: Map<String, Value>,
    pub(crate) expires_at: Timestamp,
    /// From then on it is renewed, where it can be.
    pub(crate) renew_at: Timestamp,
    pub(crate) refresh_token: Option<String>,
}

/// A session is renewed when this little is left of it, or a quarter of its time, whichever is less.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(2);
/// How long a browser keeps a session that can be renewed.
const KEPT: Duration = Duration::days(30);

impl Session {
    /// The session that an ID token opens or goes on with.
    pub(crate) fn new(verified: Verified, refresh_token: Option<String>, now: Timestamp) -> Self {
        let expires_at = verified.expires_at;
        let renew_at = expires_at - RENEW_BEFORE.min(expires_at.duration_since(now) / 4);
        Self { claims: Arc::unwrap_or_clone(verified.claims), expires_at, renew_at, refresh_token }
    }
}

/// Without the refresh token and the claims, which no log may show.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Seals and opens cookies.
#[derive(Debug, Clone)]
pub(crate) struct Cookies(Seal);

impl Cookies {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Seal::new(key))
    }

    /// The value that was sealed under `name`, if the request bears it whole and untouched.
    pub(crate) fn open<T: DeserializeOwned>(&self, headers: &HeaderMap, name: &str) -> Option<T> {
        let sealed: String = pieces(headers, name).concat();
        self.0.open(name, &sealed)
    }

    /// `Set-Cookie` headers that hold a session. `None` when its claims are too large for cookies.
    pub(crate) fn seal_session(
        &self,
        request: &HeaderMap,
        session: &Session,
        now: Timestamp,
    ) -> Option<Vec<HeaderValue>> {
        let left = Duration::seconds(session.expires_at.duration_since(now).as_secs().max(0));
        let lifetime = if session.refresh_token.is_some() { KEPT } else { left };
        self.seal(request, SESSION, session, lifetime)
    }

    /// `Set-Cookie` headers that seal `value` under `name`, and that remove what an earlier, longer value has left in the browser.
    /// `None` when it is too large for cookies.
    pub(crate) fn seal<T: Serialize>(
        &self,
        request: &HeaderMap,
        name: &str,
        value: &T,
        lifetime: Duration,
    ) -> Option<Vec<HeaderValue>> {
        let sealed = self.0.close(name, value)?;
        let count = sealed.len().div_ceil(PIECE);
        if count > MOST_PIECES {
            return None;
        }
        let texts = (0..count).map(|number| {
            sealed[number * PIECE..sealed.len().min((number + 1) * PIECE)].to_owned()
        });
        let set = texts
            .enumerate()
            .map(|(number, text)| set_cookie(&piece_name(name, number), &text, lifetime));
        let stale = (count..MOST_PIECES)
            .map(|number| piece_name(name, number))
            .filter(|name| value_of(request, name).is_some());
        set.chain(stale.map(|name| set_cookie(&name, "", Duration::ZERO))).collect()
    }
}

/// `Set-Cookie` headers that remove every cookie of the request whose name starts with one of ours.
pub(crate) fn removed(request: &HeaderMap, prefix: &str) -> Vec<HeaderValue> {
    all(request)
        .filter(|(name, _)| name.starts_with(prefix))
        .filter_map(|(name, _)| set_cookie(name, "", Duration::ZERO))
        .collect()
}

/// How many cookies of the request have a name that starts so.
pub(crate) fn count(request: &HeaderMap, prefix: &str) -> usize {
    all(request).filter(|(name, _)| name.starts_with(prefix)).count()
}

fn piece_name(name: &str, number: usize) -> String {
    if number == 0 { name.to_owned() } else { format!("{name}-{number}") }
}

fn pieces<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    (0..MOST_PIECES).map_while(|number| value_of(headers, &piece_name(name, number))).collect()
}

fn value_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers).find(|(given, _)| *given == name).map(|(_, value)| value)
}

/// The cookies of a request; what is not of their form is passed over.
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
mod tests {
    use serde_json::json;

    use super::*;

    const DAY: Duration = Duration::days(1);

    /// The largest header that nginx and others take where nobody says otherwise.
    const PROXIES_TAKE: usize = 8 * 1024;

    fn cookies() -> Cookies {
        Cookies::new(&[7; 32])
    }

    /// `b8f53…-…`, as Microsoft Entra ID has them.
    fn random_identifier(_: usize) -> String {
        let id = clock::random_hex::<16>();
        format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
    }

    /// Text of this length that does not repeat itself.
    fn random_text(length: usize) -> String {
        (0..length / 32).map(|_| clock::random_hex::<16>()).collect()
    }

    /// What a browser sends after it was told `set`.
    fn sent(set: &[HeaderValue]) -> HeaderMap {
        let pairs: Vec<&str> = set
            .iter()
            .map(|line| line.to_str().expect("text").split(';').next().expect("a pair"))
            .collect();
        HeaderMap::from_iter([(
            header::COOKIE,
            HeaderValue::from_str(&pairs.join("; ")).expect("a header"),
        )])
    }

    #[test]
    fn two_hundred_groups_are_cut_over_several_cookies() {
        // Random identifiers, as some providers name groups, hardly pack.
        let groups: Vec<String> = (0..200).map(random_identifier).collect();
        let value = json!({ "groups": groups });
        let set = cookies().seal(&HeaderMap::new(), SESSION, &value, DAY).expect("it fits");
        assert!(set.len() > 1);
        let line = sent(&set)[header::COOKIE].len();
        assert!(line < PROXIES_TAKE, "{line}");
        assert!(set.iter().all(|line| line.len() < 4_096));
        assert_eq!(cookies().open::<Value>(&sent(&set), SESSION), Some(value));
    }

    #[test]
    fn a_shorter_session_leaves_nothing_of_the_longer_one() {
        let long =
            cookies().seal(&HeaderMap::new(), SESSION, &random_text(8_000), DAY).expect("it fits");
        let short = cookies().seal(&sent(&long), SESSION, &"y", DAY).expect("it fits");
        let removed = short
            .iter()
            .filter(|line| line.to_str().is_ok_and(|line| line.contains("Max-Age=0")))
            .count();
        assert_eq!(removed, long.len() - 1);
    }

    #[test]
    fn foreign_broken_and_swapped_cookies_are_nobody_s() {
        let set = cookies().seal(&HeaderMap::new(), SESSION, &"alice", DAY).expect("it fits");
        let mine = sent(&set);
        assert_eq!(Cookies::new(&[8; 32]).open::<String>(&mine, SESSION), None);
        let line = mine[header::COOKIE].to_str().expect("text");
        let broken = line.replace("session=", "session=A");
        for bad in [
            broken.as_str(),
            "__Host-dploy_session",
            "__Host-dploy_session=",
            "=;=;;",
            &line.replace(SESSION, PENDING),
        ] {
            let headers = HeaderMap::from_iter([(
                header::COOKIE,
                HeaderValue::from_str(bad).expect("a header"),
            )]);
            assert_eq!(cookies().open::<String>(&headers, SESSION), None, "{bad}");
            assert_eq!(cookies().open::<String>(&headers, PENDING), None, "{bad}");
        }
    }

    #[test]
    fn what_is_too_large_for_cookies_is_refused() {
        assert_eq!(cookies().seal(&HeaderMap::new(), SESSION, &random_text(40_000), DAY), None);
    }
}
