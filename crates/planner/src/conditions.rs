//! Condition `Ready`, and the Events that report a change of it.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use resources::Reason;

/// The type of the only condition that Dploy sets.
const READY: &str = "Ready";

/// The content of condition `Ready`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Whether the condition is true.
    pub is_ready: bool,
    /// Why.
    pub reason: Reason,
    /// The reason as a sentence.
    pub message: String,
}

impl Ready {
    pub(crate) fn yes(reason: Reason, message: impl Into<String>) -> Self {
        Self { is_ready: true, reason, message: message.into() }
    }

    /// The condition is false.
    pub fn no(reason: Reason, message: impl Into<String>) -> Self {
        Self { is_ready: false, reason, message: message.into() }
    }
}

/// An Event to publish about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whether its type is `Warning`; else it is `Normal`.
    pub is_warning: bool,
    /// What happened.
    pub reason: Reason,
    /// The sentence.
    pub message: String,
}

/// The condition `Ready` of a list.
#[must_use]
pub fn ready_condition(conditions: &[Condition]) -> Option<&Condition> {
    conditions.iter().find(|it| it.type_ == READY)
}

/// Sets condition `Ready`. `lastTransitionTime` changes only when the status does.
pub fn set_ready(
    conditions: &mut Vec<Condition>,
    ready: Ready,
    generation: Option<i64>,
    now: Timestamp,
) {
    let status = if ready.is_ready { "True" } else { "False" };
    let before = ready_condition(conditions).filter(|it| it.status == status);
    let since = before.map_or(Time(now), |it| it.last_transition_time.clone());
    let condition = Condition {
        type_: READY.into(),
        status: status.into(),
        reason: ready.reason.as_str().into(),
        message: ready.message,
        observed_generation: generation,
        last_transition_time: since,
    };
    match conditions.iter_mut().find(|it| it.type_ == READY) {
        Some(place) => *place = condition,
        None => conditions.push(condition),
    }
}
