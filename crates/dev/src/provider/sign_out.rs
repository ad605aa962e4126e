//! Sign-out: the revocation of refresh tokens (RFC 7009), and the page that ends the provider's
//! session (OpenID Connect RP-Initiated Logout 1.0).

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use openidconnect::core::CoreProviderMetadata;
use serde::Deserialize;
use serde_json::Value;

use super::{
    CLIENT, Cause, Provider,
    routes::{is_dploy, refused},
};

/// The discovery document with the addresses of this module.
pub(super) fn with_endpoints(
    metadata: &CoreProviderMetadata,
    issuer: &str,
) -> Result<Value, Cause> {
    let mut document = serde_json::to_value(metadata)?;
    document["revocation_endpoint"] = format!("{issuer}/revoke").into();
    document["end_session_endpoint"] = format!("{issuer}/end-session").into();
    Ok(document)
}

#[derive(Debug, Deserialize)]
pub(super) struct RevocationRequest {
    token: String,
}

/// Revokes a refresh token. An unknown token is revoked already (RFC 7009, 2.2).
pub(super) async fn revoke(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(request): Form<RevocationRequest>,
) -> Response {
    if !is_dploy(&headers, provider.keyring.client_secret()) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    provider.grants.revoke(&request.token);
    StatusCode::OK.into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct EndSessionRequest {
    client_id: String,
    post_logout_redirect_uri: String,
}

/// Redirects back to Dploy. This provider has no session that could end: it asks for the person at
/// each sign-in.
pub(super) async fn end_session(
    State(provider): State<Provider>,
    Query(request): Query<EndSessionRequest>,
) -> Response {
    let home = provider.redirect_url.strip_suffix("auth/callback");
    if request.client_id != CLIENT || home != Some(&request.post_logout_redirect_uri) {
        let sentence = "this provider does not know that client at that post_logout_redirect_uri";
        return (StatusCode::BAD_REQUEST, sentence).into_response();
    }
    Redirect::to(&request.post_logout_redirect_uri).into_response()
}
