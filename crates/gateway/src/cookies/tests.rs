use axum::http::{HeaderMap, HeaderValue, header};

use super::{confine, remove_dploy_cookies, value};

fn headers(name: header::HeaderName, lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name.clone(), HeaderValue::from_str(line).unwrap());
    }
    headers
}

fn lines(headers: &HeaderMap, name: header::HeaderName) -> Vec<&str> {
    headers.get_all(name).iter().map(|line| line.to_str().unwrap()).collect()
}

#[test]
fn only_the_environments_own_cookies_reach_it() {
    let mut request = headers(
        header::COOKIE,
        &["theme=dark; dploy_gateway=secret", "__Host-dploy_session=s;a=1=2 ; Dploy_x=y; flag"],
    );
    assert_eq!(value(&request, "dploy_gateway"), Some("secret"));
    remove_dploy_cookies(&mut request);
    assert_eq!(lines(&request, header::COOKIE), ["theme=dark; a=1=2; flag"]);

    let mut request = headers(header::COOKIE, &["dploy_gateway_nonce=n"]);
    remove_dploy_cookies(&mut request);
    assert!(!request.contains_key(header::COOKIE));
}

#[test]
fn an_environment_sets_cookies_for_its_own_host_alone() {
    let mut response = headers(
        header::SET_COOKIE,
        &[
            "a=1; Path=/; HttpOnly",
            "b=2; domain=.localhost; Secure",
            "c=3; DOMAIN = localhost",
            "dploy_gateway=stolen",
            " __Secure-dploy=x; Path=/",
        ],
    );
    confine(&mut response);
    assert_eq!(
        lines(&response, header::SET_COOKIE),
        ["a=1; Path=/; HttpOnly", "b=2; Secure", "c=3"]
    );
}
