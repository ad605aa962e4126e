//! Reads only: what surrounds an instance.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, ResourceExt, api::PartialObjectMeta, core::DeserializeGuard};
use resources::{
    DployInstance, DployOwner, DployTemplate, EngineName, OperatorConfigSpec, label, meta,
};

use crate::{
    context::Context,
    engines::{Order, OrderRef},
    error::{Doing, ReconcileError},
    mirrors::Guarded,
    plan::instance::{self as plan, Connection, Fresh, NamespaceSeen, Seating, Sighting, Workload},
};
use errors::chain;

/// What is seen of the instance's surroundings now.
pub(super) async fn observe(
    context: &Context,
    instance: &DployInstance,
) -> Result<Sighting, ReconcileError> {
    let config = context.mirrors.config();
    let template = context.mirrors.templates.get(&instance.spec.template_ref);
    let leaving = instance.metadata.deletion_timestamp.is_some();
    Ok(Sighting {
        template_gone: template.is_none() && template_gone(context, instance).await?,
        template: template.map(Arc::new),
        defaults: context.settings.defaults,
        seat: seating(context, instance).await?,
        namespace: namespace(context, instance).await?,
        workload: workload(context, instance, config.clone(), leaving).await?,
        connection: connection(instance, config.as_deref(), leaving),
        fresh: fresh(context, instance),
        config,
    })
}

/// Asked of the API server itself, since a deletion follows from it; of unclaimed members only.
async fn template_gone(
    context: &Context,
    instance: &DployInstance,
) -> Result<bool, ReconcileError> {
    let name = &instance.spec.template_ref;
    let known = context.mirrors.templates.guarded(name).is_some();
    if known || !plan::is_unclaimed_member(instance) {
        return Ok(false);
    }
    let found = context.api::<DployTemplate>().get_metadata_opt(name).await;
    Ok(found.doing("read a template")?.is_none())
}

/// A seat that the cache shows is believed: nothing follows from it. That there is none is asked of the API server itself, once
/// something could follow from that.
async fn seating(context: &Context, instance: &DployInstance) -> Result<Seating, ReconcileError> {
    let name = instance.name_any();
    let names = |owner: &DployOwner| {
        let seats = owner.status.iter().flat_map(|status| &status.seats);
        seats.into_iter().any(|seat| seat.instance == name)
    };
    let key = &instance.spec.owner;
    let cached = context.mirrors.owners.get(key);
    if cached.as_ref().is_some_and(names) {
        return Ok(Seating::Held);
    }
    if key.is_empty() {
        let held = !context.mirrors.owners.pick(|owner| names(owner).then_some(())).is_empty();
        return Ok(if held { Seating::Held } else { Seating::Nowhere });
    }
    if !plan::seat_matters(instance, context.clock.now()) {
        return Ok(Seating::Nowhere);
    }
    let owner = context.api::<Guarded<DployOwner>>().get_opt(key).await;
    Ok(match owner.doing("read an owner's record")? {
        Some(DeserializeGuard(Ok(owner))) if names(&owner) => Seating::Held,
        Some(DeserializeGuard(Ok(_))) => Seating::Nowhere,
        Some(DeserializeGuard(Err(_))) | None => Seating::NoRecord,
    })
}

async fn namespace(
    context: &Context,
    instance: &DployInstance,
) -> Result<NamespaceSeen, ReconcileError> {
    let status = instance.status.as_ref();
    let Some(name) = status.and_then(|status| status.namespace.as_deref()) else {
        return Ok(NamespaceSeen::Unnamed);
    };
    if let Some(namespace) = context.mirrors.namespaces.get(name) {
        return Ok(seen(&namespace, instance));
    }
    // The cache holds Dploy's namespaces only: another's of that name has to be asked for.
    let found: Option<PartialObjectMeta<Namespace>> = Api::<Namespace>::all(context.client.clone())
        .get_metadata_opt(name)
        .await
        .doing("read a namespace")?;
    Ok(found.map_or(NamespaceSeen::Missing, |namespace| seen(&namespace, instance)))
}

fn seen(namespace: &impl ResourceExt, instance: &DployInstance) -> NamespaceSeen {
    let labelled = namespace.labels().get(meta::INSTANCE);
    if labelled != Some(&label(&instance.name_any())) {
        NamespaceSeen::Foreign
    } else if namespace.meta().deletion_timestamp.is_some() {
        NamespaceSeen::Ending
    } else {
        NamespaceSeen::Ours
    }
}

async fn workload(
    context: &Context,
    instance: &DployInstance,
    config: Option<Arc<OperatorConfigSpec>>,
    leaving: bool,
) -> Result<Workload, ReconcileError> {
    let Some(name) = engine_name(instance) else { return Ok(Workload::NotAsked) };
    let Some(engine) = context.engines.get(name) else { return Ok(Workload::NoEngine(name)) };
    let namespace = instance.status.as_ref().and_then(|status| status.namespace.clone());
    let (Some(namespace), false) = (namespace, leaving) else { return Ok(Workload::NotAsked) };
    let reference = OrderRef {
        instance: instance.name_any(),
        uuid: instance.spec.uuid.clone().unwrap_or_default(),
        namespace,
    };
    let look = engine.look(&reference).await?;
    let order = Order {
        reference,
        instance: Arc::new(instance.clone()),
        config: config.unwrap_or_default(),
    };
    let draft = engine.draft(&order).map(Box::new).map_err(|error| chain(&error).to_string());
    Ok(Workload::Seen { draft, look })
}

fn engine_name(instance: &DployInstance) -> Option<EngineName> {
    let told = instance.status.as_ref().and_then(|status| status.engine);
    told.or(instance.spec.resolved.as_ref().map(|resolved| resolved.engine))
}

fn connection(
    instance: &DployInstance,
    config: Option<&OperatorConfigSpec>,
    leaving: bool,
) -> Result<Connection, String> {
    if leaving || instance.spec.resolved.is_none() {
        return Err(String::new());
    }
    let default = OperatorConfigSpec::default();
    let rendered = rendering::connection(instance, config.unwrap_or(&default));
    let rendered = rendered.map_err(|error| chain(&error).to_string())?;
    Ok(Connection {
        url: rendered.url,
        connection_type: rendered.connection_type,
        message: rendered.message,
    })
}

/// A uuid that no instance of the template has.
fn fresh(context: &Context, instance: &DployInstance) -> Fresh {
    if instance.spec.uuid.is_some() && instance.spec.resolved.is_some() {
        return Fresh::default();
    }
    let template = &instance.spec.template_ref;
    let taken = |uuid: &str| {
        let same = |it: &DployInstance| {
            (it.spec.template_ref == *template && it.spec.uuid.as_deref() == Some(uuid))
                .then_some(())
        };
        !context.mirrors.instances.pick(same).is_empty()
    };
    let mut uuid = clock::random_hex::<4>();
    while taken(&uuid) {
        uuid = clock::random_hex::<4>();
    }
    Fresh { uuid, seed: clock::random_hex::<16>() }
}
