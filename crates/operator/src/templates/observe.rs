//! The first step: observes what surrounds a template. Reads the cache only.

use std::{collections::BTreeMap, sync::Arc};

use kube::ResourceExt;
use ledger::queue::is_place;
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
    /// The version of the owner's record whose seat names a place, by the place's name.
    pub(super) seated_in: BTreeMap<String, String>,
    /// A random seed for a resolved template.
    pub(super) seed: String,
}

pub(super) fn observe(reads: Reads<'_>, template: &DployTemplate) -> Observation {
    let name = template.name_any();
    let instances = &reads.mirrors().instances;
    let members = instances.all_where(|it| it.spec.pooled && it.spec.template_ref == name);
    let readable = members.iter().filter_map(|guarded| guarded.0.as_ref().ok());
    let places = readable.filter(|it| is_place(it));
    let seated_in = places.filter_map(|it| Some((it.name_any(), reads.seated_in(it)?))).collect();
    Observation {
        config: reads.config(),
        defaults: reads.settings().defaults,
        members,
        seated_in,
        seed: reads.world().random_hex::<16>(),
    }
}
