//! Which headers of a request and of a response the gateway passes on.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};

use super::cookies;

/// Headers of one connection (RFC 9110, 7.6.1), and `Expect`, which the gateway answers itself.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
];
/// Headers that only a proxy may set; a visitor's values are removed.
const FORWARDING: [HeaderName; 6] = [
    header::FORWARDED,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
];
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// How the visitor reached the gateway, for the `X-Forwarded` headers.
#[derive(Debug)]
pub(crate) struct Via<'a> {
    /// Host and port of the environment.
    pub(crate) authority: &'a str,
    /// The scheme of that host.
    pub(crate) scheme: &'a str,
    /// The visitor's address, if the server knows it.
    pub(crate) visitor: Option<IpAddr>,
}

/// Whether the request asks for a websocket.
pub(crate) fn wants_websocket(request: &Parts) -> bool {
    let has = |name: HeaderName, token: &str| {
        let mut values =
            request.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    };
    request.method == Method::GET
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
}

/// Turns a visitor's headers into those of the request to the environment.
pub(crate) fn to_environment(headers: &mut HeaderMap, via: &Via<'_>, websocket: bool) {
    remove_hop_by_hop(headers);
    for name in &FORWARDING {
        headers.remove(name);
    }
    cookies::remove_dploy_cookies(headers);
    remove_bearer_tokens(headers);
    // The environment sees its public host, which it can compare with an `Origin`.
    insert(headers, header::HOST, via.authority);
    insert(headers, HeaderName::from_static("x-forwarded-host"), via.authority);
    insert(headers, HeaderName::from_static("x-forwarded-proto"), via.scheme);
    if let Some(address) = via.visitor {
        insert(headers, HeaderName::from_static("x-forwarded-for"), &address.to_string());
    }
    if websocket {
        ask_for_websocket(headers);
    }
}

/// Turns an environment's headers into those of the response to the visitor.
pub(crate) fn to_visitor(headers: &mut HeaderMap, websocket: bool) {
    remove_hop_by_hop(headers);
    cookies::confine(headers);
    if websocket {
        ask_for_websocket(headers);
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn ask_for_websocket(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, WEBSOCKET);
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // A `Connection` header must not change how the body is framed.
        .filter(|name| name != header::CONTENT_LENGTH && name != header::HOST)
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Removes every bearer token: each may be Dploy's, even an expired one. Other schemes belong to
/// the environment.
fn remove_bearer_tokens(headers: &mut HeaderMap) {
    let kept: Vec<HeaderValue> = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter(|value| !is_bearer(value))
        .cloned()
        .collect();
    headers.remove(header::AUTHORIZATION);
    for value in kept {
        headers.append(header::AUTHORIZATION, value);
    }
}

/// Whether an `Authorization` header carries a bearer token.
pub(crate) fn is_bearer(value: &HeaderValue) -> bool {
    let start = value.as_bytes().trim_ascii_start().get(..6);
    start.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}
