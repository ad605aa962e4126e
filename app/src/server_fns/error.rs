//! The error of every server function.

use serde::{Deserialize, Serialize};

/// The kind of an error, as far as the page treats kinds differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UiErrorKind {
    /// The user is not signed in, or the session has ended.
    SignedOut,
    /// The server does not accept a value.
    BadInput,
    /// The user may not do this.
    Forbidden,
    /// The object does not exist, or it is gone.
    NotFound,
    /// A limit is reached: the environment cannot be extended again.
    Conflict,
    /// The server cannot do this now. A retry may succeed.
    Unavailable,
    /// The server has a fault.
    Broken,
    /// The server could not be reached.
    Offline,
}

/// The error of a server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError {
    /// The kind.
    pub kind: UiErrorKind,
    /// The text for the user: what happened, and what to do next.
    pub sentence: String,
    /// The name of the template parameter whose value was refused.
    pub field: Option<String>,
}

impl UiError {
    /// An error that concerns no parameter.
    pub fn new(kind: UiErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), field: None }
    }

    /// The user is not signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(
            UiErrorKind::SignedOut,
            "You are not signed in, or your session has ended. Sign in to continue.",
        )
    }
}
