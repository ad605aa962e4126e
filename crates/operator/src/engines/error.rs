use std::error::Error;

use thiserror::Error;

/// Who can make a failure go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The author of the object: wait for an edit.
    Author,
    /// The world: try again, with growing pauses.
    World,
}

/// The order cannot be drafted: an edit of the template or of the cluster's settings is needed.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The template lacks what this engine runs.
    #[error("the template has no {0}")]
    Missing(&'static str),
    /// One of the template's texts cannot be rendered.
    #[error("the template cannot be rendered")]
    Render(#[source] Box<dyn Error + Send + Sync>),
    /// What it renders to may not be placed; the text says what and why.
    #[error("{0}")]
    Refused(String),
}

/// An engine could not do what it was asked.
#[derive(Debug, Error)]
#[error("could not {operation}")]
pub struct EngineError {
    /// What was tried, in the infinitive.
    pub operation: String,
    /// Who can change it.
    pub blame: Blame,
    /// Why it failed.
    #[source]
    pub cause: Box<dyn Error + Send + Sync>,
}

impl EngineError {
    /// A failure that may pass by itself.
    pub fn world(
        operation: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { operation: operation.into(), blame: Blame::World, cause: cause.into() }
    }

    /// A write that the API server did not carry out. What it finds invalid stays invalid until somebody edits it.
    pub(super) fn refused(operation: impl Into<String>, cause: kube::Error) -> Self {
        let blame = match &cause {
            kube::Error::Api(status) if matches!(status.code, 400 | 422) => Blame::Author,
            _ => Blame::World,
        };
        Self { operation: operation.into(), blame, cause: cause.into() }
    }
}
