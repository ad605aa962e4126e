//! Turns at an owner's ledger within one replica.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use ledger::timeouts::TURN_TIMEOUT;
use tokio::{
    sync::{Mutex as Queue, OwnedMutexGuard},
    time::timeout,
};

type Queues = Arc<Mutex<HashMap<String, Arc<Queue<()>>>>>;

/// Serializes the requests that write to one owner's ledger.
#[derive(Debug, Default)]
pub(crate) struct Turns(Queues);

/// A turn; dropping it ends the turn.
#[derive(Debug)]
pub(crate) struct Turn {
    /// `None` after a timeout: the request goes on without a turn.
    guard: Option<OwnedMutexGuard<()>>,
    key: String,
    queues: Queues,
}

impl Turns {
    /// Waits for the turn at `key`, at most for a timeout.
    pub(crate) async fn wait(&self, key: &str) -> Turn {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(queues.entry(key.to_owned()).or_default())
        };
        let guard = timeout(TURN_TIMEOUT, queue.lock_owned()).await.ok();
        Turn { guard, key: key.to_owned(), queues: Arc::clone(&self.0) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.guard.take());
        // Every waiting request holds the queue too. The last one removes it.
        if queues.get(&self.key).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.key);
        }
    }
}
