//! What engines and the planner both say about one workload.

use crate::{Health, Reason, label, meta};

/// Identifies a workload: all that an engine needs to find and to withdraw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderRef {
    /// The name of the instance.
    pub instance: String,
    /// The instance's uuid.
    pub uuid: String,
    /// The namespace in which the workload runs.
    pub namespace: String,
}

impl OrderRef {
    /// The labels of everything that an engine places for this order.
    #[must_use]
    pub fn labels(&self) -> [(&'static str, String); 2] {
        [(meta::MANAGED, meta::TRUE.to_owned()), (meta::INSTANCE, label(&self.instance))]
    }
}

/// The state of a workload, as its engine observed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadState {
    /// The digest of the draft that was placed; `None` when nothing was placed, or something else
    /// was.
    pub placed: Option<String>,
    /// The workload's health.
    pub health: Health,
    /// Why it has this health.
    pub reason: Reason,
    /// The reason as a sentence for the owner.
    pub message: String,
    /// What the engine calls the workload, once that is known.
    pub engine_ref: Option<String>,
}

impl WorkloadState {
    /// Nothing was placed.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            placed: None,
            health: Health::Progressing,
            reason: Reason::NotPlaced,
            message: "The workload has not been started yet.".into(),
            engine_ref: None,
        }
    }
}
