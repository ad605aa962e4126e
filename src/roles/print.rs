//! Roles that print a document.

use std::io::{self, Write as _};

use super::Failure;

/// The custom resource definitions as YAML documents for `kubectl apply -f -`.
///
/// # Errors
/// The definitions cannot be written as YAML, which is a bug.
pub fn crds_yaml() -> Result<String, serde_yaml_ng::Error> {
    resources::custom_resource_definitions()
        .iter()
        .map(|definition| Ok(format!("---\n{}", serde_yaml_ng::to_string(definition)?)))
        .collect()
}

pub(super) fn crds() -> Result<(), Failure> {
    let text = crds_yaml().map_err(|error| print_failed(io::Error::other(error)))?;
    print(&text)
}

pub(super) fn openapi() -> Result<(), Failure> {
    let text = crate::routes::openapi()
        .to_pretty_json()
        .map_err(|error| print_failed(io::Error::other(error)))?;
    print(&format!("{text}\n"))
}

pub(super) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        // A reader may close the pipe early, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(print_failed),
    }
}

fn print_failed(cause: io::Error) -> Failure {
    Failure::Io { doing: "could not print", cause }
}
