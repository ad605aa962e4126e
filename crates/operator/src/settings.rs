//! The settings of an operator.

use std::time::Duration;

use planner::{leftovers::LeftoverTimings, unused_revisions::RevisionTimings};
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
    /// When a replica must not lead, and when it is not ready.
    pub limits: Limits,
    /// When leftovers are looked for and deleted.
    pub leftovers: LeftoverTimings,
    /// When unused revisions of templates are looked for and deleted.
    pub revisions: RevisionTimings,
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
            limits: Limits::default(),
            leftovers: LeftoverTimings::default(),
            revisions: RevisionTimings::default(),
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

impl LeaseTimings {
    /// How long a leader leads after a renewal. The other replicas wait for the whole duration; the
    /// leader stops a third earlier.
    pub(crate) fn term(&self) -> Duration {
        self.duration * 2 / 3
    }

    /// How long one call of the election may take. A leader whose call is not answered can still
    /// renew the lease within its term, and one with a slow API server does not give up early.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.term() * 2 / 5
    }

    /// The pause after an attempt that failed.
    pub(crate) fn retry_pause(&self) -> Duration {
        self.renew_every.min(self.call_timeout() / 10)
    }
}

/// When a replica must not lead, and when it is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A replica leads only while each of its caches has shown a sign of life for so long at most:
    /// an event, a bookmark, a list, or the start of a watch. The API server ends each watch after
    /// half of that time, so that the next watch shows that a quiet cache lives. At least two
    /// seconds.
    pub cache_age: Duration,
    /// A replica is not ready when its calls in the election have failed for so long.
    pub election_failure: Duration,
    /// The shortest time without a finished reconcile after which a leader ends its term, although
    /// reconciles are due. A leader with slow reconciles waits longer.
    pub min_stall: Duration,
    /// The longest such time.
    pub max_stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cache_age: Duration::from_mins(1),
            election_failure: Duration::from_mins(1),
            min_stall: Duration::from_mins(1),
            max_stall: Duration::from_mins(5),
        }
    }
}
