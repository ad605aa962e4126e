//! Watches: streams of the changes after a resourceVersion.

use std::{collections::VecDeque, pin::pin, sync::Arc, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{
    error::ApiError,
    request::Target,
    selectors::Selector,
    store::{Object, ObjectChange, Revision, Store},
    view::View,
};

/// The interval between bookmarks.
const BOOKMARK_INTERVAL: Duration = Duration::from_secs(60);

/// The options of a watch.
#[derive(Debug, Clone, Default)]
pub(crate) struct WatchOptions {
    /// The objects to watch.
    pub(crate) selector: Selector,
    /// The resourceVersion to start after; `None` to start with the existing objects.
    pub(crate) since: Option<Revision>,
    /// `allowWatchBookmarks`: send bookmarks.
    pub(crate) bookmarks: bool,
    /// Send a bookmark after the existing objects (`sendInitialEvents`).
    pub(crate) initial_events_end: bool,
    /// The duration after which the watch ends; `None` for no limit.
    pub(crate) timeout: Option<Duration>,
    /// The representation of the objects.
    pub(crate) view: View,
}

/// Opens a watch. Each item of the stream is one event as a line of JSON.
pub(crate) fn watch(
    store: Arc<Store>,
    target: Target,
    options: WatchOptions,
) -> impl Stream<Item = Bytes> + Send {
    let watcher = Watcher::open(store, target, options);
    stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((event, watcher))
    })
}

struct Watcher {
    store: Arc<Store>,
    target: Target,
    selector: Selector,
    view: View,
    bookmarks: bool,
    changed: Arc<Notify>,
    /// The resourceVersion up to which changes are in `pending` or sent.
    cursor: Revision,
    /// The events to send next.
    pending: VecDeque<Bytes>,
    deadline: Option<Instant>,
    next_bookmark: Instant,
    /// The watch ends after the pending events, because changes it has not sent are no longer kept.
    has_failed: bool,
}

impl Watcher {
    fn open(store: Arc<Store>, target: Target, options: WatchOptions) -> Self {
        let table = target.kind.table();
        let (changed, current) = store.subscribe(&table);
        let mut watcher = Self {
            store,
            target,
            selector: options.selector,
            view: options.view,
            bookmarks: options.bookmarks,
            changed,
            cursor: options.since.unwrap_or(current),
            pending: VecDeque::new(),
            deadline: options.timeout.map(|after| Instant::now() + after),
            next_bookmark: Instant::now() + BOOKMARK_INTERVAL,
            has_failed: false,
        };
        // If changes after `since` are no longer kept, the stream starts with an ERROR event.
        if options.since.is_none() {
            watcher.queue_existing(options.initial_events_end);
        }
        watcher
    }

    fn namespace(&self) -> Option<&str> {
        (!self.target.namespace.is_empty()).then_some(self.target.namespace.as_str())
    }

    fn queue_existing(&mut self, with_end_bookmark: bool) {
        let store = Arc::clone(&self.store);
        let tables = store.read();
        self.cursor = tables.revision();
        let table = tables.table(&self.target.kind.table()).into_iter();
        let events: Vec<Bytes> = table
            .flat_map(|table| table.objects(self.namespace()))
            .filter(|object| self.selector.matches(object.value()))
            .map(|object| self.object_event("ADDED", object))
            .collect();
        self.pending.extend(events);
        if with_end_bookmark {
            let annotations = json!({ "k8s.io/initial-events-end": "true" });
            self.pending.push_back(self.bookmark(Some(annotations)));
        }
    }

    /// The next event; `None` at the end of the watch.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.has_failed {
                return None;
            }
            // It waits from here on, so that no change after `collect_changes` is missed.
            let changed = Arc::clone(&self.changed).notified_owned();
            let mut changed = pin!(changed);
            changed.as_mut().enable();
            self.collect_changes();
            if self.pending.is_empty() && !self.wait_for(changed).await {
                return None;
            }
        }
    }

    /// Adds the events of the changes after `cursor` to `pending`.
    fn collect_changes(&mut self) {
        let store = Arc::clone(&self.store);
        let tables = store.read();
        let Some(table) = tables.table(&self.target.kind.table()) else { return };
        let Some(changes) = table.history().after(self.cursor) else {
            let error = too_old(self.cursor, table.history().dropped_up_to());
            let event = json!({ "type": "ERROR", "object": error.status() });
            self.pending.push_back(format!("{event}\n").into());
            self.has_failed = true;
            return;
        };
        let events: Vec<Bytes> = changes.filter_map(|change| self.change_event(change)).collect();
        self.cursor = self.cursor.max(tables.revision());
        self.pending.extend(events);
    }

    /// The event that `change` causes in this watch, if any.
    fn change_event(&self, change: &ObjectChange) -> Option<Bytes> {
        if self.namespace().is_some_and(|namespace| namespace != change.key.namespace) {
            return None;
        }
        let is_selected = |object: &Arc<Object>| self.selector.matches(object.value());
        let was_selected = change.before.as_ref().is_some_and(is_selected);
        let stays_selected = !change.removed && is_selected(&change.after);
        match (was_selected, stays_selected) {
            (false, false) => None,
            (false, true) => Some(self.object_event("ADDED", &change.after)),
            (true, true) => Some(self.object_event("MODIFIED", &change.after)),
            (true, false) if change.removed => Some(self.object_event("DELETED", &change.after)),
            (true, false) => {
                // The object no longer matches the selector. Clients get its last matching state,
                // with the new resourceVersion.
                let before = change.before.as_ref()?;
                let last = Arc::new(Object::new(before.value().clone(), change.revision));
                Some(self.object_event("DELETED", &last))
            }
        }
    }

    fn object_event(&self, kind: &str, object: &Arc<Object>) -> Bytes {
        let json = self.view.object(&self.target.kind, object, self.store.now());
        let mut line = BytesMut::with_capacity(json.len() + 40);
        line.put_slice(b"{\"type\":\"");
        line.put_slice(kind.as_bytes());
        line.put_slice(b"\",\"object\":");
        line.put_slice(&json);
        line.put_slice(b"}\n");
        line.freeze()
    }

    fn bookmark(&self, annotations: Option<Value>) -> Bytes {
        let mut metadata = json!({ "resourceVersion": self.cursor.to_string() });
        if let Some(annotations) = annotations {
            metadata["annotations"] = annotations;
        }
        let object = json!({
            "apiVersion": self.target.kind.api_version(),
            "kind": self.target.kind.name,
            "metadata": metadata,
        });
        format!("{}\n", json!({ "type": "BOOKMARK", "object": object })).into()
    }

    /// Waits for `change` or the next bookmark; `false` at the deadline of the watch.
    async fn wait_for(&mut self, change: impl Future<Output = ()>) -> bool {
        let in_a_day = Instant::now() + Duration::from_secs(86_400);
        let deadline = self.deadline.unwrap_or(in_a_day);
        tokio::select! {
            biased;
            () = change => true,
            () = sleep_until(deadline) => false,
            () = sleep_until(self.next_bookmark), if self.bookmarks => {
                self.next_bookmark = Instant::now() + BOOKMARK_INTERVAL;
                self.pending.push_back(self.bookmark(None));
                true
            }
        }
    }
}

fn too_old(since: Revision, oldest: Revision) -> ApiError {
    ApiError::expired(format!("too old resource version: {since} ({oldest})"))
}
