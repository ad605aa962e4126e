//! The configuration of authentication and sign-in.

use identity::{CookieSecrets, OidcSettings, Secret, Settings, is_configured_issuer};
use jiff::SignedDuration;

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
        let cookie_secrets = cookie_secrets(env, oidc.as_ref())?;
        Ok(Self(Settings {
            jwks_url,
            issuer: env.required(&variables::JWT_ISSUER)?.to_owned(),
            audience: env.required(&variables::JWT_AUDIENCE)?.to_owned(),
            username_claim: env.required(&variables::JWT_USERNAME_CLAIM)?.to_owned(),
            admin_claim: env.required(&variables::ADMIN_CLAIM)?.to_owned(),
            admin_value: env.required(&variables::ADMIN_VALUE)?.to_owned(),
            oidc,
            max_session_lifetime: max_session_lifetime(env)?,
            cookie_secrets,
        }))
    }

    /// The settings.
    #[must_use]
    pub(crate) fn settings(self) -> Settings {
        self.0
    }
}

/// The issuer, unless it is the configured one.
///
/// # Errors
/// [`ConfigError`] when `JWT_ISSUER` is missing, or the address of a provider is malformed.
pub(crate) fn other_issuer(env: &Env, issuer: &str) -> Result<Option<String>, ConfigError> {
    let configured = env.required(&variables::JWT_ISSUER)?;
    let provider = [
        env.web_address(&variables::OIDC_ISSUER)?,
        env.web_address(&variables::OIDC_PUBLIC_ISSUER)?,
    ];
    let provider = provider.iter().flatten().map(String::as_str);
    Ok((!is_configured_issuer(configured, provider, issuer)).then(|| issuer.to_owned()))
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

/// The longest `SESSION_MAX_LIFETIME` in seconds: a year.
const LONGEST_SESSION: u32 = 31_536_000;

fn max_session_lifetime(env: &Env) -> Result<SignedDuration, ConfigError> {
    let variable = &variables::SESSION_MAX_LIFETIME;
    let form = format!("a number of seconds from 1 to {LONGEST_SESSION}");
    let seconds: u32 = env.parsed(variable, &form)?;
    if (1..=LONGEST_SESSION).contains(&seconds) {
        Ok(SignedDuration::from_secs(seconds.into()))
    } else {
        Err(ConfigError::malformed(variable, format!("`{seconds}` is not {form}")))
    }
}

/// The fewest characters of a secret in `SESSION_SECRET`.
const MIN_SECRET_LENGTH: usize = 32;

/// `SESSION_SECRET`, else the client secret, so that all replicas can read a session. A random
/// secret without both: then a session is valid on one replica only.
fn cookie_secrets(env: &Env, oidc: Option<&OidcSettings>) -> Result<CookieSecrets, ConfigError> {
    let replicas: u32 = env.parsed(&variables::SERVE_REPLICAS, "a whole number of at least 0")?;
    if let Some(list) = env.text(&variables::SESSION_SECRET) {
        return session_secrets(list);
    }
    let client_secret = oidc.and_then(|oidc| oidc.client_secret.clone());
    if oidc.is_some() && client_secret.is_none() && replicas > 1 {
        return Err(ConfigError::Needed {
            name: variables::SESSION_SECRET.name,
            reason: format!(
                "without it and without {}, the {replicas} replicas could not read each other's \
                 sessions",
                variables::OIDC_CLIENT_SECRET.name,
            ),
        });
    }
    Ok(client_secret.unwrap_or_else(|| Secret::new(clock::random_hex::<32>())).into())
}

/// The secrets of `SESSION_SECRET`.
fn session_secrets(list: &str) -> Result<CookieSecrets, ConfigError> {
    let mut secrets = list.split(',').map(|text| {
        let text = text.trim();
        if text.chars().count() >= MIN_SECRET_LENGTH {
            return Ok(Secret::new(text));
        }
        let problem = format!("a secret of it has fewer than {MIN_SECRET_LENGTH} characters");
        Err(ConfigError::malformed(&variables::SESSION_SECRET, problem))
    });
    let first = secrets.next().ok_or(ConfigError::Missing(variables::SESSION_SECRET.name))??;
    Ok(CookieSecrets::new(first, secrets.collect::<Result<_, _>>()?))
}
