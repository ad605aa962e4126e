//! The second step: makes the revision of a template, counts its pool, and rehearses a launch. It
//! neither reads nor writes the cluster.

use engines::Engines;
use planner::{
    pool::{Census, Member, Queue, start_seconds},
    template::Drafted,
};
use resources::{DployInstance, DployTemplate};

use super::{observe::Observation, rehearse::Rehearsals};

pub(super) fn draft(
    engines: &Engines,
    rehearsals: &Rehearsals,
    template: &DployTemplate,
    observed: &Observation,
) -> Drafted {
    let Observation { config, defaults, members: _ } = observed;
    let revision = rendering::revision(template, config.as_deref(), *defaults);
    let revision_name = revision.name();
    let settings = config.clone().unwrap_or_default();
    Drafted {
        has_engine: engines.has(revision.engine),
        rehearsal: rehearsals.of(engines, template, &revision, settings),
        census: census(observed, &revision_name),
        queue: Queue::of(readable(observed)),
        start_seconds: start_seconds(readable(observed)),
        revision,
        revision_name,
    }
}

fn readable(observed: &Observation) -> impl Iterator<Item = &DployInstance> {
    observed.members.iter().filter_map(|guarded| guarded.0.as_ref().ok())
}

fn census(observed: &Observation, revision: &str) -> Census {
    Census::of(readable(observed).filter_map(|instance| {
        Member::of(instance, instance.spec.revision.as_deref() == Some(revision))
    }))
}
