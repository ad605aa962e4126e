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

use super::mirror::{Mirror, Mirrored, News};

/// Keeps `mirror` up to date, for ever. One object that cannot be read does not stop the others.
pub(crate) async fn follow<K>(api: Api<DeserializeGuard<K>>, mirror: Arc<Mirror<K>>)
where
    K: Mirrored + DeserializeOwned,
{
    // Who wrote which field is half of an object's size, and nobody here asks for it.
    let events = watcher(api, watcher::Config::default())
        .default_backoff()
        .modify(|object| object.meta_mut().managed_fields = None);
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => mirror.hear(readable(event)),
            Err(error) => {
                warn!(kind = %K::kind(&()), error = %chain(&error), "the watch was interrupted, trying again");
            }
        }
    }
}

fn readable<K: Mirrored>(event: Event<DeserializeGuard<K>>) -> News<K> {
    match event {
        Event::Init => News::Begin,
        Event::InitDone => News::Complete,
        Event::InitApply(object) => unguarded(object, News::Listed),
        Event::Apply(object) => unguarded(object, News::Changed),
        Event::Delete(object) => unguarded(object, News::Gone),
    }
}

fn unguarded<K: Mirrored>(object: DeserializeGuard<K>, news: impl FnOnce(K) -> News<K>) -> News<K> {
    let name = object.name_any();
    match object.0 {
        Ok(object) => news(object),
        Err(invalid) => {
            warn!(kind = %K::kind(&()), name, error = invalid.error, "an object cannot be read, leaving it out");
            News::Unreadable(name)
        }
    }
}
