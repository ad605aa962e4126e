use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Guard;

#[track_caller]
fn check_at(guard: Guard, host: &str, origin: Option<&str>, expected: Option<StatusCode>) {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
    }
    let refused = guard.check(&headers).err().map(|(status, _)| status);
    assert_eq!(refused, expected, "{host} {origin:?}");
}

#[track_caller]
fn check(host: &str, origin: Option<&str>, expected: Option<StatusCode>) {
    check_at(Guard::Loopback, host, origin, expected);
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

#[test]
fn behind_a_proxy_any_host_is_answered_but_no_other_origin() {
    let host = "desk-1.envs.example";
    for origin in [None, Some("https://desk-1.envs.example"), Some("http://desk-1.envs.example")] {
        check_at(Guard::AnyHost, host, origin, None);
    }
    for origin in ["https://desk-2.envs.example", "https://evil.example", "null"] {
        check_at(Guard::AnyHost, host, Some(origin), Some(StatusCode::FORBIDDEN));
    }
}

#[test]
fn the_address_chooses_the_guard() {
    for (address, guard) in [
        ("127.0.0.1", Guard::Loopback),
        ("::1", Guard::Loopback),
        ("0.0.0.0", Guard::AnyHost),
        ("10.1.2.3", Guard::AnyHost),
    ] {
        assert_eq!(Guard::at(address.parse().unwrap()), guard, "{address}");
    }
}
