use serde_json::{Value, json};

use super::*;
use crate::Secret;

const DAY: Duration = Duration::days(1);

/// The default limit of nginx and other proxies for one header.
const MAX_HEADER_BYTES: usize = 8 * 1024;

fn cookies() -> EncryptedCookies {
    sealed_with("a secret", &[])
}

fn sealed_with(first: &str, older: &[&str]) -> EncryptedCookies {
    let older = older.iter().copied().map(Secret::new).collect();
    EncryptedCookies::new(&CookieSecrets::new(Secret::new(first), older))
}

/// A group id in the form of Microsoft Entra ID (`b8f53…-…`).
fn random_identifier(_: usize) -> String {
    let id = clock::random_hex::<16>();
    format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
}

/// Random text of this length, which does not compress.
fn random_text(length: usize) -> String {
    (0..length / 32).map(|_| clock::random_hex::<16>()).collect()
}

/// The cookies that a browser sends after it received the `Set-Cookie` headers `set`.
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
fn the_claims_of_two_hundred_groups_are_split_over_several_cookies() {
    // Random group ids hardly compress.
    let groups: Vec<String> = (0..200).map(random_identifier).collect();
    let value = json!({ "groups": groups });
    let set = cookies().set(&HeaderMap::new(), SESSION, &value, DAY).expect("it fits");
    assert!(set.len() > 1);
    let line = sent(&set)[header::COOKIE].len();
    assert!(line < MAX_HEADER_BYTES, "{line}");
    assert!(set.iter().all(|line| line.len() < 4_096));
    assert_eq!(cookies().read::<Value>(&sent(&set), SESSION), Some(value));
}

#[test]
fn a_shorter_session_removes_the_surplus_cookies_of_a_longer_one() {
    let long =
        cookies().set(&HeaderMap::new(), SESSION, &random_text(8_000), DAY).expect("it fits");
    let short = cookies().set(&sent(&long), SESSION, &"y", DAY).expect("it fits");
    let removed = short
        .iter()
        .filter(|line| line.to_str().is_ok_and(|line| line.contains("Max-Age=0")))
        .count();
    assert_eq!(removed, long.len() - 1);
}

#[test]
fn foreign_broken_and_swapped_cookies_are_rejected() {
    let set = cookies().set(&HeaderMap::new(), SESSION, &"alice", DAY).expect("it fits");
    let mine = sent(&set);
    assert_eq!(sealed_with("another", &[]).read::<String>(&mine, SESSION), None);
    let line = mine[header::COOKIE].to_str().expect("text");
    let broken = line.replace("session=", "session=A");
    for bad in [
        broken.as_str(),
        "__Host-dploy_session",
        "__Host-dploy_session=",
        "=;=;;",
        &line.replace(SESSION, PENDING_SIGN_IN),
    ] {
        let headers =
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(bad).expect("a header"))]);
        assert_eq!(cookies().read::<String>(&headers, SESSION), None, "{bad}");
        assert_eq!(cookies().read::<String>(&headers, PENDING_SIGN_IN), None, "{bad}");
    }
}

#[test]
fn a_value_that_is_too_large_for_cookies_is_refused() {
    assert_eq!(cookies().set(&HeaderMap::new(), SESSION, &random_text(40_000), DAY), None);
}

#[test]
fn cookies_outlive_a_change_of_the_secret_while_the_old_one_is_listed() {
    let before = sealed_with("old", &[]);
    let set = before.set(&HeaderMap::new(), SESSION, &"alice", DAY).expect("it fits");
    let during = sealed_with("new", &["older", "old"]);
    assert_eq!(during.read::<String>(&sent(&set), SESSION).as_deref(), Some("alice"));
    assert_eq!(sealed_with("new", &["older"]).read::<String>(&sent(&set), SESSION), None);

    let anew = during.set(&HeaderMap::new(), SESSION, &"alice", DAY).expect("it fits");
    let after = sealed_with("new", &[]);
    assert_eq!(after.read::<String>(&sent(&anew), SESSION).as_deref(), Some("alice"));
    assert_eq!(before.read::<String>(&sent(&anew), SESSION), None, "the first one seals");
}
