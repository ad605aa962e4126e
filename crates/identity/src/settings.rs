use std::fmt;

use sha2::{Digest as _, Sha256};

/// A value that no log may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `value` out of logs.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// 32 bytes that only holders of this secret can make, for one purpose.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update((purpose.len() as u64).to_be_bytes());
        hasher.update(purpose);
        hasher.update(&self.0);
        hasher.finalize().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How callers are told apart.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the keys of bearer tokens are; `None`: what the OpenID provider's discovery document says.
    pub jwks_url: Option<String>,
    /// The `iss` that bearer tokens must have.
    pub issuer: String,
    /// The `aud` that bearer tokens must have, or have in their list.
    pub audience: String,
    /// The claim that names people; dots reach into nested claims.
    pub username_claim: String,
    /// The claim that makes somebody an admin; dots reach into nested claims.
    pub admin_claim: String,
    /// The value that it must have, or have in its list.
    pub admin_value: String,
    /// Sign-in with a browser; `None`: bearer tokens only.
    pub oidc: Option<OidcSettings>,
    /// What sessions are encrypted with; the same on every replica.
    pub session_secret: Secret,
}

/// Sign-in with an OpenID provider (authorization code, PKCE, state, nonce).
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The provider, as this server reaches it.
    pub issuer: String,
    /// The provider, as browsers reach it, where that differs.
    pub public_issuer: Option<String>,
    /// Dploy's client id.
    pub client_id: String,
    /// Dploy's client secret; `None` for a public client.
    pub client_secret: Option<Secret>,
    /// The address of `/auth/callback`, as browsers reach it.
    pub redirect_url: String,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}
