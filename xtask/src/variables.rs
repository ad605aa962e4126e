//! The environment variables of the developer's machine, and the programs on its path.

use std::ffi::OsString;
use std::path::PathBuf;

/// An environment variable; `None` if it is not set.
#[expect(clippy::disallowed_methods, reason = "the developer's machine is what this is about")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The names of all environment variables.
#[expect(clippy::disallowed_methods, reason = "the developer's machine is what this is about")]
pub(crate) fn variable_names() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name)
}

/// The path of a program; `None` if it is not on the path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|p| p.is_file())
}
