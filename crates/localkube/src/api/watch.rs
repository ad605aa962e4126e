//! Watches: what changed since a resourceVersion, and then everything as it happens.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, sleep_until},
};

use super::Target;
use crate::{
    error::ApiError,
    selectors::Selector,
    store::{Change, Object, Revision, Store},
    view::View,
};

/// How often a quiet watch with bookmarks tells the latest resourceVersion.
const BOOKMARK_EVERY: Duration = Duration::from_secs(60);

/// How a watch is to be carried out.
#[derive(Debug, Clone, Default)]
pub(crate) struct WatchOptions {
    /// Which objects.
    pub(crate) selector: Selector,
    /// Everything after this one; `None` to begin with the present objects.
    pub(crate) since: Option<Revision>,
    /// Send bookmarks.
    pub(crate) bookmarks: bool,
    /// Tell with a bookmark where the present objects end.
    pub(crate) initial_events_end: bool,
    /// When the watch ends.
    pub(crate) timeout: Option<Duration>,
    /// How objects are shown.
    pub(crate) view: View,
}

/// Opens a watch. Every item is a line of JSON.
pub(crate) fn watch(
    store: Arc<Store>,
    target: Target,
    options: WatchOptions,
) -> impl Stream<Item = Bytes> + Send {
    let watcher = Watcher::open(store, target, options);
    stream::unfold(watcher, |mut watcher| async move {
        let line = watcher.next().await?;
        Some((line, watcher))
    })
}

struct Watcher {
    store: Arc<Store>,
    target: Target,
    selector: Selector,
    view: View,
    bookmarks: bool,
    tip: Receiver<Revision>,
    cursor: Revision,
    waiting: VecDeque<Bytes>,
    ends: Option<Instant>,
    next_bookmark: Instant,
    broken: bool,
}

impl Watcher {
    fn open(store: Arc<Store>, target: Target, options: WatchOptions) -> Self {
        let table = target.kind.table();
        let (tip, current) = store.subscribe(&table);
        let mut watcher = Self {
            store,
            target,
            selector: options.selector,
            view: options.view,
            bookmarks: options.bookmarks,
            tip,
            cursor: options.since.unwrap_or(current),
            waiting: VecDeque::new(),
            ends: options.timeout.map(|after| Instant::now() + after),
            next_bookmark: Instant::now() + BOOKMARK_EVERY,
            broken: false,
        };
        // A version that is forgotten is told as an event, as Kubernetes does, not as a status of the request.
        if options.since.is_none() {
            watcher.begin_with_present(options.initial_events_end);
        }
        watcher
    }

    fn namespace(&self) -> Option<&str> {
        (!self.target.namespace.is_empty()).then_some(self.target.namespace.as_str())
    }

    fn begin_with_present(&mut self, tell_end: bool) {
        let store = Arc::clone(&self.store);
        let tables = store.read();
        self.cursor = tables.revision();
        let present = tables.table(&self.target.kind.table()).into_iter();
        let lines: Vec<Bytes> = present
            .flat_map(|table| table.objects(self.namespace()))
            .filter(|object| self.selector.picks(object.value()))
            .map(|object| self.line("ADDED", object))
            .collect();
        self.waiting.extend(lines);
        if tell_end {
            let annotations = json!({ "k8s.io/initial-events-end": "true" });
            self.waiting.push_back(self.bookmark(Some(annotations)));
        }
    }

    /// The next line; `None` when the watch is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some(line);
            }
            if self.broken {
                return None;
            }
            self.tip.borrow_and_update();
            self.collect();
            if self.waiting.is_empty() && !self.wait().await {
                return None;
            }
        }
    }

    /// Takes in what changed since the last look.
    fn collect(&mut self) {
        let store = Arc::clone(&self.store);
        let tables = store.read();
        let Some(table) = tables.table(&self.target.kind.table()) else { return };
        let Some(changes) = table.history().after(self.cursor) else {
            let error = too_old(self.cursor, table.history().forgotten());
            let event = json!({ "type": "ERROR", "object": error.status() });
            self.waiting.push_back(format!("{event}\n").into());
            self.broken = true;
            return;
        };
        let lines: Vec<Bytes> = changes.filter_map(|change| self.event(change)).collect();
        self.cursor = self.cursor.max(tables.revision());
        self.waiting.extend(lines);
    }

    fn event(&self, change: &Change) -> Option<Bytes> {
        if self.namespace().is_some_and(|namespace| namespace != change.key.namespace) {
            return None;
        }
        let picked = |object: &Arc<Object>| self.selector.picks(object.value());
        let was = change.before.as_ref().is_some_and(picked);
        let is = !change.removed && picked(&change.after);
        match (was, is) {
            (false, false) => None,
            (false, true) => Some(self.line("ADDED", &change.after)),
            (true, true) => Some(self.line("MODIFIED", &change.after)),
            (true, false) if change.removed => Some(self.line("DELETED", &change.after)),
            (true, false) => {
                // It left the selection: watchers see it as it was when it still belonged there, at the new version.
                let before = change.before.as_ref()?;
                let last = Arc::new(Object::new(before.value().clone(), change.revision));
                Some(self.line("DELETED", &last))
            }
        }
    }

    fn line(&self, kind: &str, object: &Arc<Object>) -> Bytes {
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

    /// Waits for news; `false` when the watch is over.
    async fn wait(&mut self) -> bool {
        let never = Instant::now() + Duration::from_secs(86_400);
        let ends = self.ends.unwrap_or(never);
        tokio::select! {
            changed = self.tip.changed() => changed.is_ok(),
            () = sleep_until(ends) => false,
            () = sleep_until(self.next_bookmark), if self.bookmarks => {
                self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
                self.waiting.push_back(self.bookmark(None));
                true
            }
        }
    }
}

fn too_old(since: Revision, oldest: Revision) -> ApiError {
    ApiError::expired(format!("too old resource version: {since} ({oldest})"))
}
