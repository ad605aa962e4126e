//! The error type of HTTP and its JSON body, `{ "error": "<sentence>" }` (docs/contract.md,
//! "REST").

use axum::{
    Json,
    extract::rejection::{PathRejection, QueryRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use environments::{Refusal, RefusalKind};
use errors::chain;
use identity::SignInError;
use thiserror::Error;
use wire::ErrorBody;

/// Why a request failed. The client reads the text; the sources go to the log only.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    /// The operation was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The sign-in failed.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The request has no verified identity; the sentence gives the reason.
    #[error("unauthorized: {0}")]
    Unauthorized(String),
    /// The caller lacks the permission.
    #[error("{0}")]
    Forbidden(String),
    /// The path or the object does not exist.
    #[error("{0}")]
    NotFound(String),
    /// The path does not support the method.
    #[error("this path does not answer that method")]
    MethodNotAllowed,
    /// The query string or the path is malformed.
    #[error("{0}")]
    BadRequest(String),
    /// This replica has as many requests as it can answer.
    #[error("Server busy")]
    Overloaded,
    /// The caches of this replica are not filled yet.
    #[error("Service not ready")]
    NotReady,
    /// The issuer's keys cannot be fetched at the moment.
    #[error("{0}")]
    IdentityUnavailable(String),
    /// A bug.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// The status of the response.
    #[must_use]
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::BadRequest => StatusCode::BAD_REQUEST,
                RefusalKind::Unauthorized => StatusCode::UNAUTHORIZED,
                RefusalKind::Forbidden => StatusCode::FORBIDDEN,
                RefusalKind::NotFound => StatusCode::NOT_FOUND,
                RefusalKind::Conflict => StatusCode::CONFLICT,
                RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
                RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                RefusalKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::SignIn(error) => error.status(),
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Overloaded | Self::NotReady | Self::IdentityUnavailable(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// No route and no file has this path.
    #[must_use]
    pub(crate) fn no_such_path() -> Self {
        Self::NotFound("nothing is at this address".to_owned())
    }

    /// Logs the error with its sources: a bug as an error, and an outage of something else as a
    /// warning. What clients expect and try again is only for debugging.
    pub(crate) fn log(&self) {
        let status = self.status();
        match self {
            _ if status == StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(error = %chain(self), %status, "a request failed");
            }
            Self::Refused(Refusal::Unavailable(_))
            | Self::SignIn(_)
            | Self::IdentityUnavailable(_)
                if status.is_server_error() =>
            {
                tracing::warn!(error = %chain(self), %status, "a request failed");
            }
            _ => tracing::debug!(error = %self, %status, "a request was refused"),
        }
    }

    /// The value of `Retry-After` in seconds. The issuer's keys are fetched at most every ten
    /// seconds.
    const fn retry_after(&self) -> u32 {
        match self {
            Self::Refused(
                Refusal::PoolEmpty { retry_after } | Refusal::TooManyChanges { retry_after },
            ) => *retry_after,
            Self::IdentityUnavailable(_) => 10,
            Self::Overloaded => 1,
            _ => 2,
        }
    }

    /// The header that the status calls for.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self.status() {
            StatusCode::UNAUTHORIZED => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Some((header::RETRY_AFTER, HeaderValue::from(self.retry_after())))
            }
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let body = Json(ErrorBody { error: self.to_string() });
        let mut response = (self.status(), body).into_response();
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        Self::BadRequest("the query string cannot be read".to_owned())
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::BadRequest("the path cannot be read".to_owned())
    }
}

#[cfg(test)]
mod tests;
