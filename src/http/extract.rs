//! Extractors: who is calling, and parts of the request whose refusals bear the one envelope.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use environments::Caller;
use identity::{AuthError, Principal, same_origin};
use jiff::Timestamp;

use super::{
    ApiError, AppState,
    authentication::{Outcome, caller_of},
};

/// A part of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

/// The query string.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);

/// The verified identity behind a request, and how long it lasts.
#[derive(Debug)]
pub struct Session(Arc<Principal>);

/// Somebody whose identity was verified; everybody else is answered 401.
#[derive(Debug)]
pub struct SignedIn(pub Caller);

/// The same for a GET that changes something: a cookie counts only in a request of this very origin.
#[derive(Debug)]
pub struct Launcher(pub Caller);

impl Session {
    /// How long it still lasts.
    #[must_use]
    pub fn end(&self, now: Timestamp) -> Duration {
        self.0.expires_at.duration_since(now).try_into().unwrap_or_default()
    }
}

impl FromRequestParts<AppState> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let outcome =
            parts.extensions.get::<Outcome>().and_then(|outcome| outcome.principal.clone());
        match outcome {
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
        let Session(principal) = Session::from_request_parts(parts, state).await?;
        Ok(Self(caller_of(&principal, &state.identity)))
    }
}

impl FromRequestParts<AppState> for Launcher {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        let by_cookie = parts.extensions.get::<Outcome>().is_some_and(|outcome| outcome.by_cookie);
        if by_cookie && !same_origin(&parts.headers) {
            return Err(ApiError::Forbidden(AuthError::CrossOrigin.to_string()));
        }
        Ok(Self(caller))
    }
}
