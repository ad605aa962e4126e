//! What wakes each controller. `planner::wake` decides which changes matter.

use std::sync::Arc;

use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Resource, ResourceExt, runtime::reflector::ObjectRef};
use ledger::queue::is_place;
use planner::wake::{
    config_wakes, instance_wakes_pool, instance_wakes_record, namespace_wakes, record_wakes,
    seats_added, template_wakes,
};
use resources::{DployInstance, DployOwner, DployTemplate, OperatorConfig, Revision, Seat, meta};

use crate::{
    context::Context,
    damaged_guards::damaged,
    mirrors::{Guarded, Mirror, MirrorEvent, ObjectChange},
    settled::Settled,
};

/// The objects to reconcile.
pub(crate) type Queue<K> = BoxStream<'static, ObjectRef<Guarded<K>>>;

/// The references of the objects that one change wakes.
type Woken<K> = Vec<ObjectRef<Guarded<K>>>;

/// An instance is woken by itself, its namespace with its guard rails, its owner record, its
/// template, its revision, its engine and the OperatorConfig.
pub(crate) fn instances(context: &Arc<Context>) -> Queue<DployInstance> {
    let mirrors = &context.mirrors;
    let instances = mirrors.instances.clone();
    let of_namespace = move |namespace: &ObjectChange<Namespace>| {
        let instance = namespace.object.labels().get(meta::INSTANCE);
        let instance = instance.filter(|_| namespace_wakes(namespace.readable()));
        instance.map(|name| instances.reference(name)).into_iter().collect()
    };
    let instances = mirrors.instances.clone();
    let of_owner = move |record: &ObjectChange<DployOwner>| {
        let (name, change) = (record.object.name_any(), record.readable());
        instances.references_where(|instance| record_wakes(&name, change, instance))
    };
    let instances = mirrors.instances.clone();
    let of_template = move |template: &ObjectChange<DployTemplate>| {
        let (name, change) = (template.object.name_any(), template.readable());
        instances.references_where(|instance| {
            instance.spec.template_ref == name && template_wakes(change, instance)
        })
    };
    let instances = mirrors.instances.clone();
    let of_revision = move |revision: &ObjectChange<Revision>| {
        let name = revision.object.name_any();
        instances.references_where(|it| it.spec.revision.as_deref() == Some(&name))
    };
    let instances = mirrors.instances.clone();
    let of_engines =
        context.engines.changes().map(move |order| instances.reference(&order.instance));
    let others = stream::select_all([
        woken(&mirrors.namespaces, &mirrors.instances, of_namespace),
        woken(&mirrors.owners, &mirrors.instances, of_owner),
        woken(&mirrors.templates, &mirrors.instances, of_template),
        woken(&mirrors.revisions, &mirrors.instances, of_revision),
        woken(&mirrors.configs, &mirrors.instances, all_of(&mirrors.instances)),
        of_engines.boxed(),
        damaged(context),
    ]);
    let settled = Arc::clone(&context.settled);
    let others = others.inspect(move |reference| settled.disturb(&reference.name));
    let by_itself = instances_themselves(&mirrors.instances, Arc::clone(&context.settled));
    stream::select_all([by_itself, others.boxed()]).boxed()
}

/// A template is woken by itself, the members of its pool, a seat for a place that exists already,
/// and the OperatorConfig.
pub(crate) fn templates(context: &Context) -> Queue<DployTemplate> {
    let mirrors = &context.mirrors;
    let templates = mirrors.templates.clone();
    let of_member = move |member: &ObjectChange<DployInstance>| -> Woken<DployTemplate> {
        let change = member.readable();
        let of = |it: &DployInstance| templates.reference(&it.spec.template_ref);
        let states = instance_wakes_pool(change).then_some([change.before, change.after]);
        states.into_iter().flatten().flatten().map(of).collect()
    };
    let (templates, instances) = (mirrors.templates.clone(), mirrors.instances.clone());
    let of_record = move |record: &ObjectChange<DployOwner>| -> Woken<DployTemplate> {
        let exists = |seat: &&Seat| {
            let found = instances.guarded(&seat.instance);
            found.is_some_and(|it| it.0.as_ref().is_ok_and(is_place))
        };
        let places = seats_added(record.readable()).filter(exists);
        places.map(|seat| templates.reference(&seat.template)).collect()
    };
    stream::select_all([
        woken(&mirrors.templates, &mirrors.templates, itself),
        woken(&mirrors.instances, &mirrors.templates, of_member),
        woken(&mirrors.owners, &mirrors.templates, of_record),
        woken(&mirrors.configs, &mirrors.templates, all_of(&mirrors.templates)),
    ])
    .boxed()
}

/// An owner is woken by itself and by its instances.
pub(crate) fn owners(context: &Context) -> Queue<DployOwner> {
    let mirrors = &context.mirrors;
    let owners = mirrors.owners.clone();
    let of_instance = move |instance: &ObjectChange<DployInstance>| -> Woken<DployOwner> {
        let change = instance.readable();
        let states = instance_wakes_record(change).then_some([change.before, change.after]);
        let states = states.into_iter().flatten().flatten();
        let in_spec = states.map(|it| it.spec.owner.as_str());
        // What a malformed instance says of its owner.
        let malformed = instance.object.0.is_err().then(|| instance.object.labels());
        let in_label = malformed.and_then(|labels| labels.get(meta::OWNER)).map(String::as_str);
        let keys = in_spec.chain(in_label).filter(|owner| !owner.is_empty());
        keys.map(|owner| owners.reference(owner)).collect()
    };
    stream::select_all([
        woken(&mirrors.owners, &mirrors.owners, itself),
        woken(&mirrors.instances, &mirrors.owners, of_instance),
    ])
    .boxed()
}

/// Instances as they change. A change that is no status write of the last reconcile, and a list,
/// unsettle them.
fn instances_themselves(
    instances: &Mirror<DployInstance>,
    settled: Arc<Settled>,
) -> Queue<DployInstance> {
    let all = instances.clone();
    let events = instances.events();
    events
        .flat_map(move |event| {
            let woken = match event {
                MirrorEvent::Object(change) if change.is_deleted => {
                    settled.forget(&change.object.name_any());
                    Vec::new()
                }
                MirrorEvent::Object(change) => itself(&change),
                MirrorEvent::Resync => {
                    settled.disturb_all();
                    all.all()
                }
            };
            stream::iter(woken)
        })
        .boxed()
}

fn itself<K: Resource<DynamicType = ()>>(change: &ObjectChange<K>) -> Woken<K> {
    vec![ObjectRef::from_obj(change.object.as_ref())]
}

/// The OperatorConfig wakes all objects of the kind.
fn all_of<K>(
    mirror: &Mirror<K>,
) -> impl Fn(&ObjectChange<OperatorConfig>) -> Woken<K> + Send + 'static
where
    K: Resource<DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + Sync
        + 'static,
{
    let mirror = mirror.clone();
    move |config| if config_wakes(config.readable()) { mirror.all() } else { Vec::new() }
}

/// Maps every event of `source` to the objects of `target` that it affects.
fn woken<O, K>(
    source: &Mirror<O>,
    target: &Mirror<K>,
    affected: impl Fn(&ObjectChange<O>) -> Woken<K> + Send + 'static,
) -> Queue<K>
where
    O: Resource<DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + Sync
        + 'static,
    K: Resource<DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + Sync
        + 'static,
{
    let target = target.clone();
    let events: BoxStream<'static, MirrorEvent<O>> = source.events().boxed();
    events
        .flat_map(move |event| {
            stream::iter(match event {
                MirrorEvent::Object(change) => affected(&change),
                MirrorEvent::Resync => target.all(),
            })
        })
        .boxed()
}
