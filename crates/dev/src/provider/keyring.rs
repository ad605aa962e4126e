//! The provider's keys, in files that only the user can read. Sessions and tokens stay valid after
//! a restart.

use std::{fs, io, path::Path};

use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _, pkcs8::spki::der::pem::LineEnding};
use openidconnect::{JsonWebKeyId, core::CoreEdDsaPrivateSigningKey};

use super::Cause;
use crate::private_file::write_for_owner;

const KEY: &str = "signing-key.pem";
const CLIENT_SECRET: &str = "client-secret";
const ISSUER: &str = "issuer";
const KEY_ID: &str = "dploy-dev";

/// The keys and the issuer that they belong to.
pub(super) struct Keyring {
    issuer: String,
    client_secret: String,
    pem: String,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads the keys; makes missing ones. The issuer changes with the port, so it is written anew.
    pub(super) fn open(directory: &Path, issuer: &str) -> Result<Self, Cause> {
        fs::create_dir_all(directory)?;
        keep(directory, KEY, || new_key().map_err(io::Error::other))?;
        keep(directory, CLIENT_SECRET, || Ok(clock::random_hex::<32>()))?;
        write_for_owner(&directory.join(ISSUER), issuer.as_bytes())?;
        Self::reopen(directory)
    }

    /// Reads the keys.
    pub(super) fn reopen(directory: &Path) -> Result<Self, Cause> {
        let read = |name: &str| fs::read_to_string(directory.join(name));
        let keyring =
            Self { issuer: read(ISSUER)?, client_secret: read(CLIENT_SECRET)?, pem: read(KEY)? };
        keyring.signing_key()?;
        Ok(keyring)
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn client_secret(&self) -> &str {
        &self.client_secret
    }

    pub(super) fn signing_key(&self) -> Result<CoreEdDsaPrivateSigningKey, Cause> {
        let id = JsonWebKeyId::new(KEY_ID.to_owned());
        Ok(CoreEdDsaPrivateSigningKey::from_ed25519_pem(&self.pem, Some(id))?)
    }
}

fn new_key() -> Result<String, ed25519_dalek::pkcs8::Error> {
    let key = SigningKey::from_bytes(&clock::random_bytes());
    Ok(key.to_pkcs8_pem(LineEnding::LF)?.to_string())
}

fn keep(directory: &Path, name: &str, make: impl FnOnce() -> io::Result<String>) -> io::Result<()> {
    let path = directory.join(name);
    if path.exists() { Ok(()) } else { write_for_owner(&path, make()?.as_bytes()) }
}
