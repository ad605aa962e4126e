//! Errors of engines, and whether an edit or a retry helps.

use std::error::Error;

use thiserror::Error;

/// Who can mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The author of the object. The controller waits for an edit.
    Author,
    /// Not the author: the failure may pass by itself. The controller retries with growing pauses.
    World,
}

/// The order cannot be drafted. Only an edit of the template or of the OperatorConfig helps.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The template lacks a field that this engine needs.
    #[error("the template has no {0}")]
    Missing(&'static str),
    /// One of the template's texts cannot be rendered.
    #[error("the template cannot be rendered")]
    Render(#[source] Box<dyn Error + Send + Sync>),
    /// The rendered objects may not be placed; the text says which and why.
    #[error("{0}")]
    Refused(String),
}

/// An operation of an engine failed.
#[derive(Debug, Error)]
#[error("could not {operation}")]
pub struct EngineError {
    /// The operation, in the infinitive.
    pub operation: String,
    /// Who can mend it.
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

    /// A write that the API server refused. An object that it finds invalid stays invalid until
    /// somebody edits it.
    pub(super) fn refused(operation: impl Into<String>, cause: kube::Error) -> Self {
        let blame = match &cause {
            kube::Error::Api(status) if matches!(status.code, 400 | 422) => Blame::Author,
            _ => Blame::World,
        };
        Self { operation: operation.into(), blame, cause: cause.into() }
    }
}
