//! The phase of an instance and the health of its workload.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The phase of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Phase {
    /// The operator has seen the instance and has not placed anything yet.
    Pending,
    /// The engine starts the workload.
    Provisioning,
    /// An on-demand instance is healthy.
    Ready,
    /// A pool member is healthy and unclaimed.
    Available,
    /// A pool member is claimed.
    Claimed,
    /// The instance is being deleted.
    Expiring,
    /// The workload cannot be started as the template describes it.
    Failed,
}

impl Phase {
    /// The value in the status.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Provisioning => "Provisioning",
            Self::Ready => "Ready",
            Self::Available => "Available",
            Self::Claimed => "Claimed",
            Self::Expiring => "Expiring",
            Self::Failed => "Failed",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The health of the workload, as the engine reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Health {
    /// The workload starts.
    Progressing,
    /// The workload is ready.
    Healthy,
    /// The workload failed to start, or is no longer ready.
    Degraded,
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Progressing => "Progressing",
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
        })
    }
}
