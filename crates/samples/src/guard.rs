//! Refuses requests that do not come from the sample's own pages.
//!
//! Every page in the same browser can reach a shell behind a port of the local machine: by a form,
//! a fetch, a websocket, or a domain name that an attacker points at 127.0.0.1. So an `Origin`,
//! which browsers send with everything that could do harm, must name the host of the request. A
//! sample that listens on loopback also requires that the `Host` names this machine.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Which requests a sample answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Requests whose `Host` names this machine.
    Loopback,
    /// Requests for any `Host`: a proxy in front decides which names lead here.
    AnyHost,
}

impl Guard {
    /// The guard of a sample that listens on `address`.
    pub(super) const fn at(address: IpAddr) -> Self {
        if address.is_loopback() { Self::Loopback } else { Self::AnyHost }
    }

    fn check(self, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if self == Self::Loopback && !is_this_machine(host) {
            return Err((
                StatusCode::MISDIRECTED_REQUEST,
                "This environment has another address.\n",
            ));
        }
        match headers.get(header::ORIGIN) {
            Some(origin) if !origin.to_str().is_ok_and(|it| self.is_own_origin(it, host)) => {
                Err((StatusCode::FORBIDDEN, "Other sites may not use this environment.\n"))
            }
            _ => Ok(()),
        }
    }

    fn is_own_origin(self, origin: &str, host: &str) -> bool {
        let authority = match self {
            Self::Loopback => origin.strip_prefix("http://"),
            // A proxy in front may terminate TLS.
            Self::AnyHost => {
                origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
            }
        };
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    }
}

/// Passes a request on when it comes from the sample's own pages, or from no page.
pub(super) async fn own_origin_only(
    State(guard): State<Guard>,
    request: Request,
    next: Next,
) -> Response {
    match guard.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Whether a `Host` names this machine: `localhost`, a name below it, or a loopback address.
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
