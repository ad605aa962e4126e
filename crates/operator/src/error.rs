//! Why a reconcile did not finish.

use engines::{Blame, EngineError, api_error};
use thiserror::Error;

/// A reconcile did not finish.
#[derive(Debug, Error)]
pub(crate) enum ReconcileError {
    /// The API server refused a call, or did not answer.
    #[error("could not {operation}")]
    Cluster {
        /// The operation, in the infinitive.
        operation: &'static str,
        /// Why it failed.
        #[source]
        cause: Box<kube::Error>,
    },
    /// The API server has no such object, or another version of it, although the object is what is
    /// reconciled.
    #[error("could not {operation}")]
    Overtaken {
        /// The operation, in the infinitive.
        operation: &'static str,
        /// The answer.
        #[source]
        cause: Box<kube::Error>,
    },
    /// An engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The term of this replica ended before the write.
    #[error("this replica does not lead any more")]
    NotLeading,
}

impl ReconcileError {
    /// Whether an edit of the object or a retry can help.
    pub(crate) const fn blame(&self) -> Blame {
        match self {
            Self::Cluster { .. } | Self::Overtaken { .. } | Self::NotLeading => Blame::World,
            Self::Engine(error) => error.blame,
        }
    }

    /// Whether somebody else wrote the object first. Nothing is wrong then: the object is
    /// reconciled again. The lack of another object, such as the namespace, is a failure.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Overtaken { .. } => true,
            Self::Cluster { cause, .. } => api_error::is_conflict(cause),
            Self::Engine(_) | Self::NotLeading => false,
        }
    }

    /// Whether the write certainly had no effect and will have none. A conflict can be the answer
    /// to a repetition of a write that took effect, and so can one that asks for patience.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Cluster { cause, .. } | Self::Overtaken { cause, .. } => matches!(
                &**cause,
                kube::Error::Api(status)
                    if (400..500).contains(&status.code)
                        && ![408, 409, 425, 429].contains(&status.code)
            ),
            Self::NotLeading => true,
            Self::Overtaken { .. } | Self::Engine(_) => false,
        }
    }

    /// Whether an object of that name exists already.
    pub(crate) fn is_already_exists(&self) -> bool {
        matches!(self, Self::Cluster { cause, .. } if api_error::is_already_exists(cause))
    }

    /// Whether the API server did not answer, or nobody could read its answer.
    pub(crate) fn is_unanswered(&self) -> bool {
        let cause: Option<&kube::Error> = match self {
            Self::Cluster { cause, .. } => Some(cause),
            Self::Engine(error) => error.cause.downcast_ref(),
            Self::Overtaken { .. } | Self::NotLeading => None,
        };
        cause.is_some_and(|cause| !matches!(cause, kube::Error::Api(_)))
    }
}

/// Names the operation that failed.
pub(crate) trait Operation<T> {
    /// `operation` in the infinitive.
    fn operation(self, operation: &'static str) -> Result<T, ReconcileError>;

    /// `operation` in the infinitive, of a write to the object that is reconciled.
    fn own_write(self, operation: &'static str) -> Result<T, ReconcileError>;
}

impl<T> Operation<T> for Result<T, kube::Error> {
    fn operation(self, operation: &'static str) -> Result<T, ReconcileError> {
        self.map_err(|cause| ReconcileError::Cluster { operation, cause: Box::new(cause) })
    }
    fn own_write(self, operation: &'static str) -> Result<T, ReconcileError> {
        self.map_err(|cause| {
            let is_overtaken = api_error::is_conflict(&cause) || api_error::is_not_found(&cause);
            let cause = Box::new(cause);
            if is_overtaken {
                ReconcileError::Overtaken { operation, cause }
            } else {
                ReconcileError::Cluster { operation, cause }
            }
        })
    }
}
