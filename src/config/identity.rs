//! The configuration of authentication and sign-in.

use identity::{OidcSettings, Secret, Settings};

use super::{ConfigError, Env, variables};

/// The settings of the crate `identity`.
#[derive(Debug, Clone)]
pub(crate) struct IdentityConfig(Settings);

impl IdentityConfig {
    /// Reads the variables of `dploy serve`.
    ///
    /// # Errors
    /// [`ConfigError`] for a malformed or missing variable.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let oidc = oidc(env)?;
        let jwks_url = env.web_address(&variables::JWKS_URL)?;
        if oidc.is_none() && jwks_url.is_none() {
            return Err(ConfigError::Missing(variables::JWKS_URL.name));
        }
        Ok(Self(Settings {
            jwks_url,
            issuer: env.required(&variables::JWT_ISSUER)?.to_owned(),
            audience: env.required(&variables::JWT_AUDIENCE)?.to_owned(),
            username_claim: env.required(&variables::JWT_USERNAME_CLAIM)?.to_owned(),
            admin_claim: env.required(&variables::ADMIN_CLAIM)?.to_owned(),
            admin_value: env.required(&variables::ADMIN_VALUE)?.to_owned(),
            oidc,
            session_secret: session_secret(env),
        }))
    }

    /// The settings.
    #[must_use]
    pub(crate) fn settings(self) -> Settings {
        self.0
    }
}

fn oidc(env: &Env) -> Result<Option<OidcSettings>, ConfigError> {
    let public_issuer = env.web_address(&variables::OIDC_PUBLIC_ISSUER)?;
    let redirect_url = env.web_address(&variables::OIDC_REDIRECT_URL)?;
    let Some(issuer) = env.web_address(&variables::OIDC_ISSUER)? else { return Ok(None) };
    Ok(Some(OidcSettings {
        issuer,
        public_issuer,
        client_id: env.required(&variables::OIDC_CLIENT_ID)?.to_owned(),
        client_secret: env.text(&variables::OIDC_CLIENT_SECRET).map(Secret::new),
        redirect_url: redirect_url
            .ok_or(ConfigError::Missing(variables::OIDC_REDIRECT_URL.name))?,
        scopes: env
            .required(&variables::OIDC_SCOPES)?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    }))
}

/// The client secret, so that all replicas can read a session. A random secret without one: then a
/// session is valid on one replica only.
fn session_secret(env: &Env) -> Secret {
    match env.text(&variables::OIDC_CLIENT_SECRET) {
        Some(secret) => Secret::new(secret),
        None => Secret::new(clock::random_hex::<32>()),
    }
}
