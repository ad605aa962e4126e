use thiserror::Error;

use crate::engines::{Blame, EngineError};

/// A reconcile did not come to its end.
#[derive(Debug, Error)]
pub(crate) enum ReconcileError {
    /// The API server refused, or did not answer.
    #[error("could not {operation}")]
    Cluster {
        /// What was tried, in the infinitive.
        operation: &'static str,
        /// Why it failed.
        #[source]
        cause: Box<kube::Error>,
    },
    /// An engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The lease ran out before the write.
    #[error("this replica does not lead any more")]
    NotLeading,
}

impl ReconcileError {
    /// Who can make it go away.
    pub(crate) const fn blame(&self) -> Blame {
        match self {
            Self::Cluster { .. } | Self::NotLeading => Blame::World,
            Self::Engine(error) => error.blame,
        }
    }

    /// Whether somebody else wrote first: nothing is wrong, it is decided again.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Cluster { cause, .. } => is_conflict(cause) || is_not_found(cause),
            Self::Engine(_) | Self::NotLeading => false,
        }
    }
}

/// Whether the version named in a write is not the newest.
pub(crate) fn is_conflict(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.is_conflict())
}

/// Whether there is no such object, or no such kind: of that the API server says so in plain text, without a reason.
pub(crate) fn is_not_found(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.is_not_found() || status.code == 404)
}

/// Whether there is one of that name already.
pub(crate) fn is_already_exists(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.is_already_exists())
}

/// Says what was tried.
pub(crate) trait Doing<T> {
    /// `operation` in the infinitive.
    fn doing(self, operation: &'static str) -> Result<T, ReconcileError>;
}

impl<T> Doing<T> for Result<T, kube::Error> {
    fn doing(self, operation: &'static str) -> Result<T, ReconcileError> {
        self.map_err(|cause| ReconcileError::Cluster { operation, cause: Box::new(cause) })
    }
}
