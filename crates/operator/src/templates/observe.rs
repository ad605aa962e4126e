//! The first step: observes what surrounds a template. Reads the cache only.

use std::sync::Arc;

use kube::ResourceExt;
use resources::{DployInstance, DployTemplate, LaunchDefaults, OperatorConfigSpec};

use crate::{context::Reads, mirrors::Guarded};

/// What surrounds a template.
pub(super) struct Observation {
    /// The spec of the OperatorConfig.
    pub(super) config: Option<Arc<OperatorConfigSpec>>,
    /// The launch defaults of a cluster without an OperatorConfig.
    pub(super) defaults: LaunchDefaults,
    /// The members of its pool and the places in its queue.
    pub(super) members: Vec<Arc<Guarded<DployInstance>>>,
}

pub(super) fn observe(reads: Reads<'_>, template: &DployTemplate) -> Observation {
    let name = template.name_any();
    let instances = &reads.mirrors().instances;
    let members = instances.all_where(|it| it.spec.pooled && it.spec.template_ref == name);
    Observation { config: reads.config(), defaults: reads.settings().defaults, members }
}
