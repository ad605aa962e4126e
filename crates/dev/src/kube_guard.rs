//! Guards the Kubernetes API on loopback.
//!
//! Who uses this API runs programs as the developer: a template of engine `process` names one. Each
//! page in a browser of the same machine can send requests to the port, by a form, a fetch, or a
//! domain name that an attacker points at 127.0.0.1. So the address of the API has a secret, which
//! is in the kubeconfig and which only the developer can read. A bearer token would not do: kubectl
//! sends no credentials without TLS.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tower::Layer as _;

/// What a request must have.
#[derive(Debug, Clone)]
struct Guard {
    /// `127.0.0.1` and `localhost`, with the port.
    hosts: [String; 2],
    /// The digest of the secret. Comparing digests takes the same time whatever differs.
    secret: [u8; 32],
}

/// The API at this port of loopback, below `/<secret>`.
pub(crate) fn guarded(api: Router, port: u16, secret: &str) -> Router {
    let guard = Guard {
        hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
        secret: Sha256::digest(secret).into(),
    };
    // Around the router and not in it: a router chooses the route before its layers run.
    Router::new().fallback_service(from_fn_with_state(guard, own_clients_only).layer(api))
}

async fn own_clients_only(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    match guard.check(request.headers(), request.uri()) {
        Ok(uri) => {
            *request.uri_mut() = uri;
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// A refusal as Kubernetes words it.
struct Refused(StatusCode, &'static str, &'static str);

impl Guard {
    /// The address without the secret.
    fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<Uri, Refused> {
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
        if !self.hosts.iter().any(|own| Some(own.as_str()) == host) {
            let message = "this API has another address";
            return Err(Refused(StatusCode::MISDIRECTED_REQUEST, "Misdirected", message));
        }
        if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
            let message = "web pages may not use this API";
            return Err(Refused(StatusCode::FORBIDDEN, "Forbidden", message));
        }
        self.without_secret(uri).ok_or(Refused(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "the address has not the secret of the kubeconfig",
        ))
    }

    fn without_secret(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path_and_query()?.as_str();
        let (secret, rest) = path.strip_prefix('/')?.split_once('/')?;
        if <[u8; 32]>::from(Sha256::digest(secret)) != self.secret {
            return None;
        }
        format!("/{rest}").parse().ok()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, reason, message) = self;
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": status.as_u16(),
        });
        (status, Json(body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_client_with_the_secret_and_of_no_page_is_answered() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:6443");
        let guard = Guard {
            hosts: ["127.0.0.1:6443".to_owned(), "localhost:6443".to_owned()],
            secret: Sha256::digest("secret").into(),
        };
        for (headers, address, expected) in [
            (vec![HOST], "/secret/api/v1?watch=1", Ok("/api/v1?watch=1")),
            (vec![("host", "localhost:6443")], "/secret/api", Ok("/api")),
            (vec![HOST, ("sec-fetch-mode", "cors")], "/secret/", Ok("/")),
            (vec![HOST], "/api/v1", Err(401)),
            (vec![HOST], "/secret", Err(401)),
            (vec![HOST], "//secret/api", Err(401)),
            (vec![HOST], "/Secret/api", Err(401)),
            (vec![HOST, ("origin", "http://127.0.0.1:6443")], "/secret/api", Err(403)),
            (vec![HOST, ("sec-fetch-site", "same-origin")], "/secret/api", Err(403)),
            (vec![("host", "evil.test:6443")], "/secret/api", Err(421)),
            (vec![("host", "127.0.0.1")], "/secret/api", Err(421)),
            (vec![], "/secret/api", Err(421)),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            let checked = guard.check(&map, &Uri::from_static(address));
            let checked = checked.map_err(|Refused(status, ..)| status.as_u16());
            assert_eq!(checked, expected.map(Uri::from_static), "{headers:?} {address}");
        }
    }
}
