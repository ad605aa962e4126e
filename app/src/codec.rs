//! How the server hands data to the browser with a page.

use codee::{Decoder, Encoder};
use serde::{Deserialize, Serialize};

/// JSON, read from bytes as server functions read theirs: the readers of every type are in the WebAssembly module once.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T> Decoder<T> for Json
where
    T: for<'de> Deserialize<'de>,
{
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
