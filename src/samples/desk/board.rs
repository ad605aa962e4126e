//! The notes, kept in one file of the working directory.

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

use crate::samples::SampleError;

/// The most characters of a note.
pub(super) const LONGEST_NOTE: usize = 2000;
/// The most notes.
const MOST_NOTES: usize = 200;
const FILE: &str = "notes.json";

/// A note of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Larger than that of every note before it.
    pub(super) id: u64,
    /// Anything.
    pub(super) text: String,
}

/// All notes, the oldest first.
pub(super) type Notes = Arc<Vec<Note>>;

/// Why the board is as it was.
#[derive(Debug, Error)]
pub(super) enum BoardError {
    #[error("A note needs some text.")]
    Empty,
    #[error("A note has at most {LONGEST_NOTE} characters.")]
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
    /// Held by whoever changes the notes, from reading them until the file is written.
    writing: Mutex<()>,
}

impl Board {
    /// The board that was kept in `directory`, or an empty one.
    pub(super) async fn open(directory: &Path) -> Result<Self, SampleError> {
        let file = directory.join(FILE);
        let notes =
            read(&file).await.map_err(|cause| SampleError::Read { path: file.clone(), cause })?;
        Ok(Self { file, notes: watch::Sender::new(Arc::new(notes)), writing: Mutex::new(()) })
    }

    /// The notes as they are now.
    pub(super) fn notes(&self) -> Notes {
        Arc::clone(&self.notes.borrow())
    }

    /// The notes as they change.
    pub(super) fn follow(&self) -> watch::Receiver<Notes> {
        self.notes.subscribe()
    }

    /// Puts a note on the board.
    pub(super) async fn add(&self, text: &str) -> Result<(), BoardError> {
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            return Err(BoardError::Empty);
        }
        if text.chars().count() > LONGEST_NOTE {
            return Err(BoardError::TooLong);
        }
        self.change(|notes| {
            if notes.len() >= MOST_NOTES {
                return Err(BoardError::Full);
            }
            let id = notes.last().map_or(1, |last| last.id + 1);
            notes.push(Note { id, text });
            Ok(())
        })
        .await
    }

    /// Takes a note off the board; one that is gone already is fine.
    pub(super) async fn remove(&self, id: u64) -> Result<(), BoardError> {
        self.change(|notes| {
            notes.retain(|note| note.id != id);
            Ok(())
        })
        .await
    }

    /// Changes the file first, so that nobody sees what a full disk would take back.
    async fn change(
        &self,
        edit: impl FnOnce(&mut Vec<Note>) -> Result<(), BoardError>,
    ) -> Result<(), BoardError> {
        let _turn = self.writing.lock().await;
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

/// Writes beside the file and then replaces it: a crash leaves the old notes or the new ones.
async fn write(file: &Path, notes: &[Note]) -> io::Result<()> {
    let draft = file.with_extension("json.new");
    fs::write(&draft, serde_json::to_vec(notes)?).await?;
    fs::rename(&draft, file).await
}
