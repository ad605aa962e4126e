//! The compact form of the event stream `GET /api/environments/stream?compact=true`.
//!
//! Only the web app requests it, because a JSON parser would take a twentieth of the download
//! limit. The form may change with every release: the server and the web app are built together.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use crate::EnvironmentList;

/// The name of the events that carry a list.
pub const EVENT_NAME: &str = "environments";

/// A list that could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(postcard::Error);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not encode the list of environments")
    }
}

impl std::error::Error for EncodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Encodes a list as base64 of postcard, because the data of an event is text.
///
/// # Errors
/// [`EncodeError`] when postcard cannot serialize the list.
pub fn encode(list: &EnvironmentList) -> Result<String, EncodeError> {
    postcard::to_allocvec(list).map(|bytes| STANDARD_NO_PAD.encode(bytes)).map_err(EncodeError)
}

/// Decodes what [`encode`] returned; `None` for any other text.
#[must_use]
pub fn decode(text: &str) -> Option<EnvironmentList> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    postcard::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests;
