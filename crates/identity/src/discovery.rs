//! What an issuer says of itself (OpenID Connect Discovery 1.0).
//!
//! Two addresses may lead to it (a split horizon): browsers use the public one, this server its own. Whichever of the two the document
//! names as issuer is the `iss` of its ID tokens; an endpoint below the other address is moved to the one that can be reached, and where
//! the endpoints are not below the issuer, their origin is.

use std::sync::Arc;

use clock::SharedClock;
use jiff::SignedDuration;
use openidconnect::{
    AuthUrl, IssuerUrl, TokenUrl,
    core::{CoreClientAuthMethod, CoreProviderMetadata},
};
use url::Url;

use crate::{SetupError, error::Cause, kept::Kept, web};

/// Endpoints hardly ever move.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// What the document says, as we use it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoints {
    /// The `iss` of its tokens.
    pub(crate) issuer: IssuerUrl,
    /// Where its keys are, for this server.
    pub(crate) keys_url: String,
    /// Its sign-in page, for browsers.
    pub(crate) sign_in: AuthUrl,
    /// Where codes are exchanged, for this server.
    pub(crate) token: Option<TokenUrl>,
    /// Whether it wants the client's secret in the body, as it does not take HTTP Basic.
    pub(crate) secret_in_body: bool,
}

/// The document of one issuer, kept fresh. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Discovery {
    ours: Arc<str>,
    public: Arc<str>,
    http: reqwest::Client,
    kept: Kept<Arc<Endpoints>>,
}

impl Discovery {
    /// Of the issuer at `ours`, for browsers at `public`; `variable` is the setting that says so.
    ///
    /// # Errors
    /// [`SetupError::Address`]
    pub(crate) fn new(
        variable: &'static str,
        ours: &str,
        public: Option<&str>,
        http: reqwest::Client,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        let kept = Kept::new("the identity provider's discovery document", LIFETIME, clock);
        let ours = base(variable, ours)?;
        let public = match public {
            Some(public) => base("OIDC_PUBLIC_ISSUER", public)?,
            None => ours.clone(),
        };
        Ok(Self { ours, public, http, kept })
    }

    /// The endpoints, asked for at first use.
    pub(crate) async fn endpoints(&self) -> Result<Arc<Endpoints>, Cause> {
        if let Some(known) = self.kept.known() {
            self.kept.keep_fresh(self.clone().fetch());
            return Ok(known);
        }
        self.kept.renew(self.clone().fetch()).await;
        self.kept.known().ok_or_else(|| "the discovery document could not be fetched".into())
    }

    async fn fetch(self) -> Result<Arc<Endpoints>, Cause> {
        let (ours, public) = (&*self.ours, &*self.public);
        let address = format!("{ours}/.well-known/openid-configuration");
        let metadata: CoreProviderMetadata = web::document(&self.http, &address).await?;
        let issuer = metadata.issuer().clone();
        if ![ours, public].contains(&issuer.trim_end_matches('/')) {
            return Err(format!("the provider calls itself {}", issuer.as_str()).into());
        }
        let token = metadata.token_endpoint().map(|url| TokenUrl::new(moved(url, public, ours)));
        let methods = metadata.token_endpoint_auth_methods_supported();
        Ok(Arc::new(Endpoints {
            issuer,
            keys_url: moved(metadata.jwks_uri(), public, ours),
            sign_in: AuthUrl::new(moved(metadata.authorization_endpoint(), ours, public))?,
            token: token.transpose()?,
            // Where nothing is said, it takes HTTP Basic (Discovery 1.0, section 3).
            secret_in_body: methods
                .is_some_and(|all| !all.contains(&CoreClientAuthMethod::ClientSecretBasic)),
        }))
    }
}

fn base(what: &'static str, address: &str) -> Result<Arc<str>, SetupError> {
    match Url::parse(address) {
        Ok(url) if url.has_host() => Ok(address.trim_end_matches('/').into()),
        _ => Err(SetupError::Address { what, value: address.to_owned() }),
    }
}

/// The address, at `to` where it was at `from`.
fn moved(address: &str, from: &str, to: &str) -> String {
    below(address, from, to)
        .or_else(|| below(address, &origin(from)?, &origin(to)?))
        .unwrap_or_else(|| address.to_owned())
}

fn below(address: &str, from: &str, to: &str) -> Option<String> {
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
        let (ours, public) = ("http://idp.svc:8080/realms/x", "https://id.example/auth/realms/x");
        for (address, expected) in [
            ("http://idp.svc:8080/realms/x/token", "https://id.example/auth/realms/x/token"),
            ("http://idp.svc:8080/realms/xy/token", "https://id.example/realms/xy/token"),
            ("http://idp.svc:8080/oauth/token", "https://id.example/oauth/token"),
            ("http://idp.svc:80801/token", "http://idp.svc:80801/token"),
            ("https://else/token", "https://else/token"),
        ] {
            assert_eq!(moved(address, ours, public), expected);
        }
    }
}
