use resources::LaunchDefaults;

/// What the server's own configuration contributes to the rules.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the resources are (`DPLOY_NAMESPACE`).
    pub namespace: String,
    /// `MAX_ENVIRONMENTS_PER_USER`, where no `OperatorConfig` says otherwise.
    pub max_environments: u32,
    /// `DEFAULT_TTL` in seconds, where neither the template nor an `OperatorConfig` says otherwise; -1 for no end.
    pub default_ttl: i64,
    /// `EXTEND_TTL` in seconds, where neither the template nor an `OperatorConfig` says otherwise.
    pub extend_ttl: i64,
}

impl Settings {
    /// What counts where there is no `OperatorConfig`.
    pub(crate) const fn fallback(&self) -> LaunchDefaults {
        LaunchDefaults {
            ttl_seconds: self.default_ttl,
            extend_seconds: self.extend_ttl,
            max_extends: 0,
            max_instances_per_user: self.max_environments,
        }
    }
}
