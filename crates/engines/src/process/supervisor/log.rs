//! A log of bounded size.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// The size at which the log is rotated, in bytes. The log before the last rotation is dropped.
const MAX_LOG_SIZE: u64 = 1024 * 1024;

/// A log that takes at most twice [`MAX_LOG_SIZE`] on disk: `<name>`, and the older `<name>.1`.
#[derive(Debug)]
pub(super) struct RotatingLog {
    path: PathBuf,
    file: File,
    size: u64,
    max_size: u64,
}

impl RotatingLog {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::open_with(path, MAX_LOG_SIZE)
    }

    fn open_with(path: &Path, max_size: u64) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.into(), file, size, max_size })
    }

    /// Copies `output` until it ends. Output that cannot be written is lost: a full disk must not
    /// stop the program.
    pub(super) fn fill_from(mut self, mut output: impl Read) {
        let mut buffer = [0; 8 * 1024];
        loop {
            match output.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => drop(self.write(&buffer[..read])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.size >= self.max_size {
            self.rotate()?;
        }
        self.file.write_all(bytes)?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let mut old = self.path.clone().into_os_string();
        old.push(".1");
        fs::rename(&self.path, old)?;
        *self = Self::open_with(&self.path, self.max_size)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_newest_and_stays_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("output.log");
        let log = RotatingLog::open_with(&path, 10_000).unwrap();
        let text: String = (0..20_000).map(|line| format!("{line}\n")).collect();
        log.fill_from(text.as_bytes());
        let newest = fs::read_to_string(&path).unwrap();
        let before = fs::read_to_string(dir.path().join("output.log.1")).unwrap();
        assert!(newest.ends_with("19999\n"));
        assert!(newest.len() + before.len() < 40_000);
        assert!(text.ends_with(&format!("{before}{newest}")));
    }
}
