//! Watches of the kinds that workloads consist of: one watch per kind, of metadata, by label.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use errors::chain;
use futures::{
    future::ready,
    stream::{BoxStream, StreamExt},
};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, ObjectMeta, PartialObjectMeta},
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use resources::{OrderRef, label, meta};
use tokio::{sync::broadcast, task::AbortHandle};
use tokio_stream::wrappers::BroadcastStream;

/// How many changes a slow receiver may lag behind before it misses some. The controllers also
/// poll.
const MAX_LAG: usize = 4096;

/// The followed orders, by the value of their label `dploy.dev/instance`.
type Orders = Arc<Mutex<HashMap<String, Followed>>>;

/// A followed order.
struct Followed {
    order: OrderRef,
    /// The versions that the engine has seen of its objects, by their uid. They are no news.
    seen: HashMap<String, String>,
}

/// A kind, and the namespace that the watch is limited to.
type Scope = (ApiResource, Option<String>);

/// The followed orders, and the watches that report changes of their objects.
pub(super) struct Watches {
    client: Client,
    changes: broadcast::Sender<OrderRef>,
    orders: Orders,
    running: Mutex<HashMap<Scope, AbortHandle>>,
}

impl Watches {
    pub(super) fn new(client: Client) -> Self {
        let (changes, _) = broadcast::channel(MAX_LAG);
        Self { client, changes, orders: Arc::default(), running: Mutex::default() }
    }

    /// Reports this order's changes from now on.
    pub(super) fn follow(&self, order: &OrderRef) {
        match lock(&self.orders).entry(label(&order.instance)) {
            Entry::Occupied(mut followed) => followed.get_mut().order = order.clone(),
            Entry::Vacant(place) => {
                place.insert(Followed { order: order.clone(), seen: HashMap::new() });
            }
        }
    }

    /// Does not report this version of an object of the order: the engine has seen it.
    pub(super) fn saw(&self, order: &OrderRef, object: &ObjectMeta) {
        let mut orders = lock(&self.orders);
        if let (Some(followed), Some(uid), Some(version)) =
            (orders.get_mut(&label(&order.instance)), &object.uid, &object.resource_version)
        {
            followed.seen.insert(uid.clone(), version.clone());
        }
    }

    /// Stops reporting this order's changes.
    pub(super) fn unfollow(&self, order: &OrderRef) {
        lock(&self.orders).remove(&label(&order.instance));
    }

    /// Watches this kind in all namespaces, unless a watch runs already.
    pub(super) fn watch(&self, resource: ApiResource) {
        self.start((resource, None));
    }

    /// Watches this kind in one namespace, unless a watch runs already.
    pub(super) fn watch_in(&self, namespace: &str, resource: ApiResource) {
        self.start((resource, Some(namespace.to_owned())));
    }

    fn start(&self, scope: Scope) {
        if let Entry::Vacant(place) = lock(&self.running).entry(scope) {
            let client = self.client.clone();
            let api = match place.key() {
                (resource, None) => Api::all_with(client, resource),
                (resource, Some(namespace)) => Api::namespaced_with(client, namespace, resource),
            };
            let task =
                tokio::spawn(report_changes(api, Arc::clone(&self.orders), self.changes.clone()));
            place.insert(task.abort_handle());
        }
    }

    /// The orders whose objects changed.
    pub(super) fn changes(&self) -> BoxStream<'static, OrderRef> {
        BroadcastStream::new(self.changes.subscribe()).filter_map(|it| ready(it.ok())).boxed()
    }

    /// Ends all watches.
    pub(super) fn end(&self) {
        for (_, task) in lock(&self.running).drain() {
            task.abort();
        }
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        self.end();
    }
}

async fn report_changes(
    api: Api<PartialObjectMeta<DynamicObject>>,
    orders: Orders,
    changes: broadcast::Sender<OrderRef>,
) {
    let labelled = format!("{}={},{}", meta::MANAGED, meta::TRUE, meta::INSTANCE);
    let config = watcher::Config::default().labels(&labelled);
    let mut events = watcher(api, config).default_backoff().boxed();
    let mut failing = false;
    while let Some(event) = events.next().await {
        let (object, is_deleted) = match event {
            Ok(Event::Apply(object) | Event::InitApply(object)) => (object, false),
            Ok(Event::Delete(object)) => (object, true),
            Ok(Event::Init) => continue,
            Ok(Event::InitDone) => {
                failing = false;
                continue;
            }
            Err(error) => {
                // Logged once: the kind may be gone for good.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!("a watch of workloads failed: {}", chain(&error));
                }
                continue;
            }
        };
        let order = object.labels().get(meta::INSTANCE).and_then(|instance| {
            let orders = lock(&orders);
            let followed = orders.get(instance)?;
            (is_deleted || followed.is_news(&object.metadata)).then(|| followed.order.clone())
        });
        // A replica that does not lead has no receivers.
        order.into_iter().for_each(|order| drop(changes.send(order)));
    }
}

impl Followed {
    fn is_news(&self, object: &ObjectMeta) -> bool {
        let seen = object.uid.as_ref().and_then(|uid| self.seen.get(uid));
        seen.is_none() || seen != object.resource_version.as_ref()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
