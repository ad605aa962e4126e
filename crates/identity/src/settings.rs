//! The settings of this crate, and types for secrets.

use std::fmt;

use hkdf::Hkdf;
use jiff::SignedDuration;
use sha2::Sha256;

/// What the key of cookies is derived for. A key for another purpose needs another text.
const COOKIE_KEY_INFO: &[u8] = b"dploy cookies, AES-256-GCM, 1";

/// A value that `Debug` does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The key of cookies: HKDF-SHA256 of the secret (RFC 5869), without a salt.
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8,160 bytes")]
    fn cookie_key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        let derivation = Hkdf::<Sha256>::new(None, self.0.as_bytes());
        derivation.expand(COOKIE_KEY_INFO, &mut key).expect("a key of 32 bytes");
        key
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The secrets that the keys of cookies are derived from; the same on every replica. The first one
/// seals cookies, and each of them opens cookies, so that sessions outlive a change of the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieSecrets {
    first: Secret,
    older: Vec<Secret>,
}

impl CookieSecrets {
    /// The secret that seals, and further ones that only open.
    #[must_use]
    pub const fn new(first: Secret, older: Vec<Secret>) -> Self {
        Self { first, older }
    }

    /// The key that seals.
    pub(crate) fn sealing_key(&self) -> [u8; 32] {
        self.first.cookie_key()
    }

    /// The keys that only open.
    pub(crate) fn older_keys(&self) -> impl Iterator<Item = [u8; 32]> {
        self.older.iter().map(Secret::cookie_key)
    }
}

impl From<Secret> for CookieSecrets {
    fn from(only: Secret) -> Self {
        Self::new(only, Vec::new())
    }
}

/// How callers are identified.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the keys that sign bearer tokens. `None`: the discovery document names it.
    pub jwks_url: Option<String>,
    /// The `iss` of bearer tokens.
    pub issuer: String,
    /// The `aud` of bearer tokens, alone or in a list.
    pub audience: String,
    /// The claim with the person's name; dots reach into nested claims.
    pub username_claim: String,
    /// The claim that makes a person an admin; dots reach into nested claims.
    pub admin_claim: String,
    /// The value that the admin claim must equal or contain.
    pub admin_value: String,
    /// Sign-in with a browser. `None`: bearer tokens only.
    pub oidc: Option<OidcSettings>,
    /// How long a session lasts at most from the sign-in, however often it is renewed.
    pub max_session_lifetime: SignedDuration,
    /// The secrets of session cookies.
    pub cookie_secrets: CookieSecrets,
}

impl Settings {
    /// Whether this is the issuer of bearer tokens, at one of its addresses.
    pub(crate) fn is_configured_issuer(&self, issuer: &str) -> bool {
        let oidc = self.oidc.as_ref();
        let provider = oidc
            .into_iter()
            .flat_map(|it| [Some(&*it.issuer), it.public_issuer.as_deref()].into_iter().flatten());
        is_configured_issuer(&self.issuer, provider, issuer)
    }
}

/// Whether `issuer` is the `configured` one, or both are addresses of one `provider`: it may have
/// one for browsers and one for this server, and its ID tokens name either.
pub fn is_configured_issuer<'a>(
    configured: &str,
    provider: impl IntoIterator<Item = &'a str>,
    issuer: &str,
) -> bool {
    let provider: Vec<&str> = provider.into_iter().collect();
    let has = |wanted: &str| provider.iter().any(|it| is_same_issuer(it, wanted));
    is_same_issuer(configured, issuer) || (has(configured) && has(issuer))
}

fn is_same_issuer(one: &str, two: &str) -> bool {
    one.trim_end_matches('/') == two.trim_end_matches('/')
}

/// Sign-in with an OpenID provider (authorization code, PKCE, state, nonce).
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The provider's address for this server.
    pub issuer: String,
    /// The provider's address for browsers, when it differs.
    pub public_issuer: Option<String>,
    /// Dploy's client id.
    pub client_id: String,
    /// Dploy's client secret; `None` for a public client.
    pub client_secret: Option<Secret>,
    /// The address of `/auth/callback` for browsers.
    pub redirect_url: String,
    /// The requested scopes.
    pub scopes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_cookies_is_hkdf_sha256_of_the_secret() {
        let key = CookieSecrets::from(Secret::new("a secret")).sealing_key();
        // Computed by another implementation. Another key ends all sessions.
        assert_eq!(hex(&key), "d6708a31b42629d765005be58c6c886e08ca179ff14845b3c255cc5a90e8e05a");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn settings(issuer: &str, oidc: Option<(&str, Option<&str>)>) -> Settings {
        let oidc = oidc.map(|(issuer, public)| OidcSettings {
            issuer: issuer.to_owned(),
            public_issuer: public.map(str::to_owned),
            client_id: "dploy".to_owned(),
            client_secret: None,
            redirect_url: "https://dploy.test/auth/callback".to_owned(),
            scopes: Vec::new(),
        });
        Settings {
            jwks_url: None,
            issuer: issuer.to_owned(),
            audience: "dploy".to_owned(),
            username_claim: "name".to_owned(),
            admin_claim: "is_admin".to_owned(),
            admin_value: "true".to_owned(),
            oidc,
            max_session_lifetime: SignedDuration::from_hours(12),
            cookie_secrets: CookieSecrets::from(Secret::new("secret")),
        }
    }

    #[test]
    fn the_configured_issuer_may_have_two_addresses_and_another_provider_is_another_issuer() {
        let one =
            settings("https://id.test", Some(("http://id.internal", Some("https://id.test"))));
        for address in ["https://id.test", "https://id.test/", "http://id.internal"] {
            assert!(one.is_configured_issuer(address), "{address}");
        }
        assert!(!one.is_configured_issuer("https://id.test.evil"));
        let two = settings("https://ci.test", Some(("https://id.test", None)));
        assert!(two.is_configured_issuer("https://ci.test"));
        assert!(!two.is_configured_issuer("https://id.test"));
        assert!(!settings("https://ci.test", None).is_configured_issuer("https://id.test"));
    }
}
