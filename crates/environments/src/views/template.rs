//! A template as the catalog shows it.

use kube::ResourceExt;
use ledger::claim::is_warm;
use resources::{DployTemplate, LaunchDefaults, Method, Parameter, UNLIMITED, connection_type};
use wire::CatalogEntry;

use super::{connection, count};
use crate::{
    cache::InstanceKey,
    ports::{Reads, spec_of},
};

/// The template in the catalog.
pub(crate) fn catalog_entry(reads: &Reads, template: &DployTemplate) -> CatalogEntry {
    let spec = &template.spec;
    let LaunchDefaults { ttl_seconds, extend_seconds, max_extends, max_instances_per_user: _ } =
        reads.launch_defaults(Some(spec), None);
    let config = reads.cache.config();
    CatalogEntry {
        name: template.name_any(),
        display_name: display_name(template),
        description: spec.description.clone(),
        icon: spec.icon.clone(),
        category: spec.category.clone(),
        ttl: ttl_seconds,
        extend_ttl: extend_seconds,
        max_extends,
        is_unlimited: ttl_seconds <= UNLIMITED,
        connection_type: connection::wire_type(connection_type(spec, spec_of(config.as_ref()))),
        connection_message: String::new(),
        parameters: spec.parameters.iter().map(parameter).collect(),
        owner_claim: spec.owner_claim.clone(),
        ready: (spec.method == Method::Pool).then(|| warm_count(reads, template)),
    }
}

/// The template's display name, or its name.
pub(super) fn display_name(template: &DployTemplate) -> String {
    match template.spec.display_name.as_str() {
        "" => template.name_any(),
        name => name.to_owned(),
    }
}

/// How many members of the template's pool can be claimed.
pub(super) fn warm_count(reads: &Reads, template: &DployTemplate) -> u32 {
    let members = reads.cache.instances.find(&InstanceKey::Unclaimed(template.name_any()));
    count(members.iter().filter(|member| is_warm(member)).count())
}

fn parameter(declared: &Parameter) -> wire::Parameter {
    let Parameter { name, description, required, default, choices, pattern } = declared.clone();
    wire::Parameter { name, description, required, default, choices, pattern }
}
