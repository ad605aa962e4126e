//! The objects that were removed a short time ago.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// How long a removal is remembered: longer than any call to the API server takes.
const REMOVAL_MEMORY: Duration = Duration::from_secs(60);

/// The uids of objects that were removed a short time ago. A late answer about one of them does not
/// bring it back.
#[derive(Debug, Default)]
pub(super) struct Removals {
    uids: BTreeSet<String>,
    order: VecDeque<(Instant, String)>,
}

impl Removals {
    /// Remembers a removal.
    pub(super) fn add(&mut self, uid: String) {
        let now = Instant::now();
        while let Some((at, _)) = self.order.front()
            && now.duration_since(*at) > REMOVAL_MEMORY
            && let Some((_, old)) = self.order.pop_front()
        {
            self.uids.remove(&old);
        }
        if self.uids.insert(uid.clone()) {
            self.order.push_back((now, uid));
        }
    }

    pub(super) fn contains(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }

    /// Forgets a removal, because the object is back.
    pub(super) fn undo(&mut self, uid: &str) {
        if self.uids.remove(uid) {
            self.order.retain(|(_, removed)| removed != uid);
        }
    }
}
