//! Instances and templates as admins see them.

use kube::ResourceExt;
use ledger::timestamps;
use resources::{Chart, DployInstance, DployTemplate, without_user_info};
use wire::{AdminInstance, AdminTemplate};

use super::{
    connection::connection,
    count, is_unlimited,
    template::{display_name, warm_count},
    uuid,
};
use crate::{cache::InstanceKey, ports::Reads};

/// An instance in the list of all instances.
pub(crate) fn admin_instance(reads: &Reads, instance: &DployInstance) -> AdminInstance {
    let status = instance.status.clone().unwrap_or_default();
    AdminInstance {
        name: instance.name_any(),
        template: instance.spec.template_ref.clone(),
        owner: instance.spec.owner.clone(),
        phase: status.phase.map(|phase| phase.to_string()).unwrap_or_default(),
        url: connection(reads, instance).url,
        expires_at: timestamps::text_of(instance.spec.expires_at.as_ref()),
        created_at: timestamps::text_of(instance.creation_timestamp().as_ref()),
        namespace: status.namespace.unwrap_or_default(),
        uuid: uuid(instance),
        is_unlimited: is_unlimited(instance),
    }
}

/// A template in the list of all templates.
pub(crate) fn admin_template(reads: &Reads, template: &DployTemplate) -> AdminTemplate {
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
        available: warm_count(reads, template),
        claimed: claimed_count(reads, template),
        chart_type: kind.unwrap_or_default(),
        chart_repo: without_user_info(&repo_url).into_owned(),
        chart_ref: if chart.is_empty() { path } else { chart },
        revision: target_revision,
        created_at: timestamps::text_of(template.creation_timestamp().as_ref()),
    }
}

fn claimed_count(reads: &Reads, template: &DployTemplate) -> u32 {
    let members = reads.cache.instances.find(&InstanceKey::Template(template.name_any()));
    count(
        members
            .iter()
            .filter(|it| it.spec.pooled && !it.spec.queued && !it.spec.owner.is_empty())
            .count(),
    )
}
