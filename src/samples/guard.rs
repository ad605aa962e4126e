//! Answers requests of a sample's own pages only.
//!
//! A shell behind a port of the local machine is within reach of every page in the same browser: by a form, a fetch, a
//! websocket, or a domain name that an attacker points at 127.0.0.1. So the Host has to be a name of this machine, and
//! an Origin, which browsers send with everything that could do harm, has to be that very host.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Lets a request through when it comes from the sample's own pages, or from no page at all.
pub(super) async fn own_origin_only(request: Request, next: Next) -> Response {
    match judge(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn judge(headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_this_machine(host) {
        return Err((StatusCode::MISDIRECTED_REQUEST, "This environment has another address.\n"));
    }
    let own = |origin: &str| {
        origin.strip_prefix("http://").is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    };
    match headers.get(header::ORIGIN) {
        Some(origin) if !origin.to_str().is_ok_and(own) => {
            Err((StatusCode::FORBIDDEN, "Other sites may not use this environment.\n"))
        }
        _ => Ok(()),
    }
}

/// Whether a `Host` names the local machine: `localhost`, a name below it, or a loopback address.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.strip_suffix(".localhost").is_some_and(|label| !label.is_empty())
        || name == "127.0.0.1"
        || name == "[::1]"
}

#[cfg(test)]
mod tests;
