use axum::http::{HeaderMap, HeaderValue, Uri, header};

use super::{
    super::addresses::{Addressed, Addresses, Label},
    fixture::{ADAS, Fixture, SITE, addresses},
};

fn by_host(host: &str) -> Addressed {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
    addresses().addressed(&Uri::from_static("/"), &headers)
}

fn environment(host: &str) -> Option<String> {
    match by_host(host) {
        Addressed::Environment(label) => Some(label.to_string()),
        Addressed::Site | Addressed::Unknown => None,
    }
}

#[test]
fn one_label_below_localhost_is_an_environment() {
    for host in ["webterm-1.localhost", "webterm-1.localhost:8080", "WebTerm-1.LOCALHOST:9"] {
        assert_eq!(environment(host).as_deref(), Some("webterm-1"), "{host}");
    }
}

#[test]
fn the_site_has_three_names() {
    for host in ["localhost", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"] {
        assert_eq!(by_host(host), Addressed::Site, "{host}");
    }
    assert_eq!(addresses().addressed(&Uri::from_static("/"), &HeaderMap::new()), Addressed::Site);
}

#[test]
fn names_that_only_look_like_ours_are_unknown() {
    let long = format!("{}.localhost", "a".repeat(64));
    for host in [
        "webterm-1.localhost.evil.com",
        "webterm-1.localhost.",
        "localhost.",
        "a.b.localhost",
        ".localhost",
        "-a.localhost",
        "a-.localhost",
        "a_b.localhost",
        "a%2e.localhost",
        "evillocalhost",
        "webterm-1.localhost:80x",
        "webterm-1.localhost:99999",
        "user@webterm-1.localhost",
        "evil.example",
        "127.0.0.1.localhost.evil.com",
        "",
        &long,
    ] {
        assert_eq!(by_host(host), Addressed::Unknown, "{host}");
    }
}

#[test]
fn a_request_names_one_host() {
    let mut two = HeaderMap::new();
    two.append(header::HOST, HeaderValue::from_static("a.localhost"));
    two.append(header::HOST, HeaderValue::from_static("b.localhost"));
    assert_eq!(addresses().addressed(&Uri::from_static("/"), &two), Addressed::Unknown);

    let mut one = HeaderMap::new();
    one.append(header::HOST, HeaderValue::from_static("a.localhost"));
    let elsewhere = Uri::from_static("http://b.localhost/");
    assert_eq!(addresses().addressed(&elsewhere, &one), Addressed::Unknown);
    assert!(matches!(
        addresses().addressed(&elsewhere, &HeaderMap::new()),
        Addressed::Environment(_)
    ));
}

#[test]
fn environments_may_be_below_another_domain_than_the_site() {
    let addresses = Addresses {
        site: "https://dploy.example".to_owned(),
        site_aliases: Vec::new(),
        environments: "envs.example:8443".to_owned(),
    };
    let label = Label::parse("webterm-1").expect("a label");
    assert_eq!(addresses.origin_of(&label), "https://webterm-1.envs.example:8443");
    for (host, expected) in [
        ("dploy.example", Addressed::Site),
        ("webterm-1.envs.example:8443", Addressed::Environment(label)),
        ("webterm-1.dploy.example", Addressed::Unknown),
        ("envs.example", Addressed::Unknown),
        ("localhost", Addressed::Unknown),
    ] {
        let headers =
            HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).expect("a host"))]);
        assert_eq!(addresses.addressed(&Uri::from_static("/"), &headers), expected, "{host}");
    }
}

#[tokio::test]
async fn the_site_answers_at_its_own_names_only() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.get(&format!("http://{SITE}/"), &[]).await.text, "the site");
    assert_eq!(fixture.get("http://evil.example/", &[]).await.status, 421);
    assert_eq!(fixture.get(&format!("http://{ADAS}/"), &[]).await.status, 303);
}
