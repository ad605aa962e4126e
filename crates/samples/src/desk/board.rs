//! The notes of the board, in one file of the working directory.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::{
    fs,
    sync::{Mutex, watch},
};

use crate::SampleError;

/// The most characters of a note.
pub(super) const MAX_NOTE_CHARS: usize = 2000;
/// The most notes on the board.
const MAX_NOTES: usize = 200;
const FILE: &str = "notes.json";

/// A note of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Larger than the id of every earlier note.
    pub(super) id: u64,
    /// Plain text of the author; escaped where it is shown.
    pub(super) text: String,
}

/// All notes, the oldest first.
pub(super) type Notes = Arc<Vec<Note>>;

/// Why a change of the board was refused.
#[derive(Debug, Error)]
pub(super) enum BoardError {
    #[error("A note needs some text.")]
    Empty,
    #[error("A note has at most {MAX_NOTE_CHARS} characters.")]
    TooLong,
    #[error("The board is full: take a note off first.")]
    Full,
    #[error("The board could not be saved; nothing was changed.")]
    Save(#[source] io::Error),
}

/// The notes and the file they are in.
#[derive(Debug)]
pub(super) struct Board {
    file: PathBuf,
    notes: watch::Sender<Notes>,
    /// Locked from reading the notes until the changed file is written.
    writing: Mutex<()>,
}

impl Board {
    /// Reads the board in `directory`; a missing file is an empty board.
    pub(super) async fn open(directory: &Path) -> Result<Self, SampleError> {
        let file = directory.join(FILE);
        let notes =
            read(&file).await.map_err(|cause| SampleError::Read { path: file.clone(), cause })?;
        Ok(Self { file, notes: watch::Sender::new(Arc::new(notes)), writing: Mutex::new(()) })
    }

    /// The present notes.
    pub(super) fn notes(&self) -> Notes {
        Arc::clone(&self.notes.borrow())
    }

    /// A receiver of every change.
    pub(super) fn subscribe(&self) -> watch::Receiver<Notes> {
        self.notes.subscribe()
    }

    /// Adds a note.
    pub(super) async fn add(&self, text: &str) -> Result<(), BoardError> {
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            return Err(BoardError::Empty);
        }
        if text.chars().count() > MAX_NOTE_CHARS {
            return Err(BoardError::TooLong);
        }
        self.change(|notes| {
            if notes.len() >= MAX_NOTES {
                return Err(BoardError::Full);
            }
            let id = notes.last().map_or(1, |last| last.id + 1);
            notes.push(Note { id, text });
            Ok(())
        })
        .await
    }

    /// Removes a note. A note that is gone already is no error.
    pub(super) async fn remove(&self, id: u64) -> Result<(), BoardError> {
        self.change(|notes| {
            notes.retain(|note| note.id != id);
            Ok(())
        })
        .await
    }

    /// Writes the file before it publishes the notes: a full disk then changes nothing.
    async fn change(
        &self,
        edit: impl FnOnce(&mut Vec<Note>) -> Result<(), BoardError>,
    ) -> Result<(), BoardError> {
        let _lock = self.writing.lock().await;
        let mut notes = self.notes().as_ref().clone();
        edit(&mut notes)?;
        write(&self.file, &notes).await.map_err(BoardError::Save)?;
        self.notes.send_replace(Arc::new(notes));
        Ok(())
    }
}

async fn read(file: &Path) -> io::Result<Vec<Note>> {
    match fs::read(file).await {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(cause),
    }
}

/// Writes a second file and renames it: a crash leaves the old notes or the new ones.
async fn write(file: &Path, notes: &[Note]) -> io::Result<()> {
    let new_file = file.with_extension("json.new");
    fs::write(&new_file, serde_json::to_vec(notes)?).await?;
    fs::rename(&new_file, file).await
}
