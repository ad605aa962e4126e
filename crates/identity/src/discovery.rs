//! The issuer's discovery document (OpenID Connect Discovery 1.0).
//!
//! The issuer may have two addresses: browsers use the public one, this server the internal one.
//! The document names one of the two as issuer, which is the `iss` of its ID tokens. Endpoints for
//! browsers are rewritten to the public address, endpoints for this server to the internal one.
//! When an endpoint is not below the issuer's address, only its origin is rewritten.

use std::sync::Arc;

use clock::SharedClock;
use jiff::SignedDuration;
use openidconnect::{
    AuthUrl, IssuerUrl, TokenUrl,
    core::{CoreClientAuthMethod, CoreProviderMetadata},
};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{SetupError, error::Cause, http_client, refreshing::Refreshing};

/// Endpoints are fetched again after this time.
const MAX_ENDPOINTS_AGE: SignedDuration = SignedDuration::from_hours(1);

/// The parts of the document that `openidconnect` does not read.
#[derive(Deserialize)]
struct SignOutMetadata {
    /// RFC 8414, section 2.
    revocation_endpoint: Option<String>,
    /// OpenID Connect RP-Initiated Logout 1.0, section 2.1.
    end_session_endpoint: Option<String>,
}

/// The parts of the document that Dploy uses.
#[derive(Debug, Clone)]
pub(crate) struct Endpoints {
    /// The `iss` of the issuer's tokens.
    pub(crate) issuer: IssuerUrl,
    /// The address of its keys, for this server.
    pub(crate) keys_url: String,
    /// The address of its sign-in page, for browsers.
    pub(crate) sign_in: AuthUrl,
    /// The address of its token endpoint, for this server.
    pub(crate) token: Option<TokenUrl>,
    /// The address that revokes tokens, for this server.
    pub(crate) revocation: Option<String>,
    /// The address that ends the provider's session, for browsers.
    pub(crate) end_session: Option<String>,
    /// Whether the client's secret goes into the body, because the endpoint does not support HTTP
    /// Basic.
    pub(crate) secret_in_body: bool,
}

/// The discovery document of one issuer. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Discovery {
    internal: Arc<str>,
    public: Arc<str>,
    http: reqwest::Client,
    current: Refreshing<Arc<Endpoints>>,
}

impl Discovery {
    /// The document of the issuer at `internal`, which browsers reach at `public`. `variable` names
    /// the setting of `internal`.
    ///
    /// # Errors
    /// [`SetupError::Address`]
    pub(crate) fn new(
        variable: &'static str,
        internal: &str,
        public: Option<&str>,
        http: reqwest::Client,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        let name = "the identity provider's discovery document";
        let current = Refreshing::new(name, MAX_ENDPOINTS_AGE, clock);
        let internal = without_slash(variable, internal)?;
        let public = match public {
            Some(public) => without_slash("OIDC_PUBLIC_ISSUER", public)?,
            None => internal.clone(),
        };
        Ok(Self { internal, public, http, current })
    }

    /// The endpoints, fetched at first use.
    pub(crate) async fn endpoints(&self) -> Result<Arc<Endpoints>, Cause> {
        if let Some(endpoints) = self.current.current() {
            self.current.refresh_if_stale(self.clone().fetch());
            return Ok(endpoints);
        }
        self.current.refresh(self.clone().fetch()).await;
        self.current.current().ok_or_else(|| "the discovery document could not be fetched".into())
    }

    async fn fetch(self) -> Result<Arc<Endpoints>, Cause> {
        let (internal, public) = (&*self.internal, &*self.public);
        let address = format!("{internal}/.well-known/openid-configuration");
        let document: Value = http_client::fetch_json(&self.http, &address).await?;
        let metadata = CoreProviderMetadata::deserialize(&document)?;
        let sign_out = SignOutMetadata::deserialize(&document)?;
        let issuer = metadata.issuer().clone();
        if ![internal, public].contains(&issuer.trim_end_matches('/')) {
            return Err(format!("the provider calls itself {}", issuer.as_str()).into());
        }
        let token =
            metadata.token_endpoint().map(|url| TokenUrl::new(rebased(url, public, internal)));
        let methods = metadata.token_endpoint_auth_methods_supported();
        Ok(Arc::new(Endpoints {
            issuer,
            keys_url: rebased(metadata.jwks_uri(), public, internal),
            sign_in: AuthUrl::new(rebased(metadata.authorization_endpoint(), internal, public))?,
            token: token.transpose()?,
            revocation: sign_out.revocation_endpoint.map(|url| rebased(&url, public, internal)),
            end_session: sign_out.end_session_endpoint.map(|url| rebased(&url, internal, public)),
            // HTTP Basic is the default (Discovery 1.0, section 3).
            secret_in_body: methods
                .is_some_and(|all| !all.contains(&CoreClientAuthMethod::ClientSecretBasic)),
        }))
    }
}

fn without_slash(what: &'static str, address: &str) -> Result<Arc<str>, SetupError> {
    match Url::parse(address) {
        Ok(url) if url.has_host() => Ok(address.trim_end_matches('/').into()),
        _ => Err(SetupError::Address { what, value: address.to_owned() }),
    }
}

/// The address below `to` that corresponds to one below `from`. Another address stays as it is.
fn rebased(address: &str, from: &str, to: &str) -> String {
    with_prefix(address, from, to)
        .or_else(|| with_prefix(address, &origin(from)?, &origin(to)?))
        .unwrap_or_else(|| address.to_owned())
}

fn with_prefix(address: &str, from: &str, to: &str) -> Option<String> {
    let rest = address.strip_prefix(from)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
}

fn origin(address: &str) -> Option<String> {
    Some(Url::parse(address).ok()?.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_move_from_one_address_to_the_other() {
        let (internal, public) =
            ("http://idp.svc:8080/realms/x", "https://id.example/auth/realms/x");
        for (address, expected) in [
            ("http://idp.svc:8080/realms/x/token", "https://id.example/auth/realms/x/token"),
            ("http://idp.svc:8080/realms/xy/token", "https://id.example/realms/xy/token"),
            ("http://idp.svc:8080/oauth/token", "https://id.example/oauth/token"),
            ("http://idp.svc:80801/token", "http://idp.svc:80801/token"),
            ("https://else/token", "https://else/token"),
        ] {
            assert_eq!(rebased(address, internal, public), expected);
        }
    }
}
