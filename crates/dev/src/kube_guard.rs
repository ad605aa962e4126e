//! Guards the Kubernetes API on loopback.
//!
//! Who uses this API runs programs as the developer: a template of engine `process` names one. Each
//! page in a browser of the same machine can send requests to the port, by a form, a fetch, or a
//! domain name that an attacker points at 127.0.0.1. So a request needs the token of the
//! kubeconfig, which only the developer can read.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use serde_json::json;
use sha2::{Digest, Sha256};

/// What a request must have.
#[derive(Debug, Clone)]
struct Guard {
    /// `127.0.0.1` and `localhost`, with the port.
    hosts: [String; 2],
    /// The digest of `Authorization`. Comparing digests takes the same time whatever differs.
    authorization: [u8; 32],
}

/// The API for whoever knows the token, at this port of loopback.
pub(crate) fn guarded(api: Router, port: u16, token: &str) -> Router {
    let guard = Guard {
        hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
        authorization: Sha256::digest(format!("Bearer {token}")).into(),
    };
    api.layer(from_fn_with_state(guard, own_clients_only))
}

async fn own_clients_only(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// A refusal as Kubernetes words it.
struct Refused(StatusCode, &'static str, &'static str);

impl Guard {
    fn check(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(header::HOST).unwrap_or_default();
        if !self.hosts.iter().any(|own| own == host) {
            let message = "this API has another address";
            return Err(Refused(StatusCode::MISDIRECTED_REQUEST, "Misdirected", message));
        }
        if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
            let message = "web pages may not use this API";
            return Err(Refused(StatusCode::FORBIDDEN, "Forbidden", message));
        }
        let given = headers.get(header::AUTHORIZATION).map(|it| Sha256::digest(it.as_bytes()));
        if given.is_none_or(|given| <[u8; 32]>::from(given) != self.authorization) {
            let message = "the token of the kubeconfig is missing";
            return Err(Refused(StatusCode::UNAUTHORIZED, "Unauthorized", message));
        }
        Ok(())
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
    fn only_a_client_with_the_token_and_of_no_page_is_answered() {
        const TOKEN: (&str, &str) = ("authorization", "Bearer secret");
        const HOST: (&str, &str) = ("host", "127.0.0.1:6443");
        let guard = Guard {
            hosts: ["127.0.0.1:6443".to_owned(), "localhost:6443".to_owned()],
            authorization: Sha256::digest("Bearer secret").into(),
        };
        for (headers, expected) in [
            (vec![HOST, TOKEN], None),
            (vec![("host", "localhost:6443"), TOKEN], None),
            (vec![HOST, TOKEN, ("sec-fetch-mode", "cors")], None),
            (vec![HOST], Some(401)),
            (vec![HOST, ("authorization", "Bearer Secret")], Some(401)),
            (vec![HOST, TOKEN, ("origin", "http://127.0.0.1:6443")], Some(403)),
            (vec![HOST, TOKEN, ("sec-fetch-site", "same-origin")], Some(403)),
            (vec![("host", "evil.test:6443"), TOKEN], Some(421)),
            (vec![("host", "127.0.0.1"), TOKEN], Some(421)),
            (vec![TOKEN], Some(421)),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            let refused = guard.check(&map).err().map(|Refused(status, ..)| status.as_u16());
            assert_eq!(refused, expected, "{headers:?}");
        }
    }
}
