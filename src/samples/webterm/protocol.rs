//! The JSON texts between the page and its shell. Everything that is typed or printed travels beside them, as binary frames.

use serde::Deserialize;

/// How many characters fit on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Size {
    /// Characters in a row.
    pub(super) cols: u16,
    /// Rows.
    pub(super) rows: u16,
}

/// What the page says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum FromPage {
    /// The window has another size now.
    Resize(Size),
    /// So many more bytes are on the screen: room for as many.
    Shown(u32),
}

/// What the page is told when the shell is no more, or never was; the reason is a sentence.
pub(super) fn ended(reason: &str) -> String {
    serde_json::json!({ "ended": reason }).to_string()
}
