//! Why a call to the API server failed.

use std::error::Error;

use thiserror::Error;
use tracing::error;

use crate::Refusal;

/// The reason of a status that `kube` makes of an answer that it cannot parse.
const UNPARSED_REASON: &str = "Failed to parse error data";

/// Why a call to the API server failed.
#[derive(Debug, Error)]
pub(crate) enum ClusterError {
    /// The object has another version than the one that the write was decided on.
    #[error("the object has changed since it was read")]
    Conflict,
    /// An object of this name exists.
    #[error("the name is taken")]
    Exists,
    /// The object does not exist.
    #[error("the object does not exist")]
    Gone,
    /// The request is invalid or not allowed, so a retry does not help.
    #[error("the API server refused to {operation}")]
    Refused {
        operation: &'static str,
        #[source]
        cause: kube::Error,
    },
    /// The API server did not answer, or its answer cannot be read or does not say whether the call
    /// took effect.
    #[error("could not {operation}")]
    Unreachable {
        operation: &'static str,
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl ClusterError {
    /// Classifies an error of the client library.
    pub(super) fn new(operation: &'static str, cause: kube::Error) -> Self {
        match &cause {
            // `kube` makes a status of an answer that is none, such as a proxy's page. So does it
            // for a path that the API server does not serve.
            kube::Error::Api(status) if status.reason == UNPARSED_REASON => {
                Self::Unreachable { operation, cause: Box::new(cause) }
            }
            kube::Error::Api(status) if status.is_already_exists() => Self::Exists,
            kube::Error::Api(status) if status.is_conflict() => Self::Conflict,
            kube::Error::Api(status) if status.is_not_found() => Self::Gone,
            // 408, 425 and 429 say that the request may be repeated, not that it was refused.
            kube::Error::Api(status) if matches!(status.code, 400..=407 | 409..=424 | 426..=428 | 430..=499) => {
                Self::Refused { operation, cause }
            }
            kube::Error::BuildRequest(_) => Self::Refused { operation, cause },
            _ => Self::Unreachable { operation, cause: Box::new(cause) },
        }
    }

    /// Whether another request wrote first, so that a new read and a new decision may succeed.
    pub(crate) const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Conflict | Self::Exists | Self::Gone)
    }

    /// Whether the write certainly had no effect.
    pub(crate) const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

impl From<ClusterError> for Refusal {
    fn from(error: ClusterError) -> Self {
        match error {
            ClusterError::Conflict | ClusterError::Exists | ClusterError::Gone => Self::Contended,
            ClusterError::Refused { operation, ref cause } => {
                let cause: &(dyn Error + 'static) = cause;
                error!(operation, cause, "the API server refused a request");
                Self::Internal(Box::new(error))
            }
            ClusterError::Unreachable { .. } => Self::Unavailable(Box::new(error)),
        }
    }
}
