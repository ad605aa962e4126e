//! How the server hands data to the browser with a page, and in the stream.

use codee::{Decoder, Encoder};
use leptos::server::FromEncodedStr;
#[cfg(feature = "ssr")]
use leptos::server::IntoEncodedString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Postcard, as server functions answer: a few bytes for each value, and the same readers for both.
#[derive(Debug, Clone, Copy)]
pub struct Compact;

impl<T: Serialize> Encoder<T> for Compact {
    type Error = postcard::Error;
    type Encoded = Vec<u8>;

    fn encode(value: &T) -> Result<Vec<u8>, Self::Error> {
        postcard::to_allocvec(value)
    }
}

impl<T> Decoder<T> for Compact
where
    T: for<'de> Deserialize<'de>,
{
    type Error = postcard::Error;
    type Encoded = [u8];

    fn decode(bytes: &[u8]) -> Result<T, Self::Error> {
        postcard::from_bytes(bytes)
    }
}

/// A value as text, for what cannot carry bytes.
///
/// # Errors
/// When the value cannot be written.
#[cfg(feature = "ssr")]
pub fn to_text<T: Serialize>(value: &T) -> Result<String, postcard::Error> {
    Ok(postcard::to_allocvec(value)?.into_encoded_string())
}

/// Reads what [`to_text`] wrote.
#[must_use]
pub fn from_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = <[u8]>::from_encoded_str(text).ok()?;
    postcard::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests;
