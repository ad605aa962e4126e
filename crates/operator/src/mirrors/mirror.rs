//! The mirror of one kind: its watch, its store, and the events that it passes on.

use std::{fmt::Debug, sync::Arc, time::Duration};

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
use planner::wake::Change;
use serde::de::DeserializeOwned;
use tokio::{sync::broadcast, time::Instant};
use tokio_stream::wrappers::BroadcastStream;

use errors::chain;
use kubeclient::Vitals;

/// How many events a controller may lag behind before it reconciles all objects instead.
const MAX_LAG: usize = 4096;

/// An object that may be malformed. A malformed object must not stop the others.
pub(crate) type Guarded<K> = DeserializeGuard<K>;

/// An event of a mirror, whose store has the change already.
#[derive(Debug, Clone)]
pub(crate) enum MirrorEvent<K> {
    /// One object was created, updated or deleted.
    Object(ObjectChange<K>),
    /// Any object may have changed.
    Resync,
}

/// The change of one object.
#[derive(Debug, Clone)]
pub(crate) struct ObjectChange<K> {
    /// The newest state, or the last one of a deleted object.
    pub(crate) object: Arc<Guarded<K>>,
    /// The state before that, unless the object is new.
    before: Option<Arc<Guarded<K>>>,
    /// Whether the object was deleted.
    pub(crate) is_deleted: bool,
}

impl<K> ObjectChange<K> {
    /// The readable states before and after the change.
    pub(crate) fn readable(&self) -> Change<'_, K> {
        let after = self.object.0.as_ref().ok();
        let before = self.before.as_ref().and_then(|it| it.0.as_ref().ok());
        if self.is_deleted {
            Change { before: before.or(after), after: None }
        } else {
            Change { before, after }
        }
    }
}

/// The local copy of one kind, kept by a watch.
#[derive(Debug)]
pub(crate) struct Mirror<K: Resource<DynamicType = ()> + Clone + 'static> {
    namespace: Option<String>,
    store: Store<Guarded<K>>,
    events: broadcast::Sender<MirrorEvent<K>>,
    vitals: Vitals,
}

impl<K: Resource<DynamicType = ()> + Clone> Clone for Mirror<K> {
    fn clone(&self) -> Self {
        Self {
            namespace: self.namespace.clone(),
            store: self.store.clone(),
            events: self.events.clone(),
            vitals: self.vitals.clone(),
        }
    }
}

impl<K> Mirror<K>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    /// The mirror, and the task that fills it. `vitals` is recorded by the client of `api`.
    pub(super) fn new(
        api: Api<Guarded<K>>,
        config: watcher::Config,
        vitals: Vitals,
    ) -> (Self, BoxFuture<'static, ()>) {
        let (store, writer) = reflector::store();
        let (sender, _) = broadcast::channel(MAX_LAG);
        let namespace = api.namespace().map(ToOwned::to_owned);
        let filling = Filling { store: store.clone(), writer, sender: sender.clone() };
        let filling = filling.run(api, config, vitals.clone()).boxed();
        (Self { namespace, store, events: sender, vitals }, filling)
    }

    /// Waits until the store has been filled once.
    pub(crate) async fn filled(&self) {
        // This fails only when the filling task has ended, and then the operator ends too.
        let _ = self.store.wait_until_ready().await;
    }

    /// When the mirror will be `limit` old if its watch shows no other sign of life. `None`: it has
    /// not been filled yet.
    pub(super) fn old_at(&self, limit: Duration) -> Option<Instant> {
        self.filled().now_or_never()?;
        self.vitals.old_at(limit)
    }

    /// The signs of life of the watch.
    pub(super) fn vitals(&self) -> Vitals {
        self.vitals.clone()
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

    /// The object of that name in a namespace, in a mirror of all namespaces.
    pub(super) fn within(&self, namespace: &str, name: &str) -> Option<Arc<Guarded<K>>> {
        self.store.get(&ObjectRef::new(name).within(namespace))
    }

    /// The object of that name, if it can be read.
    pub(crate) fn get(&self, name: &str) -> Option<K> {
        self.guarded(name)?.0.as_ref().ok().cloned()
    }

    /// Maps the readable objects, sorted by name, without those that `pick` maps to `None`.
    pub(crate) fn pick<T>(&self, pick: impl Fn(&K) -> Option<T>) -> Vec<T> {
        self.sorted().iter().filter_map(|it| pick(it.0.as_ref().ok()?)).collect()
    }

    /// The references of the readable objects that fulfil the predicate.
    pub(crate) fn references_where(&self, is: impl Fn(&K) -> bool) -> Vec<ObjectRef<Guarded<K>>> {
        self.all_where(is).iter().map(|it| ObjectRef::from_obj(it.as_ref())).collect()
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

/// What fills a mirror.
struct Filling<K: Resource<DynamicType = ()> + Clone + 'static> {
    store: Store<Guarded<K>>,
    writer: Writer<Guarded<K>>,
    sender: broadcast::Sender<MirrorEvent<K>>,
}

impl<K> Filling<K>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    async fn run(mut self, api: Api<Guarded<K>>, config: watcher::Config, vitals: Vitals) {
        // `managedFields` are half of an object's size. A write that omits them keeps them.
        let events = watcher(api, config).default_backoff();
        let mut events = events.modify(|object| object.meta_mut().managed_fields = None).boxed();
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => self.apply(event, &vitals),
                Err(error) => {
                    tracing::warn!(kind = %K::kind(&()), "a watch failed: {}", chain(&error));
                }
            }
        }
    }

    fn apply(&mut self, event: Event<Guarded<K>>, vitals: &Vitals) {
        let before = match &event {
            Event::Apply(object) | Event::Delete(object) => {
                self.store.get(&ObjectRef::from_obj(object))
            }
            Event::Init | Event::InitApply(_) | Event::InitDone => None,
        };
        self.writer.apply_watcher_event(&event);
        let is_deleted = matches!(event, Event::Delete(_));
        let event = match event {
            Event::Apply(object) | Event::Delete(object) => {
                MirrorEvent::Object(ObjectChange { object: Arc::new(object), before, is_deleted })
            }
            Event::InitDone => {
                vitals.record();
                MirrorEvent::Resync
            }
            Event::Init | Event::InitApply(_) => return,
        };
        // A replica that does not lead has no receivers.
        let _ = self.sender.send(event);
    }
}
