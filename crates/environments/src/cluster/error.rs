//! Why a call to the API server failed.

use std::error::Error;

use thiserror::Error;
use tracing::error;

use crate::Refusal;

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
    /// The API server did not answer, or its answer does not say whether the call took effect.
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
            kube::Error::Api(status) if status.is_already_exists() => Self::Exists,
            kube::Error::Api(status) if status.is_conflict() => Self::Conflict,
            kube::Error::Api(status) if status.is_not_found() => Self::Gone,
            kube::Error::Api(status) if matches!(status.code, 400..=428 | 431..=499) => {
                Self::Refused { operation, cause }
            }
            kube::Error::SerdeError(_) | kube::Error::BuildRequest(_) => {
                Self::Refused { operation, cause }
            }
            _ => Self::Unreachable { operation, cause: Box::new(cause) },
        }
    }

    /// Whether another request wrote first, so that a new read and a new decision may succeed.
    pub(crate) const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Conflict | Self::Exists | Self::Gone)
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
