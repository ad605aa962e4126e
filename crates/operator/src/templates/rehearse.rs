//! Rehearses a launch: drafts an example instance of a template, which shows whether the template
//! can be rendered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use engines::{Engines, Order};
use errors::chain;
use kube::ResourceExt;
use planner::template::Rehearsal;
use rendering::TemplateData;
use resources::{
    DployInstance, DployTemplate, OperatorConfigSpec, OrderRef, Parameter, Placement,
    TemplateRevision,
};

/// The uuid, the seed and the owner of the example instance.
const EXAMPLE_UUID: &str = "00000000";
const EXAMPLE_SEED: &str = "00000000000000000000000000000000";
const EXAMPLE_OWNER: &str = "rehearsal";

/// The last rehearsal of each template. It is repeated when something that it depends on changes.
#[derive(Debug, Default)]
pub(crate) struct Rehearsals(Mutex<HashMap<String, (Script, Rehearsal)>>);

/// What a rehearsal depends on.
#[derive(Debug)]
struct Script {
    revision: TemplateRevision,
    parameters: Vec<Parameter>,
    config: Arc<OperatorConfigSpec>,
}

impl Rehearsals {
    /// The rehearsal of the template with this revision.
    pub(super) fn of(
        &self,
        engines: &Engines,
        template: &DployTemplate,
        revision: &TemplateRevision,
        config: Arc<OperatorConfigSpec>,
    ) -> Rehearsal {
        let (name, parameters) = (template.name_any(), &template.spec.parameters);
        if let Some((script, rehearsal)) = self.known().get(&name)
            && (&script.revision, &script.parameters, &script.config)
                == (revision, parameters, &config)
        {
            return rehearsal.clone();
        }
        let (revision, parameters) = (revision.clone(), parameters.clone());
        let script = Script { revision, parameters, config };
        let rehearsal = rehearse(engines, template, &script);
        self.known().insert(name, (script, rehearsal.clone()));
        rehearsal
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Script, Rehearsal)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the templates that are not kept.
    pub(crate) fn retain(&self, keeps: impl Fn(&str) -> bool) {
        self.known().retain(|name, _| keeps(name));
    }
}

fn rehearse(engines: &Engines, template: &DployTemplate, script: &Script) -> Rehearsal {
    let Script { revision, parameters, config } = script;
    let example = example(template, revision);
    let obstacle = obstacle(engines, &example, revision, config);
    let data = TemplateData { instance: &example, revision, config };
    let advice = obstacle.is_none().then(|| rendering::advice(data, parameters)).flatten();
    Rehearsal { obstacle, advice }
}

/// Why the example cannot be rendered or drafted.
fn obstacle(
    engines: &Engines,
    instance: &DployInstance,
    revision: &TemplateRevision,
    config: &Arc<OperatorConfigSpec>,
) -> Option<String> {
    let data = TemplateData { instance, revision, config };
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
    let order = Order {
        reference,
        instance: Arc::new(instance.clone()),
        revision: Arc::new(revision.clone()),
        config: Arc::clone(config),
    };
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
