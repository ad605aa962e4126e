//! The handle of the log: places in a bounded queue before the thread that writes.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clock::SharedClock;
use thiserror::Error;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::{
    chain::End,
    entry::Change,
    file::{OpenError, open},
    writer::{Message, Sink, Writer},
};

/// How many lines wait for the writer at most.
const MAX_WAITING_LINES: usize = 1_024;
/// How long a change waits for a place before it is refused.
const PLACE_TIMEOUT: Duration = Duration::from_secs(1);

/// Where the log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To this file, which belongs to this process alone.
    File(PathBuf),
    /// To standard output.
    Stdout,
}

/// The audit log; without a target it takes every change and writes none. Clones write to one
/// chain.
#[derive(Debug, Clone, Default)]
pub struct AuditLog(Option<Queue>);

#[derive(Debug, Clone)]
struct Queue {
    messages: mpsc::Sender<Message>,
    is_failing: Arc<AtomicBool>,
}

/// A change cannot be logged now, so it must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the audit log cannot be written, so nothing is changed")]
pub struct NoPlace;

/// A place for the line of one change.
#[derive(Debug)]
pub struct Place(Option<mpsc::OwnedPermit<Message>>);

impl Place {
    /// Hands the line to the writer. It never blocks.
    pub fn write(self, change: Change) {
        if let Some(permit) = self.0 {
            permit.send(Message::Change(Box::new(change)));
        }
    }
}

impl AuditLog {
    /// Starts the writer. `process` is a random id.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn start(target: &Target, process: String, clock: SharedClock) -> Result<Self, OpenError> {
        let (sink, end, torn, path) = match target {
            Target::File(path) => {
                let opened = open(path)?;
                (Sink::File(opened.file), opened.end, opened.torn, path.clone())
            }
            Target::Stdout => (Sink::Stdout, End::default(), 0, PathBuf::from("-")),
        };
        let is_failing = Arc::new(AtomicBool::new(false));
        let mut writer = Writer { sink, end, process, clock, is_failing: is_failing.clone() };
        writer.start(torn).map_err(|cause| OpenError::Io { path, cause })?;
        if torn > 0 {
            tracing::warn!(bytes = torn, "cut off an unfinished line of the audit log");
        }
        let (messages, receiver) = mpsc::channel(MAX_WAITING_LINES);
        thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || writer.run(receiver))
            .map_err(OpenError::Thread)?;
        Ok(Self(Some(Queue { messages, is_failing })))
    }

    /// Whether changes are logged.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Takes a place for the line of a change, before the change: so no change is without its line.
    ///
    /// # Errors
    /// [`NoPlace`] while the log cannot be written, or after a second without a free place.
    pub async fn place(&self) -> Result<Place, NoPlace> {
        let Some(Queue { messages, is_failing }) = &self.0 else { return Ok(Place(None)) };
        if is_failing.load(Ordering::Relaxed) {
            return Err(NoPlace);
        }
        let permit = timeout(PLACE_TIMEOUT, messages.clone().reserve_owned()).await;
        Ok(Place(Some(permit.map_err(|_| NoPlace)?.map_err(|_| NoPlace)?)))
    }

    /// Waits until every line is written.
    pub async fn flush(&self) {
        let Some(Queue { messages, .. }) = &self.0 else { return };
        let (done, written) = oneshot::channel();
        if messages.send(Message::Flush(done)).await.is_ok() {
            let _ = written.await;
        }
    }
}

/// A log whose writes fail.
#[cfg(test)]
pub(crate) fn failing(device: &std::path::Path) -> AuditLog {
    let file = std::fs::OpenOptions::new().write(true).open(device).expect("a device");
    let is_failing = Arc::new(AtomicBool::new(false));
    let writer = Writer {
        sink: Sink::File(file),
        end: End::default(),
        process: String::new(),
        clock: clock::SystemClock::shared(),
        is_failing: is_failing.clone(),
    };
    let (messages, receiver) = mpsc::channel(MAX_WAITING_LINES);
    thread::spawn(move || writer.run(receiver));
    AuditLog(Some(Queue { messages, is_failing }))
}
