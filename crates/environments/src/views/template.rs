use kube::ResourceExt;
use resources::{Chart, DployTemplate, LaunchDefaults, Method, Parameter, UNLIMITED};
use wire::{AdminTemplate, CatalogEntry};

use super::connection;
use crate::{
    cache::{InstanceKey, spec_of},
    instant,
    launch::is_warm,
    room::Room,
};

impl Room {
    /// The template as the catalog shows it.
    pub(crate) fn catalog_entry(&self, template: &DployTemplate) -> CatalogEntry {
        let config = self.cache.config();
        let config = spec_of(config.as_ref());
        let LaunchDefaults { ttl_seconds, extend_seconds, max_extends, .. } =
            config.map_or(self.settings.fallback(), |config| config.defaults);
        let spec = &template.spec;
        let ttl = spec.ttl.seconds.unwrap_or(ttl_seconds);
        let kind = spec.connection_type.or(config.map(|it| it.default_connection_type));
        CatalogEntry {
            name: template.name_any(),
            display_name: display_name(template),
            description: spec.description.clone(),
            icon: spec.icon.clone(),
            category: spec.category.clone(),
            ttl,
            extend_ttl: spec.ttl.extend_seconds.unwrap_or(extend_seconds),
            max_extends: spec.ttl.max_extends.unwrap_or(max_extends),
            is_unlimited: ttl <= UNLIMITED,
            connection_type: connection::of(kind),
            connection_message: String::new(),
            parameters: spec.parameters.iter().map(parameter).collect(),
            owner_claim: spec.owner_claim.clone(),
            ready: (spec.method == Method::Pool).then(|| self.warm_count(template)),
        }
    }

    /// The template as the manager shows it.
    pub(crate) fn admin_template(&self, template: &DployTemplate) -> AdminTemplate {
        let spec = &template.spec;
        let Chart { chart_type, repo_url, path, chart, target_revision } =
            spec.chart.clone().unwrap_or_default();
        let kind = spec.chart.is_some().then(|| chart_type.as_str().to_owned());
        AdminTemplate {
            name: template.name_any(),
            display_name: display_name(template),
            method: spec.method.as_str().to_owned(),
            enabled: spec.enabled,
            visible: spec.visible,
            pool_size: spec.pool.map_or(0, |pool| pool.size),
            available: self.warm_count(template),
            claimed: self.claimed_count(template),
            chart_type: kind.unwrap_or_default(),
            chart_repo: repo_url,
            chart_ref: if chart.is_empty() { path } else { chart },
            revision: target_revision,
            created_at: instant::text_of(template.creation_timestamp().as_ref()),
        }
    }

    fn warm_count(&self, template: &DployTemplate) -> u32 {
        let members = self.cache.instances.find(&InstanceKey::Unclaimed(template.name_any()));
        count(members.iter().filter(|member| is_warm(member)).count())
    }

    fn claimed_count(&self, template: &DployTemplate) -> u32 {
        let members = self.cache.instances.find(&InstanceKey::Template(template.name_any()));
        count(members.iter().filter(|it| it.spec.pooled && !it.spec.owner.is_empty()).count())
    }
}

/// What people call the template.
fn display_name(template: &DployTemplate) -> String {
    match template.spec.display_name.as_str() {
        "" => template.name_any(),
        name => name.to_owned(),
    }
}

/// A length as the network carries it.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn parameter(declared: &Parameter) -> wire::Parameter {
    let Parameter { name, description, required, default, choices, pattern } = declared.clone();
    wire::Parameter { name, description, required, default, choices, pattern }
}
