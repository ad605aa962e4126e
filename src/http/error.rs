//! The one error type of HTTP and its one envelope: `{ "error": "<sentence>" }` (CONTRACT, first paragraph).

use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use environments::{Refusal, RefusalKind};
use errors::chain;
use thiserror::Error;
use wire::ErrorBody;

/// Why a request was not answered as asked. The text is what the client reads; causes go to the log only.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody, or nobody we can verify; the sentence says which.
    #[error("unauthorized: {0}")]
    Unauthorized(String),
    /// The caller may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Nothing is here.
    #[error("{0}")]
    NotFound(String),
    /// The path exists, but not with this method.
    #[error("this path does not answer that method")]
    MethodNotAllowed,
    /// The query string, the path or the body cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// The body is larger than any that is of use.
    #[error("the request's body is too large")]
    TooLarge,
    /// A party that Dploy depends on does not answer.
    #[error("{0}")]
    BadGateway(String),
    /// Who is calling cannot be found out now.
    #[error("{0}")]
    IdentityUnavailable(String),
    /// Dploy's own fault.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::BadRequest => StatusCode::BAD_REQUEST,
                RefusalKind::Forbidden => StatusCode::FORBIDDEN,
                RefusalKind::NotFound => StatusCode::NOT_FOUND,
                RefusalKind::Conflict => StatusCode::CONFLICT,
                RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                RefusalKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadGateway(_) => StatusCode::BAD_GATEWAY,
            Self::IdentityUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Nothing is at this address.
    #[must_use]
    pub fn no_such_path() -> Self {
        Self::NotFound("nothing is at this address".to_owned())
    }

    /// Seconds until another try may do better: the issuer is asked for its keys no more often than that.
    const fn pause(&self) -> &'static str {
        if matches!(self, Self::IdentityUnavailable(_)) { "10" } else { "2" }
    }

    /// The header that the status calls for.
    fn advice(&self) -> Option<(header::HeaderName, HeaderValue)> {
        match self.status() {
            StatusCode::UNAUTHORIZED => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                Some((header::RETRY_AFTER, HeaderValue::from_static(self.pause())))
            }
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %chain(&self), %status, "a request failed");
        } else {
            tracing::debug!(error = %self, %status, "a request was refused");
        }
        let mut response = (status, Json(ErrorBody { error: self.to_string() })).into_response();
        if let Some((name, value)) = self.advice() {
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

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::BadRequest("the request's body cannot be read".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_status() {
        let table = [
            (
                ApiError::from(Refusal::MissingParameter("size".into())),
                400,
                "missing required parameter \"size\"",
            ),
            (
                Refusal::InvalidParameter("size".into()).into(),
                400,
                "invalid value for parameter \"size\"",
            ),
            (
                Refusal::UnlimitedTtl.into(),
                400,
                "environment has unlimited TTL, no extension needed",
            ),
            (Refusal::QuotaReached(5).into(), 403, "Maximum 5 environments allowed"),
            (Refusal::NotFound("x".into()).into(), 404, "environment \"x\" not found"),
            (Refusal::ExtensionsUsedUp(3).into(), 409, "maximum extensions reached (3)"),
            (Refusal::PoolEmpty.into(), 503, "no pooled instance available, try again shortly"),
            (Refusal::Unavailable("secret".into()).into(), 503, "Service not ready"),
            (Refusal::Internal("secret".into()).into(), 500, "internal error"),
            (ApiError::Unauthorized("no token".into()), 401, "unauthorized: no token"),
            (ApiError::IdentityUnavailable("no keys".into()), 503, "no keys"),
            (ApiError::MethodNotAllowed, 405, "this path does not answer that method"),
            (ApiError::TooLarge, 413, "the request's body is too large"),
            (ApiError::Internal("secret".into()), 500, "internal error"),
        ];
        for (error, status, sentence) in table {
            assert_eq!((error.status().as_u16(), error.to_string().as_str()), (status, sentence));
        }
    }

    #[test]
    fn clients_are_told_how_to_go_on() {
        let unauthorized = ApiError::Unauthorized("expired".into()).into_response();
        assert_eq!(unauthorized.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let empty = ApiError::from(Refusal::PoolEmpty).into_response();
        assert_eq!(empty.headers()[header::RETRY_AFTER], "2");
    }
}
