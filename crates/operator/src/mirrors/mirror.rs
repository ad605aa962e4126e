//! The mirror of one kind: its watch, its store, and the events that it passes on.

use std::{fmt::Debug, sync::Arc};

use futures::{FutureExt, Stream, StreamExt, future::BoxFuture, stream};
use kube::{
    Api, Resource,
    core::DeserializeGuard,
    runtime::{
        WatchStreamExt,
        reflector::{self, ObjectRef, Store, store::Writer},
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use errors::chain;

/// How many events a controller may lag behind before it reconciles all objects instead.
const MAX_LAG: usize = 4096;

/// An object that may be malformed. A malformed object must not stop the others.
pub(crate) type Guarded<K> = DeserializeGuard<K>;

/// An event of a mirror, whose store has the change already.
#[derive(Debug, Clone)]
pub(crate) enum MirrorEvent<K> {
    /// The object was created, updated or deleted.
    Object(Arc<Guarded<K>>),
    /// Any object may have changed.
    Resync,
}

/// The local copy of one kind, kept by a watch.
#[derive(Debug)]
pub(crate) struct Mirror<K: Resource<DynamicType = ()> + Clone + 'static> {
    namespace: Option<String>,
    store: Store<Guarded<K>>,
    events: broadcast::Sender<MirrorEvent<K>>,
}

impl<K: Resource<DynamicType = ()> + Clone> Clone for Mirror<K> {
    fn clone(&self) -> Self {
        Self {
            namespace: self.namespace.clone(),
            store: self.store.clone(),
            events: self.events.clone(),
        }
    }
}

impl<K> Mirror<K>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    /// The mirror, and the task that fills it.
    pub(super) fn new(
        api: Api<Guarded<K>>,
        config: watcher::Config,
    ) -> (Self, BoxFuture<'static, ()>) {
        let (store, writer) = reflector::store();
        let (sender, _) = broadcast::channel(MAX_LAG);
        let namespace = api.namespace().map(ToOwned::to_owned);
        let filling = fill(api, config, writer, sender.clone()).boxed();
        (Self { namespace, store, events: sender }, filling)
    }

    /// Waits until the store has been filled once.
    pub(crate) async fn filled(&self) {
        // This fails only when the filling task has ended, and then the operator ends too.
        let _ = self.store.wait_until_ready().await;
    }

    pub(crate) fn store(&self) -> Store<Guarded<K>> {
        self.store.clone()
    }

    /// The reference of the object of that name.
    pub(crate) fn reference(&self, name: &str) -> ObjectRef<Guarded<K>> {
        let reference = ObjectRef::new(name);
        match &self.namespace {
            Some(namespace) => reference.within(namespace),
            None => reference,
        }
    }

    /// The object of that name, malformed or not.
    pub(crate) fn guarded(&self, name: &str) -> Option<Arc<Guarded<K>>> {
        self.store.get(&self.reference(name))
    }

    /// The object of that name, if it can be read.
    pub(crate) fn get(&self, name: &str) -> Option<K> {
        self.guarded(name)?.0.as_ref().ok().cloned()
    }

    /// Maps the readable objects, sorted by name, without those that `pick` maps to `None`.
    pub(crate) fn pick<T>(&self, pick: impl Fn(&K) -> Option<T>) -> Vec<T> {
        self.sorted().iter().filter_map(|it| pick(it.0.as_ref().ok()?)).collect()
    }

    /// Whether a readable object fulfils the predicate.
    pub(crate) fn any(&self, is: impl Fn(&K) -> bool) -> bool {
        self.store.state().iter().any(|it| it.0.as_ref().is_ok_and(&is))
    }

    /// The readable objects that fulfil the predicate, sorted by name.
    pub(crate) fn all_where(&self, is: impl Fn(&K) -> bool) -> Vec<Arc<Guarded<K>>> {
        let all = self.sorted();
        all.into_iter().filter(|it| it.0.as_ref().is_ok_and(&is)).collect()
    }

    /// All objects, malformed ones too, sorted by name.
    pub(crate) fn all(&self) -> Vec<ObjectRef<Guarded<K>>> {
        self.sorted().iter().map(|it| ObjectRef::from_obj(it.as_ref())).collect()
    }

    /// The objects, sorted by name: the order of the store's hash map differs from run to run.
    fn sorted(&self) -> Vec<Arc<Guarded<K>>> {
        let mut all = self.store.state();
        all.sort_by(|one, other| one.meta().name.cmp(&other.meta().name));
        all
    }

    /// A resync, then all events from now on.
    pub(crate) fn events(&self) -> impl Stream<Item = MirrorEvent<K>> + Send + use<K> {
        let following = BroadcastStream::new(self.events.subscribe())
            .map(|event| event.unwrap_or(MirrorEvent::Resync));
        stream::iter([MirrorEvent::Resync]).chain(following)
    }
}

async fn fill<K>(
    api: Api<Guarded<K>>,
    config: watcher::Config,
    mut writer: Writer<Guarded<K>>,
    sender: broadcast::Sender<MirrorEvent<K>>,
) where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    // `managedFields` are half of an object's size. A write that omits them keeps them.
    let events = watcher(api, config).default_backoff();
    let mut events = events.modify(|object| object.meta_mut().managed_fields = None).boxed();
    while let Some(event) = events.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(kind = %K::kind(&()), "a watch failed: {}", chain(&error));
                continue;
            }
        };
        writer.apply_watcher_event(&event);
        let event = match event {
            Event::Apply(object) | Event::Delete(object) => MirrorEvent::Object(Arc::new(object)),
            Event::InitDone => MirrorEvent::Resync,
            Event::Init | Event::InitApply(_) => continue,
        };
        // A replica that does not lead has no receivers.
        let _ = sender.send(event);
    }
}
