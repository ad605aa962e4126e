//! A template as it is at launch: every default filled in, so that later edits change nothing.

use std::collections::BTreeMap;

use kube::ResourceExt;
use resources::{
    DployTemplate, DployTemplateSpec, EngineName, GuardRails, LaunchDefaults, LaunchSources,
    OperatorConfigSpec, ResolvedTemplate, connection_type, launch_defaults,
};

/// The address of environments for which neither the template nor OperatorConfig has a template.
pub const DEFAULT_URL_TEMPLATE: &str = "https://{{ .Host }}";

/// Fills the template's gaps from the cluster's settings, and from `fallback` where there are none. `seed` is what its
/// random functions will draw from.
#[must_use]
pub fn resolve(
    template: &DployTemplate,
    config: Option<&OperatorConfigSpec>,
    fallback: LaunchDefaults,
    seed: String,
) -> ResolvedTemplate {
    let spec = template.spec.clone();
    let LaunchDefaults { ttl_seconds, extend_seconds, max_extends, max_instances_per_user: _ } =
        launch_defaults(LaunchSources { template: Some(&spec), owner: None, config, fallback });
    ResolvedTemplate {
        seed,
        labels: without_tools(template.labels(), is_deployment_tool),
        annotations: without_tools(template.annotations(), |domain| {
            is_deployment_tool(domain) || is_within(domain, "kubernetes.io")
        }),
        engine: EngineName::choose(
            &spec,
            config.map_or_else(EngineName::default, |it| it.default_engine),
        ),
        guard_rails: Some(guard_rails(&spec, config)),
        connection_url_template: url_template(&spec, config),
        connection_type: connection_type(&spec, config),
        connection_message_template: message_template(&spec, config),
        base_domain: config.map(|config| config.base_domain.clone()).unwrap_or_default(),
        parameters: spec.parameters.into_iter().map(|it| (it.name, it.default)).collect(),
        ttl_seconds,
        extend_seconds,
        max_extends,
        display_name: spec.display_name,
        description: spec.description,
        icon: spec.icon,
        category: spec.category,
        owner_claim: spec.owner_claim,
        chart: spec.chart,
        manifests: spec.manifests,
        process: spec.process,
        values_template: spec.values_template,
        value_files: spec.value_files,
    }
}

/// Whether an instance made of `resolved` is what the template gives today; the seed does not count.
#[must_use]
pub fn matches(
    resolved: &ResolvedTemplate,
    template: &DployTemplate,
    config: Option<&OperatorConfigSpec>,
    fallback: LaunchDefaults,
) -> bool {
    *resolved == resolve(template, config, fallback, resolved.seed.clone())
}

/// Environments are kept from each other's pods unless somebody says otherwise.
fn guard_rails(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> GuardRails {
    let rails = spec.guard_rails.clone();
    let mut rails = match config {
        Some(config) => rails.or(&config.guard_rails),
        None => rails,
    };
    rails.network.get_or_insert_default();
    rails
}

fn url_template(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> String {
    let clusters = config.map_or("", |config| &config.connection_url_template);
    first_given(&[&spec.connection_url_template, clusters, DEFAULT_URL_TEMPLATE])
}

fn message_template(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> String {
    let clusters = config.map_or("", |config| &config.connection_message_template);
    first_given(&[&spec.connection_message_template, clusters])
}

fn first_given(candidates: &[&str]) -> String {
    candidates
        .iter()
        .find(|text| !text.trim().is_empty())
        .map(|text| (*text).to_owned())
        .unwrap_or_default()
}

/// The entries whose key's domain does not belong to a tool: those come and go without the author's doing, and would make
/// a pool member look outdated.
fn without_tools(
    entries: &BTreeMap<String, String>,
    is_tools: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    entries
        .iter()
        .filter(|(key, _)| !key.split_once('/').is_some_and(|(domain, _)| is_tools(domain)))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn is_deployment_tool(domain: &str) -> bool {
    ["helm.sh", "fluxcd.io", "argoproj.io", "cattle.io"].iter().any(|tool| is_within(domain, tool))
}

fn is_within(domain: &str, parent: &str) -> bool {
    domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests;
