//! The encoding of the values that the server embeds in a page for the browser.

use codee::{Decoder, Encoder};
use serde::{Deserialize, Serialize};

/// Postcard, which server functions use, too: values stay small, and both share their decoders.
#[derive(Debug, Clone, Copy)]
pub struct PostcardCodec;

impl<T: Serialize> Encoder<T> for PostcardCodec {
    type Error = postcard::Error;
    type Encoded = Vec<u8>;

    fn encode(value: &T) -> Result<Vec<u8>, Self::Error> {
        postcard::to_allocvec(value)
    }
}

impl<T> Decoder<T> for PostcardCodec
where
    T: for<'de> Deserialize<'de>,
{
    type Error = postcard::Error;
    type Encoded = [u8];

    fn decode(bytes: &[u8]) -> Result<T, Self::Error> {
        postcard::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests;
