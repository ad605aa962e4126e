//! How a value is written into a cookie: packed, encrypted, as text.
//!
//! Claims repeat themselves: packed, those of somebody in 200 groups fit through a proxy that takes 8 kB of cookies. That the length of what
//! is sealed depends on what is in it helps nobody: it comes from the provider alone.

use std::{fmt, io::Read as _};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Serialize, de::DeserializeOwned};

/// What AES-GCM takes (NIST SP 800-38D, 5.2.1.1); random, as fewer than 2³² values are sealed with one key.
const NONCE: usize = 12;
/// Nothing that was sealed is larger.
const LARGEST: u64 = 1024 * 1024;

/// Seals values so that nobody else can read or change them, or put one in the place of another.
#[derive(Clone)]
pub(crate) struct Seal(Aes256Gcm);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// The value as text that opens under this name only.
    pub(crate) fn close<T: Serialize>(&self, name: &str, value: &T) -> Option<String> {
        let nonce = clock::random_bytes::<NONCE>();
        let payload = Payload { msg: &pack(value)?, aad: name.as_bytes() };
        let sealed = self.0.encrypt(&nonce.into(), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The value that was sealed under this name, if nobody touched it.
    pub(crate) fn open<T: DeserializeOwned>(&self, name: &str, text: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg, aad: name.as_bytes() };
        unpack(&self.0.decrypt(&(*nonce).into(), payload).ok()?)
    }
}

fn pack<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut packer, value).ok()?;
    packer.finish().ok()
}

fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Option<T> {
    let mut json = Vec::new();
    DeflateDecoder::new(packed).take(LARGEST).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}
