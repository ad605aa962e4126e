//! The second step: resolves a template, counts its pool, and drafts an example instance, which
//! shows whether the template can be rendered. Pure: it neither reads nor writes.

use std::sync::Arc;

use engines::{Engines, Order};
use errors::chain;
use kube::ResourceExt;
use planner::{
    pool::{Census, Member, Queue, start_seconds},
    template::Drafted,
};
use rendering::TemplateData;
use resources::{
    DployInstance, DployTemplate, OperatorConfigSpec, OrderRef, Parameter, Placement,
    TemplateRevision,
};

use super::observe::Observation;

/// The uuid, the seed and the owner of the example instance.
const EXAMPLE_UUID: &str = "00000000";
const EXAMPLE_SEED: &str = "00000000000000000000000000000000";
const EXAMPLE_OWNER: &str = "rehearsal";

pub(super) fn draft(
    engines: &Engines,
    template: &DployTemplate,
    observed: &Observation,
) -> Drafted {
    let Observation { config, defaults, members: _ } = observed;
    let revision = rendering::revision(template, config.as_deref(), *defaults);
    let revision_name = revision.name();
    let (example, shared) = (example(template, &revision), Arc::new(revision.clone()));
    Drafted {
        has_engine: engines.has(revision.engine),
        obstacle: obstacle(engines, example, shared, config.clone().unwrap_or_default()),
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

/// Why the example cannot be rendered or drafted.
fn obstacle(
    engines: &Engines,
    instance: DployInstance,
    revision: Arc<TemplateRevision>,
    config: Arc<OperatorConfigSpec>,
) -> Option<String> {
    let data = TemplateData { instance: &instance, revision: &revision, config: &config };
    if let Err(error) = rendering::connection(data) {
        return Some(chain(&error).to_string());
    }
    let engine = engines.get(revision.engine)?;
    let (name, template) = (instance.name_any(), &instance.spec.template_ref);
    let reference = OrderRef {
        instance: name,
        uuid: EXAMPLE_UUID.into(),
        // The namespace that the template sees as `.Namespace`.
        namespace: resources::names::namespace(Some(EXAMPLE_OWNER), template, EXAMPLE_UUID),
        installation: String::new(),
        engine_ref: None,
        placement: Placement::default(),
    };
    let order = Order { reference, instance: Arc::new(instance), revision, config };
    engine.draft(&order).err().map(|error| chain(&error).to_string())
}

/// An instance of the template that nobody launches.
fn example(template: &DployTemplate, revision: &TemplateRevision) -> DployInstance {
    let name = template.name_any();
    let mut instance = DployInstance::new(
        &resources::names::instance_name(&name, EXAMPLE_UUID),
        Default::default(),
    );
    instance.metadata.creation_timestamp.clone_from(&template.metadata.creation_timestamp);
    instance.spec.template_ref = name;
    instance.spec.uuid = Some(EXAMPLE_UUID.into());
    instance.spec.owner = EXAMPLE_OWNER.into();
    let parameters = template.spec.parameters.iter();
    instance.spec.params = parameters.map(|it| (it.name.clone(), example_value(it))).collect();
    instance.spec.revision = Some(revision.name());
    instance.spec.seed = Some(EXAMPLE_SEED.into());
    instance
}

/// A value that a launch could choose.
fn example_value(parameter: &Parameter) -> String {
    let candidates = [Some(&parameter.default), parameter.choices.first()];
    let value = candidates.into_iter().flatten().find(|value| !value.is_empty());
    match value {
        Some(value) => value.clone(),
        None if parameter.required => "1".into(),
        None => String::new(),
    }
}
