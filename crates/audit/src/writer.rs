//! The thread that writes lines.

use std::{
    fs::File,
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clock::SharedClock;
use tokio::sync::{mpsc, oneshot};

use crate::{
    chain::{End, Line},
    entry::Change,
};

/// The pause before a write is tried again that failed, for example because the disk was full.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// What the writer is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Write this.
    Change(Box<Change>),
    /// Say when everything before this is written.
    Flush(oneshot::Sender<()>),
}

/// Where lines go.
#[derive(Debug)]
pub(crate) enum Sink {
    File(File),
    Stdout,
}

impl Sink {
    /// Writes a whole line. A part of a line that failed is cut off again, where that is possible.
    fn append(&mut self, line: &str) -> io::Result<()> {
        match self {
            Self::File(file) => {
                let before = file.metadata()?.len();
                let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
                if written.is_err() {
                    file.set_len(before)?;
                }
                written
            }
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(line.as_bytes())?;
                stdout.flush()
            }
        }
    }
}

/// Appends lines to one chain.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) sink: Sink,
    pub(crate) end: End,
    pub(crate) process: String,
    pub(crate) clock: SharedClock,
    /// Whether the last write failed.
    pub(crate) is_failing: Arc<AtomicBool>,
}

impl Writer {
    /// Writes until the last sender is gone.
    pub(crate) fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        while let Some(message) = messages.blocking_recv() {
            match message {
                Message::Change(change) => {
                    let line = self.end.change(&self.process, &change, self.clock.now());
                    self.write(line);
                }
                Message::Flush(done) => drop(done.send(())),
            }
        }
    }

    /// Writes the first line of the process.
    pub(crate) fn start(&mut self, torn: u64) -> io::Result<()> {
        let line = self.end.start(&self.process, torn, self.clock.now())?;
        self.sink.append(&line.text)?;
        self.end = line.end;
        Ok(())
    }

    /// Writes the line, and tries until it is written. Meanwhile changes are refused.
    fn write(&mut self, line: serde_json::Result<Line>) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                tracing::error!(%error, "a line of the audit log cannot be written as JSON");
                return;
            }
        };
        while let Err(error) = self.sink.append(&line.text) {
            if !self.is_failing.swap(true, Ordering::Relaxed) {
                let error: &dyn std::error::Error = &error;
                tracing::error!(
                    error,
                    "cannot write the audit log: changes are refused until it can be written"
                );
            }
            thread::sleep(RETRY_PAUSE);
        }
        if self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::warn!("the audit log can be written again");
        }
        self.end = line.end;
    }
}
