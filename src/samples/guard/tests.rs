use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::judge;

#[track_caller]
fn check(host: &str, origin: Option<&str>, expected: Option<StatusCode>) {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
    }
    assert_eq!(judge(&headers).err().map(|(status, _)| status), expected, "{host} {origin:?}");
}

#[test]
fn names_of_this_machine_are_answered() {
    for host in ["localhost", "127.0.0.1:4000", "[::1]:4000", "[::1]", "Webterm-1.LOCALHOST:8080"] {
        check(host, None, None);
    }
}

#[test]
fn a_name_that_was_pointed_at_this_machine_is_not_answered() {
    for host in ["evil.example:4000", "localhost.evil.example", ".localhost", "", "10.0.0.1"] {
        check(host, None, Some(StatusCode::MISDIRECTED_REQUEST));
    }
}

#[test]
fn only_its_own_pages_may_use_it() {
    check("a.localhost:8080", Some("http://a.localhost:8080"), None);
    for origin in
        ["http://b.localhost:8080", "http://a.localhost:9000", "http://a.localhost", "null"]
    {
        check("a.localhost:8080", Some(origin), Some(StatusCode::FORBIDDEN));
    }
}
