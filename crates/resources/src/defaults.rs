//! Which default wins: the one place that knows the order of the sources.

use crate::{
    ConnectionType, DployOwnerSpec, DployTemplateSpec, LaunchDefaults, OperatorConfigSpec,
};

/// The places that can set a launch default, the strongest first.
#[derive(Debug, Clone, Copy)]
pub struct LaunchSources<'a> {
    /// The template.
    pub template: Option<&'a DployTemplateSpec>,
    /// The owner record, which may set the owner's limit.
    pub owner: Option<&'a DployOwnerSpec>,
    /// The cluster's `OperatorConfig`.
    pub config: Option<&'a OperatorConfigSpec>,
    /// The process's own configuration, used where the cluster has no `OperatorConfig`.
    pub fallback: LaunchDefaults,
}

/// Resolves every launch default. The template overrides the owner record, the owner record
/// overrides the `OperatorConfig`, and an `OperatorConfig` replaces the fallback as a whole.
#[must_use]
pub fn launch_defaults(sources: LaunchSources<'_>) -> LaunchDefaults {
    let LaunchSources { template, owner, config, fallback } = sources;
    let LaunchDefaults { ttl_seconds, extend_seconds, max_extends, max_instances_per_user } =
        config.map_or(fallback, |config| config.defaults);
    let ttl = template.map(|template| template.ttl).unwrap_or_default();
    let owner_limit = owner.and_then(|owner| owner.max_instances);
    let template_limit = template.and_then(|template| template.max_instances_per_user);
    LaunchDefaults {
        ttl_seconds: ttl.seconds.unwrap_or(ttl_seconds),
        extend_seconds: ttl.extend_seconds.unwrap_or(extend_seconds),
        max_extends: ttl.max_extends.unwrap_or(max_extends),
        max_instances_per_user: template_limit.or(owner_limit).unwrap_or(max_instances_per_user),
    }
}

/// The connection type of a template's environments: the template overrides the `OperatorConfig`.
#[must_use]
pub fn connection_type(
    template: &DployTemplateSpec,
    config: Option<&OperatorConfigSpec>,
) -> ConnectionType {
    let from_config = config.map(|config| config.default_connection_type);
    template.connection_type.or(from_config).unwrap_or_default()
}

#[cfg(test)]
mod tests;
