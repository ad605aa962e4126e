use std::time::Duration;

use resources::LaunchDefaults;

/// How an operator works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where Dploy's resources are (`DPLOY_NAMESPACE`).
    pub namespace: String,
    /// The name of this replica in the election: no two that run at once may share one. One that comes back under the name
    /// of the leader leads at once.
    pub identity: String,
    /// How the leader is elected.
    pub lease: LeaseTimings,
    /// What holds for instances made by hand and for pool members, where neither the template nor an `OperatorConfig` says.
    pub defaults: LaunchDefaults,
}

impl Settings {
    /// Settings with the usual timings and defaults.
    #[must_use]
    pub fn new(namespace: impl Into<String>, identity: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            identity: identity.into(),
            lease: LeaseTimings::default(),
            defaults: LaunchDefaults::default(),
        }
    }
}

/// How the leader is elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTimings {
    /// How long others wait for a leader that stopped renewing; counted in whole seconds, at least one.
    pub duration: Duration,
    /// How often the leader renews, and the others look.
    pub renew_every: Duration,
}

impl Default for LeaseTimings {
    fn default() -> Self {
        Self { duration: Duration::from_secs(15), renew_every: Duration::from_secs(3) }
    }
}
