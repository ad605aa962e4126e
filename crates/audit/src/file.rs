//! The file of a log: opening it at the end of its chain.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::{
    chain::End,
    verify::{Broken, verify},
};

/// Why a log cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file cannot be opened, read or cut.
    #[error("cannot open the audit log {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// Another process writes to it.
    #[error(
        "another process writes to the audit log {}; each replica needs a file of its own",
        path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Its lines do not form one chain.
    #[error(
        "the audit log {} is damaged; move it away and keep it, and a new one begins",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first bad line.
        #[source]
        cause: Broken,
    },
    /// The thread that writes the log cannot be started.
    #[error("cannot start the writer of the audit log")]
    Thread(#[source] io::Error),
}

/// A file that is locked, at the end of its chain.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) end: End,
    /// How many bytes of an unfinished line were cut off.
    pub(crate) torn: u64,
}

/// Opens or creates the log. A process that was killed may have left an unfinished line, which is
/// cut off.
pub(crate) fn open(path: &Path) -> Result<Opened, OpenError> {
    let failed = |cause| OpenError::Io { path: path.to_owned(), cause };
    let mut file =
        OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(cause)) => return Err(failed(cause)),
    }
    let mut log = Vec::new();
    file.read_to_end(&mut log).map_err(failed)?;
    let verified =
        verify(&log).map_err(|cause| OpenError::Damaged { path: path.to_owned(), cause })?;
    let complete = log.len().saturating_sub(verified.torn) as u64;
    if verified.torn > 0 {
        file.set_len(complete).map_err(failed)?;
    }
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    Ok(Opened { file, end: verified.end, torn: verified.torn as u64 })
}
