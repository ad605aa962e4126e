//! The JSON messages between the page and its shell. Input and output are binary frames instead.

use serde::Deserialize;

/// The size of the terminal in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Size {
    /// Characters in a row.
    pub(super) cols: u16,
    /// Rows.
    pub(super) rows: u16,
}

/// A message of the page.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum PageMessage {
    /// The terminal has a new size.
    Resize(Size),
    /// The page has drawn this many more bytes; the server may send as many again.
    Shown(u32),
}

/// The message that the shell has ended or did not start; `reason` is a sentence.
pub(super) fn ended(reason: &str) -> String {
    serde_json::json!({ "ended": reason }).to_string()
}
