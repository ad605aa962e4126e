//! Files that only the user can read.

use std::{fs, io, path::Path};

/// Writes a file that only the user can read. A crash leaves the old file or the new one.
pub(crate) fn write_for_owner(path: &Path, contents: &[u8]) -> io::Result<()> {
    let new_file = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new_file)?;
    io::Write::write_all(&mut file, contents)?;
    file.sync_all()?;
    fs::rename(new_file, path)
}
