//! Keeps a mirror up to date with a watch.

use std::sync::Arc;

use errors::chain;
use futures::{StreamExt, pin_mut};
use kube::{
    Api, Resource, ResourceExt,
    core::DeserializeGuard,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use tracing::warn;

use super::mirror::{Mirror, MirrorEvent, Mirrored};

/// Keeps `mirror` up to date with the `chosen` objects until the task is dropped. An object that
/// cannot be deserialized is skipped.
pub(crate) async fn follow<K>(
    api: Api<DeserializeGuard<K>>,
    chosen: watcher::Config,
    mirror: Arc<Mirror<K>>,
) where
    K: Mirrored + DeserializeOwned,
{
    // `managedFields` is half of an object's size and is not used.
    let events = watcher(api, chosen)
        .default_backoff()
        .modify(|object| object.meta_mut().managed_fields = None);
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => mirror.apply(readable(event)),
            Err(error) => {
                warn!(kind = %K::kind(&()), error = %chain(&error), "a watch failed and is retried");
            }
        }
    }
}

fn readable<K: Mirrored>(event: Event<DeserializeGuard<K>>) -> MirrorEvent<K> {
    match event {
        Event::Init => MirrorEvent::ListStarted,
        Event::InitDone => MirrorEvent::ListComplete,
        Event::InitApply(object) => unguarded(object, MirrorEvent::Listed),
        Event::Apply(object) => unguarded(object, MirrorEvent::Changed),
        Event::Delete(object) => unguarded(object, MirrorEvent::Deleted),
    }
}

fn unguarded<K: Mirrored>(
    object: DeserializeGuard<K>,
    event: impl FnOnce(K) -> MirrorEvent<K>,
) -> MirrorEvent<K> {
    let name = object.name_any();
    match object.0 {
        Ok(object) => event(object),
        Err(invalid) => {
            warn!(kind = %K::kind(&()), name, error = invalid.error, "skipped an object that cannot be deserialized");
            MirrorEvent::Unreadable(name)
        }
    }
}
