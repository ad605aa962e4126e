use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an instance is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Phase {
    /// Seen by the operator, nothing placed yet.
    Pending,
    /// The engine was asked to start the workload.
    Provisioning,
    /// An on-demand environment that runs.
    Ready,
    /// A pool member that runs and waits to be claimed.
    Available,
    /// A pool member that somebody owns.
    Claimed,
    /// On its way out.
    Expiring,
    /// It cannot be started as it is described.
    Failed,
}

impl Phase {
    /// The word in the status.
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

/// What the engine says of the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Health {
    /// It starts.
    Progressing,
    /// It answers.
    Healthy,
    /// It does not, or no longer.
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
