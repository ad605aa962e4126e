use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Queue, OwnedMutexGuard},
    time::timeout,
};

/// How long a request waits for its turn; then it goes ahead without, as nothing depends on it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Lets the requests that write to one owner's ledger go one after the other.
#[derive(Debug, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<String, Arc<Queue<()>>>>>);

/// A turn; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    queue: Option<OwnedMutexGuard<()>>,
    key: String,
    turns: Arc<Mutex<HashMap<String, Arc<Queue<()>>>>>,
}

impl Turns {
    /// Waits for the turn at `key`.
    pub(crate) async fn wait(&self, key: &str) -> Turn {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(queues.entry(key.to_owned()).or_default())
        };
        let queue = timeout(PATIENCE, queue.lock_owned()).await.ok();
        Turn { queue, key: key.to_owned(), turns: Arc::clone(&self.0) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.queue.take());
        // Whoever waits holds the queue too; the last one to leave puts it away.
        if queues.get(&self.key).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.key);
        }
    }
}
