//! What the callers asked for and what they were told.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use jiff::Timestamp;

use crate::storm::Storm;

/// What a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// `GET /run/{env}`
    Launch,
    /// `POST /run/{env}/extend`
    Extend,
    /// `DELETE /run/{env}`
    Delete,
}

/// What a caller was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A launch: the environment, with its deadline, if it has one.
    Launched { uuid: String, deadline: Option<Timestamp> },
    /// An extension: the new deadline.
    Extended { deadline: Option<Timestamp> },
    /// A deletion.
    Deleted,
    /// A definite refusal: the status.
    Refused(u16),
    /// A 5xx, which may have had an effect: the status.
    Failed(u16),
    /// No answer, or one that cannot be read.
    Unknown,
}

impl Outcome {
    /// Whether the caller cannot know whether there was an effect.
    pub(crate) const fn is_uncertain(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unknown)
    }
}

/// One request and its outcome.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The storm that it belongs to.
    pub(crate) storm: Storm,
    /// The caller, which is the owner.
    pub(crate) owner: String,
    /// The template.
    pub(crate) template: String,
    /// What it asked for.
    pub(crate) action: Action,
    /// When it was sent.
    pub(crate) start: Instant,
    /// When it was answered or given up.
    pub(crate) end: Instant,
    /// What came back.
    pub(crate) outcome: Outcome,
}

impl Call {
    /// The environment that a launch returned.
    pub(crate) fn launched(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Launched { uuid, .. } => Some(uuid),
            _ => None,
        }
    }
}

/// All requests so far.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Vec<Call>>);

impl History {
    /// Adds a request.
    pub(crate) fn add(&self, call: Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// The number of requests.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The requests, in the order of their ends.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
