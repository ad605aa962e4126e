use std::error::Error;

use thiserror::Error;
use tracing::error;

use crate::Refusal;

/// Why the API server did not do what it was asked.
#[derive(Debug, Error)]
pub(crate) enum ClusterError {
    /// The object is not the version that the write was decided on.
    #[error("somebody else wrote first")]
    Conflict,
    /// There is an object of this name.
    #[error("the name is taken")]
    Exists,
    /// There is no such object any more.
    #[error("the object is gone")]
    Gone,
    /// Asking again would not help: invalid, or not allowed.
    #[error("the API server refused to {operation}")]
    Refused {
        operation: &'static str,
        #[source]
        cause: kube::Error,
    },
    /// No answer, or none that says what happened.
    #[error("could not {operation}")]
    Unreachable {
        operation: &'static str,
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl ClusterError {
    /// Sorts what the client library tells.
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

    /// Whether deciding again, from what the cluster has now, may end better.
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
                error!(operation, cause, "the API server refused a request of ours");
                Self::Internal(Box::new(error))
            }
            ClusterError::Unreachable { .. } => Self::Unavailable(Box::new(error)),
        }
    }
}
