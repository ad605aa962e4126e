//! Encrypts values into cookie text: JSON, deflated, AES-GCM, base64.
//!
//! Claims are repetitive: deflated, the claims of a member of 200 groups fit into the 8 kB of
//! cookies that proxies accept. The length of the ciphertext leaks nothing to an attacker, because
//! only the provider chooses the plaintext.

use std::{fmt, io::Read as _, iter};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Serialize, de::DeserializeOwned};

use crate::CookieSecrets;

/// The length of an AES-GCM nonce (NIST SP 800-38D, 5.2.1.1). A random nonce is safe for fewer than
/// 2³² values of one key.
const NONCE_BYTES: usize = 12;
/// The largest plaintext that is inflated.
const MAX_JSON_BYTES: u64 = 1024 * 1024;

/// Encrypts and authenticates values, each bound to a name.
#[derive(Clone)]
pub(crate) struct CookieCipher {
    sealing: Aes256Gcm,
    /// Older keys, which only decrypt.
    older: Vec<Aes256Gcm>,
}

impl fmt::Debug for CookieCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieCipher")
    }
}

impl CookieCipher {
    pub(crate) fn new(secrets: &CookieSecrets) -> Self {
        let cipher = |key: [u8; 32]| Aes256Gcm::new(&key.into());
        Self {
            sealing: cipher(secrets.sealing_key()),
            older: secrets.older_keys().map(cipher).collect(),
        }
    }

    /// The encrypted value; it decrypts only under the same name.
    pub(crate) fn encrypt<T: Serialize>(&self, name: &str, value: &T) -> Option<String> {
        let nonce = clock::random_bytes::<NONCE_BYTES>();
        let payload = Payload { msg: &deflated(value)?, aad: name.as_bytes() };
        let ciphertext = self.sealing.encrypt(&nonce.into(), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat()))
    }

    /// The value that was encrypted under this name, with any of the keys. `None` for any other
    /// text.
    pub(crate) fn decrypt<T: DeserializeOwned>(&self, name: &str, text: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let decrypted = |cipher: &Aes256Gcm| {
            cipher.decrypt(&(*nonce).into(), Payload { msg, aad: name.as_bytes() }).ok()
        };
        inflated(&iter::once(&self.sealing).chain(&self.older).find_map(decrypted)?)
    }
}

fn deflated<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut encoder, value).ok()?;
    encoder.finish().ok()
}

fn inflated<T: DeserializeOwned>(deflated: &[u8]) -> Option<T> {
    let mut json = Vec::new();
    DeflateDecoder::new(deflated).take(MAX_JSON_BYTES).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}
