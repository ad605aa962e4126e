//! Extractors: the caller, and parts of the request whose rejections are [`ApiError`]s.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use environments::Caller;
use identity::{AuthError, Principal, same_origin};
use jiff::Timestamp;

use super::{
    ApiError, AppState,
    authentication::{Authentication, caller_of},
};

/// A parameter of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// The query string.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub(crate) T);

/// The verified identity of a request.
#[derive(Debug)]
pub(crate) struct VerifiedPrincipal(Arc<Principal>);

/// The caller of a request. Rejects a request without a verified identity with 401.
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) Caller);

/// The caller of a GET that changes something. Rejects a cross-origin request with a cookie.
#[derive(Debug)]
pub(crate) struct SameOriginCaller(pub(crate) Caller);

impl VerifiedPrincipal {
    /// The time from `now` until the session or the token expires.
    #[must_use]
    pub(crate) fn remaining(&self, now: Timestamp) -> Duration {
        self.0.expires_at.duration_since(now).try_into().unwrap_or_default()
    }
}

impl FromRequestParts<AppState> for VerifiedPrincipal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let authentication = parts.extensions.get::<Authentication>();
        match authentication.and_then(|result| result.principal.clone()) {
            Some(Ok(principal)) => Ok(Self(principal)),
            Some(Err(error @ AuthError::CrossOrigin)) => {
                Err(ApiError::Forbidden(error.to_string()))
            }
            Some(Err(error @ AuthError::KeysUnavailable)) => {
                Err(ApiError::IdentityUnavailable(error.to_string()))
            }
            Some(Err(error)) => Err(ApiError::Unauthorized(error.to_string())),
            None => Err(ApiError::Unauthorized("sign in, or send a bearer token".to_owned())),
        }
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let VerifiedPrincipal(principal) =
            VerifiedPrincipal::from_request_parts(parts, state).await?;
        Ok(Self(caller_of(&principal, &state.identity)))
    }
}

impl FromRequestParts<AppState> for SameOriginCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        let authentication = parts.extensions.get::<Authentication>();
        let by_cookie = authentication.is_some_and(|result| result.by_cookie);
        if by_cookie && !same_origin(&parts.headers) {
            return Err(ApiError::Forbidden(AuthError::CrossOrigin.to_string()));
        }
        Ok(Self(caller))
    }
}
