//! What to say of a template.

use jiff::Timestamp;
use resources::{
    DployInstance, DployTemplate, DployTemplateStatus, EngineName, Parameter, ResolvedTemplate,
};

use super::{
    Ready,
    pool::{Census, Standing},
    set_ready,
};

/// What was seen of a template's surroundings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TemplateSeen {
    /// The template as an instance would get it now.
    pub(crate) resolved: ResolvedTemplate,
    /// Whether this operator has its engine.
    pub(crate) engine_enabled: bool,
    /// Why an instance of it could not be drafted.
    pub(crate) cannot: Option<String>,
}

/// Whether the template can be launched as it is described.
pub(crate) fn readiness(template: &DployTemplate, seen: &TemplateSeen) -> Ready {
    let TemplateSeen { resolved, engine_enabled, cannot } = seen;
    let engine = resolved.engine.as_str();
    if let Some(part) = missing_part(resolved) {
        let message = format!("Engine {engine} needs spec.{part}.");
        return Ready::no("SourceMissing", message);
    }
    if let Some(why) = cannot {
        return Ready::no("TemplateInvalid", why.clone());
    }
    if !engine_enabled {
        return Ready::no("EngineNotEnabled", format!("This Dploy has no engine {engine}."));
    }
    if !template.spec.enabled {
        return Ready::no("Disabled", "spec.enabled is false.");
    }
    Ready::yes("Launchable", "It can be launched.")
}

fn missing_part(resolved: &ResolvedTemplate) -> Option<&'static str> {
    let (part, given) = match resolved.engine {
        EngineName::Flux | EngineName::Argocd => ("chart", resolved.chart.is_some()),
        EngineName::Manifests => ("manifests", resolved.manifests.is_some()),
        EngineName::Process => ("process", resolved.process.is_some()),
    };
    (!given).then_some(part)
}

/// The status to show.
pub(crate) fn picture(
    template: &DployTemplate,
    ready: Ready,
    census: &Census,
    now: Timestamp,
) -> DployTemplateStatus {
    let count = |is: fn(&Standing) -> bool| {
        u32::try_from(census.count(|it| is(&it.standing))).unwrap_or(u32::MAX)
    };
    let mut status = template.status.clone().unwrap_or_default();
    status.pool_available = count(Standing::is_ready);
    status.pool_claimed = count(|it| *it == Standing::Claimed);
    status.pool_total = count(|it| *it != Standing::Leaving);
    status.observed_generation = template.metadata.generation;
    set_ready(&mut status.conditions, ready, template.metadata.generation, now);
    status
}

/// An instance of the template that nobody launches: what it renders to shows whether the template can be rendered.
pub(crate) fn rehearsal(template: &DployTemplate, resolved: &ResolvedTemplate) -> DployInstance {
    let name = template.metadata.name.clone().unwrap_or_default();
    let uuid = "00000000";
    let mut instance =
        DployInstance::new(&rendering::names::instance_name(&name, uuid), Default::default());
    instance.metadata.creation_timestamp.clone_from(&template.metadata.creation_timestamp);
    instance.spec.template_ref = name;
    instance.spec.uuid = Some(uuid.into());
    instance.spec.owner = "rehearsal".into();
    let parameters = template.spec.parameters.iter();
    instance.spec.params = parameters.map(|it| (it.name.clone(), example(it))).collect();
    instance.spec.resolved = Some(resolved.clone());
    instance
}

/// A value that a launch could choose.
fn example(parameter: &Parameter) -> String {
    let given = [Some(&parameter.default), parameter.choices.first()];
    let given = given.into_iter().flatten().find(|value| !value.is_empty());
    match given {
        Some(value) => value.clone(),
        None if parameter.required => "1".into(),
        None => String::new(),
    }
}
