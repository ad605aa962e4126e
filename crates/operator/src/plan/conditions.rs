use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

/// The type of the one condition that Dploy sets.
const READY: &str = "Ready";

/// What condition `Ready` should say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ready {
    /// Whether it is.
    pub(crate) is: bool,
    /// CamelCase, stable.
    pub(crate) reason: &'static str,
    /// A sentence for people.
    pub(crate) message: String,
}

impl Ready {
    pub(crate) fn yes(reason: &'static str, message: impl Into<String>) -> Self {
        Self { is: true, reason, message: message.into() }
    }

    pub(crate) fn no(reason: &'static str, message: impl Into<String>) -> Self {
        Self { is: false, reason, message: message.into() }
    }
}

/// Condition `Ready`, where there is one.
pub(crate) fn ready_of(conditions: &[Condition]) -> Option<&Condition> {
    conditions.iter().find(|it| it.type_ == READY)
}

/// Sets condition `Ready`. The time of its last transition moves only when its status does; a condition that says the same
/// already stays as it is.
pub(crate) fn set_ready(
    conditions: &mut Vec<Condition>,
    ready: Ready,
    generation: Option<i64>,
    now: Timestamp,
) {
    let status = if ready.is { "True" } else { "False" };
    let before = ready_of(conditions).filter(|it| it.status == status);
    let since = before.map_or(Time(now), |it| it.last_transition_time.clone());
    let condition = Condition {
        type_: READY.into(),
        status: status.into(),
        reason: ready.reason.into(),
        message: ready.message,
        observed_generation: generation,
        last_transition_time: since,
    };
    match conditions.iter_mut().find(|it| it.type_ == READY) {
        Some(place) => *place = condition,
        None => conditions.push(condition),
    }
}
