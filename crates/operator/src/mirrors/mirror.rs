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

/// How many changes a controller may be behind before it looks at everything instead.
const CHANGES_KEPT: usize = 4096;

/// An object that may be malformed: one such must not stop the others.
pub(crate) type Guarded<K> = DeserializeGuard<K>;

/// What a mirror saw; its cache has it already.
#[derive(Debug, Clone)]
pub(crate) enum Change<K> {
    /// This object changed, came or went.
    Touched(Arc<Guarded<K>>),
    /// Anything may have changed.
    Everything,
}

/// The watch cache of one kind, and what happens to it.
#[derive(Debug)]
pub(crate) struct Mirror<K: Resource<DynamicType = ()> + Clone + 'static> {
    namespace: Option<String>,
    store: Store<Guarded<K>>,
    changes: broadcast::Sender<Change<K>>,
}

impl<K: Resource<DynamicType = ()> + Clone> Clone for Mirror<K> {
    fn clone(&self) -> Self {
        Self {
            namespace: self.namespace.clone(),
            store: self.store.clone(),
            changes: self.changes.clone(),
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
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let namespace = api.namespace().map(ToOwned::to_owned);
        let filling = fill(api, config, writer, changes.clone()).boxed();
        (Self { namespace, store, changes }, filling)
    }

    /// Waits until the cache has been filled once.
    pub(crate) async fn filled(&self) {
        // Fails only when the filling task is gone, and then everything ends.
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

    /// Those of all readable objects that `pick` makes something of.
    pub(crate) fn pick<T>(&self, pick: impl Fn(&K) -> Option<T>) -> Vec<T> {
        self.store.state().iter().filter_map(|it| pick(it.0.as_ref().ok()?)).collect()
    }

    /// All objects, malformed ones too.
    pub(crate) fn all(&self) -> Vec<ObjectRef<Guarded<K>>> {
        self.store.state().iter().map(|it| ObjectRef::from_obj(it.as_ref())).collect()
    }

    /// Everything once, then what happens from now on.
    pub(crate) fn changes(&self) -> impl Stream<Item = Change<K>> + Send + use<K> {
        let following = BroadcastStream::new(self.changes.subscribe())
            .map(|change| change.unwrap_or(Change::Everything));
        stream::iter([Change::Everything]).chain(following)
    }
}

async fn fill<K>(
    api: Api<Guarded<K>>,
    config: watcher::Config,
    mut writer: Writer<Guarded<K>>,
    changes: broadcast::Sender<Change<K>>,
) where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    // Who wrote which field is half of an object's size. A write that does not mention it leaves it as it is.
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
        let change = match event {
            Event::Apply(object) | Event::Delete(object) => Change::Touched(Arc::new(object)),
            Event::InitDone => Change::Everything,
            Event::Init | Event::InitApply(_) => continue,
        };
        // Nobody listens on a replica that does not lead.
        let _ = changes.send(change);
    }
}
