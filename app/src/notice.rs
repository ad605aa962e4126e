//! Something to tell the reader once.

use serde::{Deserialize, Serialize};

/// Whether it is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Bad,
}

/// Something to tell the reader once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whether it is good news.
    pub tone: Tone,
    /// One or two sentences.
    pub text: String,
    /// Whether signing in is what helps.
    pub sign_in: bool,
}

impl Notice {
    /// Good news.
    pub fn good(text: impl Into<String>) -> Self {
        Self { tone: Tone::Good, text: text.into(), sign_in: false }
    }

    /// Bad news.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, text: text.into(), sign_in: false }
    }
}
