//! What passes of a request's and a response's headers.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};

use super::cookies;

/// They speak of one connection, not of what is sent over it (RFC 9110, 7.6.1), `Expect` because the gateway answers it.
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
/// What a visitor could otherwise claim about the way that the request took.
const SAID_BY_PROXIES: [HeaderName; 6] = [
    header::FORWARDED,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
];
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// Whether the request asks for a websocket.
pub(super) fn wants_websocket(request: &Parts) -> bool {
    let has = |name: HeaderName, token: &str| {
        let mut values =
            request.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    };
    request.method == Method::GET
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
}

/// Makes a visitor's headers those of a request to the environment at `authority`.
pub(super) fn to_environment(headers: &mut HeaderMap, authority: &str, websocket: bool) {
    drop_hop_by_hop(headers);
    for name in &SAID_BY_PROXIES {
        headers.remove(name);
    }
    cookies::hide_ours(headers);
    hide_bearer_token(headers);
    if let Ok(host) = HeaderValue::from_str(authority) {
        // The environment sees its public host, so that it can compare it with an Origin.
        headers.insert(header::HOST, host.clone());
        headers.insert("x-forwarded-host", host);
    }
    headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    if websocket {
        ask_for_websocket(headers);
    }
}

/// Makes an environment's headers those of a response to its visitor.
pub(super) fn to_visitor(headers: &mut HeaderMap, websocket: bool) {
    drop_hop_by_hop(headers);
    cookies::confine(headers);
    if websocket {
        ask_for_websocket(headers);
    }
}

fn ask_for_websocket(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, WEBSOCKET);
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // Naming them cannot undo how the body is framed.
        .filter(|name| name != header::CONTENT_LENGTH && name != header::HOST)
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Any bearer token might be Dploy's, an expired one too; other schemes are the environment's own.
fn hide_bearer_token(headers: &mut HeaderMap) {
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

/// Whether an `Authorization` bears a token.
pub(super) fn is_bearer(value: &HeaderValue) -> bool {
    let start = value.as_bytes().trim_ascii_start().get(..6);
    start.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}
