//! The settings of an operator.

use std::time::Duration;

use planner::leftovers::LeftoverTimings;
use resources::LaunchDefaults;

/// The settings of an operator.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The namespace of Dploy's resources (`DPLOY_NAMESPACE`).
    pub namespace: String,
    /// The name of this replica in the election. Two running replicas must not share a name. A
    /// replica that restarts under the leader's name leads at once.
    pub identity: String,
    /// How the leader is elected.
    pub lease: LeaseTimings,
    /// When leftovers are looked for and deleted.
    pub leftovers: LeftoverTimings,
    /// The launch defaults of instances made by hand and of pool members, in a cluster without an
    /// OperatorConfig.
    pub defaults: LaunchDefaults,
}

impl Settings {
    /// Settings with the default timings.
    #[must_use]
    pub fn new(namespace: impl Into<String>, identity: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            identity: identity.into(),
            lease: LeaseTimings::default(),
            leftovers: LeftoverTimings::default(),
            defaults: LaunchDefaults::default(),
        }
    }
}

/// How the leader is elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTimings {
    /// How long the other replicas wait for a leader that does not renew the lease. In whole
    /// seconds, at least one.
    pub duration: Duration,
    /// How often the leader renews the lease, and the others read it.
    pub renew_every: Duration,
}

impl Default for LeaseTimings {
    fn default() -> Self {
        Self { duration: Duration::from_secs(15), renew_every: Duration::from_secs(3) }
    }
}
