//! A text that functions build up, bounded in size.

use std::io;

use gtmpl_ng::{FuncError, Value};

use super::function::call_error;
use crate::limits::MAX_OUTPUT_BYTES;

/// A text that refuses to grow beyond [`MAX_OUTPUT_BYTES`].
#[derive(Default)]
pub(super) struct BoundedText(String);

impl BoundedText {
    /// Appends `more`.
    ///
    /// # Errors
    ///
    /// When the text would exceed [`MAX_OUTPUT_BYTES`].
    pub(super) fn push(&mut self, more: &str) -> Result<(), FuncError> {
        if self.0.len() + more.len() > MAX_OUTPUT_BYTES {
            return Err(call_error(format!("the text grows beyond {MAX_OUTPUT_BYTES} bytes")));
        }
        self.0.push_str(more);
        Ok(())
    }
}

impl From<BoundedText> for Value {
    fn from(text: BoundedText) -> Self {
        Self::String(text.0)
    }
}

impl From<BoundedText> for String {
    fn from(text: BoundedText) -> Self {
        text.0
    }
}

/// For serializers that write UTF-8 in whole characters.
impl io::Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.push(more).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
