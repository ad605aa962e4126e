//! Sign-out of a browser.
//!
//! Sessions are in cookies alone, so no replica knows them. A sign-out removes the browser's
//! cookies and has the provider revoke the refresh token: a copy of the cookie is not renewed any
//! more.

use cookie::time::Duration;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Identity,
    cookies::{ARRIVAL, PENDING_SIGN_IN, SESSION, SIGNED_OUT, removed},
    provider::OpenIdProvider,
    session::{LONGEST_REQUEST, Session},
};

/// What a sign-out leaves behind.
#[derive(Debug)]
pub struct SignOut {
    /// `Set-Cookie` headers that end the session in this browser.
    pub set_cookies: Vec<HeaderValue>,
    /// The provider's page that ends the provider's own session and returns to this site, if there
    /// was a session and the provider has such a page.
    pub provider_page: Option<HeaderValue>,
}

/// The content of the cookie [`SIGNED_OUT`].
#[derive(Serialize, Deserialize)]
struct SignedOut {
    at: Timestamp,
}

impl Identity {
    /// Ends the session: `GET /auth/logout`. Never fails, and does not wait for the provider to
    /// revoke the token.
    pub async fn sign_out(&self, headers: &HeaderMap) -> SignOut {
        let mut set_cookies = removed(headers, SESSION);
        set_cookies.extend(removed(headers, PENDING_SIGN_IN));
        set_cookies.extend(removed(headers, ARRIVAL));
        let Some(session) = self.cookies.read::<Session>(headers, SESSION) else {
            return SignOut { set_cookies, provider_page: None };
        };
        set_cookies.extend(self.signed_out(headers, &session));
        let Some(provider) = &self.provider else {
            return SignOut { set_cookies, provider_page: None };
        };
        if let Some(token) = session.refresh_token {
            tokio::spawn(revoke(provider.clone(), token));
        }
        let page = provider.sign_out_page().await;
        let provider_page = page.and_then(|page| HeaderValue::from_str(&page).ok());
        SignOut { set_cookies, provider_page }
    }

    /// Whether the browser signed out after it signed in to this session. Then a request that was
    /// under way at the sign-out stored the session again.
    pub(crate) fn has_signed_out(&self, headers: &HeaderMap, session: &Session) -> bool {
        let signed_out: Option<SignedOut> = self.cookies.read(headers, SIGNED_OUT);
        signed_out.is_some_and(|signed_out| session.signed_in_at <= signed_out.at)
    }

    /// The `Set-Cookie` headers of [`SignedOut`], if a request may be about to store the session
    /// again.
    fn signed_out(&self, headers: &HeaderMap, session: &Session) -> Vec<HeaderValue> {
        let now = self.clock.now();
        if !session.may_be_under_renewal(now) {
            return Vec::new();
        }
        let lifetime = Duration::seconds(LONGEST_REQUEST.as_secs());
        let signed_out = SignedOut { at: now };
        self.cookies.set(headers, SIGNED_OUT, &signed_out, lifetime).unwrap_or_default()
    }
}

/// Revokes a refresh token as far as possible.
async fn revoke(provider: OpenIdProvider, token: String) {
    if let Err(error) = provider.revoke(&token).await {
        tracing::warn!(?error, "could not revoke the refresh token of a sign-out");
    }
}
