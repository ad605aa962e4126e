//! The conditions `Ready`, `EndsSoon` and `PoolHealthy`, and the Events that report a change of
//! them.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use ledger::timestamps;
use resources::{
    Reason,
    meta::{ENDS_SOON_CONDITION, POOL_HEALTHY_CONDITION, READY_CONDITION},
};

/// The content of condition `Ready` or `PoolHealthy`.
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
    conditions.iter().find(|it| it.type_ == READY_CONDITION)
}

/// Whether condition `EndsSoon` of a list is true.
#[must_use]
pub fn ends_soon(conditions: &[Condition]) -> bool {
    conditions.iter().any(|it| it.type_ == ENDS_SOON_CONDITION && it.status == "True")
}

/// The condition `PoolHealthy` of a list.
pub(crate) fn pool_condition(conditions: &[Condition]) -> Option<&Condition> {
    conditions.iter().find(|it| it.type_ == POOL_HEALTHY_CONDITION)
}

/// Sets condition `Ready`.
pub fn set_ready(
    conditions: &mut Vec<Condition>,
    ready: Ready,
    generation: Option<i64>,
    now: Timestamp,
) {
    set_as(READY_CONDITION, conditions, ready, generation, now);
}

/// Sets condition `PoolHealthy`; `None` for a template without a pool removes it.
pub(crate) fn set_pool_healthy(
    conditions: &mut Vec<Condition>,
    content: Option<Ready>,
    generation: Option<i64>,
    now: Timestamp,
) {
    match content {
        Some(content) => set_as(POOL_HEALTHY_CONDITION, conditions, content, generation, now),
        None => conditions.retain(|it| it.type_ != POOL_HEALTHY_CONDITION),
    }
}

fn set_as(
    type_: &str,
    conditions: &mut Vec<Condition>,
    ready: Ready,
    generation: Option<i64>,
    now: Timestamp,
) {
    let condition = Condition {
        type_: type_.into(),
        status: status_of(ready.is_ready).into(),
        reason: ready.reason.as_str().into(),
        message: ready.message,
        observed_generation: generation,
        last_transition_time: Time(now),
    };
    set(conditions, condition);
}

/// Sets condition `EndsSoon` of an environment with this `deadline`.
pub(crate) fn set_ends_soon(
    conditions: &mut Vec<Condition>,
    is_soon: bool,
    deadline: Timestamp,
    generation: Option<i64>,
    now: Timestamp,
) {
    let reason = if is_soon { Reason::EndsSoon } else { Reason::TimeLeft };
    let condition = Condition {
        type_: ENDS_SOON_CONDITION.into(),
        status: status_of(is_soon).into(),
        reason: reason.as_str().into(),
        message: format!("It ends at {}.", timestamps::text(deadline)),
        observed_generation: generation,
        last_transition_time: Time(now),
    };
    set(conditions, condition);
}

const fn status_of(is_true: bool) -> &'static str {
    if is_true { "True" } else { "False" }
}

/// Puts the condition in place of the one of its type. `lastTransitionTime` changes only when the
/// status does.
fn set(conditions: &mut Vec<Condition>, mut condition: Condition) {
    match conditions.iter_mut().find(|it| it.type_ == condition.type_) {
        Some(place) => {
            if place.status == condition.status {
                condition.last_transition_time = place.last_transition_time.clone();
            }
            *place = condition;
        }
        None => conditions.push(condition),
    }
}
