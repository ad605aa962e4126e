//! A message that the user sees once, as a toast or on the next page.

use serde::{Deserialize, Serialize};

/// Whether a message reports a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// It reports a success.
    Success,
    /// It reports a failure.
    Failure,
}

/// A message that the user sees once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Whether it reports a success.
    pub tone: Tone,
    /// One or two sentences.
    pub text: String,
    /// Whether it shows a link to sign in.
    pub sign_in: bool,
}

impl Message {
    /// A message that reports a success.
    pub fn success(text: impl Into<String>) -> Self {
        Self { tone: Tone::Success, text: text.into(), sign_in: false }
    }

    /// A message that reports a failure.
    pub fn failure(text: impl Into<String>) -> Self {
        Self { tone: Tone::Failure, text: text.into(), sign_in: false }
    }
}
