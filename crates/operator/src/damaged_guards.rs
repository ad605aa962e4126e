//! Notices guard rails that somebody deleted or edited, so that they are put back. The operator
//! knows what it placed by `status.guardRails`.

use std::{
    collections::HashSet,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, stream};
use kube::{Resource, ResourceExt};
use ledger::standing::is_deleting;
use resources::{DployInstance, meta};
use serde::de::DeserializeOwned;

use crate::{
    context::Context,
    mirrors::{Fingerprint, Mirror, MirrorEvent, Mirrors, ObjectChange},
    wakes::Queue,
};

/// The instances whose guard rails have to be put back.
#[derive(Debug, Default)]
pub(crate) struct DamagedGuards(Mutex<HashSet<String>>);

impl DamagedGuards {
    pub(crate) fn contains(&self, instance: &str) -> bool {
        self.all().contains(instance)
    }

    /// Records that they were put back.
    pub(crate) fn mended(&self, instance: &str) {
        self.all().remove(instance);
    }

    /// Forgets the instances for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.all().retain(|instance| exists(instance));
    }

    fn all(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The instances whose guard rails are damaged, as the watches show it.
pub(crate) fn damaged(context: &Arc<Context>) -> Queue<DployInstance> {
    let guards = &context.mirrors.guards;
    stream::select_all([
        noticed(context, &guards.policies),
        noticed(context, &guards.quotas),
        noticed(context, &guards.limits),
    ])
    .boxed()
}

fn noticed<K>(context: &Arc<Context>, mirror: &Mirror<Fingerprint<K>>) -> Queue<DployInstance>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + 'static,
{
    let (mirrors, damaged) = (context.mirrors.clone(), Arc::clone(&context.damaged_guards));
    let events = mirror.events();
    events
        .flat_map(move |event| {
            let names: Vec<String> = match event {
                MirrorEvent::Object(change) => damaged_by(&change).into_iter().collect(),
                MirrorEvent::Resync => damaged_in(&mirrors),
            };
            let names: Vec<String> =
                names.into_iter().filter(|name| is_running(&mirrors, name)).collect();
            damaged.all().extend(names.iter().cloned());
            let references = names.iter().map(|name| mirrors.instances.reference(name));
            stream::iter(references.collect::<Vec<_>>())
        })
        .boxed()
}

fn is_running(mirrors: &Mirrors, instance: &str) -> bool {
    let found = mirrors.instances.guarded(instance);
    found.is_some_and(|it| it.0.as_ref().is_ok_and(|instance| !is_deleting(instance)))
}

/// The instance whose guard rail was deleted or changed. A new one is the operator's own.
fn damaged_by<K>(change: &ObjectChange<Fingerprint<K>>) -> Option<String>
where
    K: Resource<DynamicType = ()>,
{
    let instance = change.object.labels().get(meta::INSTANCE).cloned()?;
    let states = change.readable();
    let is_kept = match (states.before, states.after) {
        (Some(before), Some(after)) => before.spec == after.spec,
        (None, Some(_)) => true,
        (_, None) => false,
    };
    (!is_kept).then_some(instance)
}

/// The instances whose guard rails are not those that the operator placed.
fn damaged_in(mirrors: &Mirrors) -> Vec<String> {
    mirrors.instances.pick(|instance| {
        let status = instance.status.as_ref()?;
        let placed = status.guard_rails.as_ref()?;
        let namespace = status.namespace.as_ref()?;
        (mirrors.guards.prints(namespace) != *placed).then(|| instance.name_any())
    })
}
