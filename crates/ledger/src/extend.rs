//! Extend (docs/ledger.md, "Extend"): the new deadline and the new count.

use jiff::Timestamp;
use resources::{DployInstance, meta};
use serde_json::{Value, json};

use crate::timestamps;

/// How many requests an instance remembers. A request looks for its id right after its write, and
/// the extensions in between are few.
const MAX_REMEMBERED_EXTENSIONS: usize = 8;

/// How far, and how often, an environment can be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendLimits {
    /// Seconds that one extension adds.
    pub extend_seconds: i64,
    /// How often an environment can be extended; 0 for no limit.
    pub max_extends: i64,
}

/// What follows from a request to extend an environment that lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtendStep {
    /// Write the new deadline and count.
    Extend(Extension),
    /// Refuse: the environment has no deadline.
    HasNoDeadline,
    /// Refuse: the environment was extended this often, which is the limit.
    LimitReached(i64),
}

/// The deadline and count that an extension writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// The new deadline.
    pub deadline: Timestamp,
    /// How often the environment was extended, this time included.
    pub count: i64,
}

impl Extension {
    /// The merge patch that writes both fields to `instance`, with the random id of the request.
    #[must_use]
    pub fn patch(&self, instance: &DployInstance, request: &str) -> Value {
        let earlier: Vec<&str> = extended_by(instance).collect();
        let kept = earlier.len().saturating_sub(MAX_REMEMBERED_EXTENSIONS - 1);
        let ids: Vec<&str> = earlier.into_iter().skip(kept).chain([request]).collect();
        json!({
            "metadata": { "annotations": {
                (meta::EXTEND_COUNT): self.count.to_string(),
                (meta::EXTENDED_BY): ids.join(" "),
            } },
            "spec": { "expiresAt": timestamps::text(self.deadline) },
        })
    }
}

/// Whether the request with this id has extended the environment. Its own answer may have been
/// lost, or have been that of a repetition.
#[must_use]
pub fn was_extended_by(instance: &DployInstance, request: &str) -> bool {
    extended_by(instance).any(|id| id == request)
}

fn extended_by(instance: &DployInstance) -> impl Iterator<Item = &str> {
    let ids = instance.metadata.annotations.as_ref().and_then(|it| it.get(meta::EXTENDED_BY));
    ids.map(String::as_str).unwrap_or_default().split_whitespace()
}

/// Decides on an extension of an environment that lives.
#[must_use]
pub fn decide(instance: &DployInstance, limits: ExtendLimits) -> ExtendStep {
    let Some(deadline) = &instance.spec.expires_at else { return ExtendStep::HasNoDeadline };
    let count = extend_count(instance);
    if limits.max_extends > 0 && count >= limits.max_extends {
        return ExtendStep::LimitReached(limits.max_extends);
    }
    let deadline = timestamps::after(deadline.0, limits.extend_seconds);
    ExtendStep::Extend(Extension { deadline, count: count.saturating_add(1) })
}

/// How often the environment was extended.
#[must_use]
pub fn extend_count(instance: &DployInstance) -> i64 {
    let annotations = instance.metadata.annotations.as_ref();
    let count = annotations.and_then(|it| it.get(meta::EXTEND_COUNT));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
