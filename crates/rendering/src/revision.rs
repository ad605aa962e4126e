//! Makes the revision of a template: all that its environments depend on, with all defaults
//! applied.

use std::collections::BTreeMap;

use kube::ResourceExt;
use resources::{
    DployTemplate, DployTemplateSpec, EngineName, GuardRails, LaunchDefaults, LaunchSources,
    OperatorConfigSpec, PodSecurity, TemplateRevision, connection_type, launch_defaults,
};

use crate::{catalog_texts::reads_catalog_texts, used_claims::used_claims};

/// The URL template when neither the DployTemplate nor the OperatorConfig has one.
pub const DEFAULT_URL_TEMPLATE: &str = "https://{{ .Host }}";

/// The template with all defaults applied: from the OperatorConfig, or from `fallback` if the
/// cluster has no OperatorConfig.
#[must_use]
pub fn revision(
    template: &DployTemplate,
    config: Option<&OperatorConfigSpec>,
    fallback: LaunchDefaults,
) -> TemplateRevision {
    let mut revision = with_defaults(template, config, fallback);
    if !reads_catalog_texts(&revision) {
        let TemplateRevision { display_name, description, icon, category, .. } = &mut revision;
        [display_name, description, icon, category].into_iter().for_each(String::clear);
    }
    revision.claims = used_claims(&revision);
    revision
}

fn with_defaults(
    template: &DployTemplate,
    config: Option<&OperatorConfigSpec>,
    fallback: LaunchDefaults,
) -> TemplateRevision {
    let spec = template.spec.clone();
    let LaunchDefaults { ttl_seconds, extend_seconds, max_extends, max_instances_per_user: _ } =
        launch_defaults(LaunchSources { template: Some(&spec), owner: None, config, fallback });
    TemplateRevision {
        template: template.name_any(),
        claims: None,
        labels: without_domains(template.labels(), is_deployment_tool),
        annotations: without_domains(template.annotations(), |domain| {
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
        warn_seconds: spec.ttl.warn_seconds.unwrap_or_default(),
        starts_at: spec.ttl.starts_at.unwrap_or_default(),
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

/// Environments are kept from each other's pods and from the nodes unless somebody says otherwise.
fn guard_rails(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> GuardRails {
    let rails = spec.guard_rails.clone();
    let mut rails = match config {
        Some(config) => rails.or(&config.guard_rails),
        None => rails,
    };
    rails.network.get_or_insert_default();
    rails.pod_security.get_or_insert(PodSecurity::Baseline);
    rails
}

fn url_template(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> String {
    let from_config = config.map_or("", |config| &config.connection_url_template);
    first_not_blank(&[&spec.connection_url_template, from_config, DEFAULT_URL_TEMPLATE])
}

fn message_template(spec: &DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> String {
    let from_config = config.map_or("", |config| &config.connection_message_template);
    first_not_blank(&[&spec.connection_message_template, from_config])
}

fn first_not_blank(candidates: &[&str]) -> String {
    candidates
        .iter()
        .find(|text| !text.trim().is_empty())
        .map(|text| (*text).to_owned())
        .unwrap_or_default()
}

/// The entries without the keys of the domains for which `is_excluded` is true. Tools add and
/// remove such keys without an edit by the author, and every change would replace the pool.
fn without_domains(
    entries: &BTreeMap<String, String>,
    is_excluded: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    entries
        .iter()
        .filter(|(key, _)| !key.split_once('/').is_some_and(|(domain, _)| is_excluded(domain)))
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
