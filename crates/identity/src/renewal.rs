//! Renews sessions with their refresh token, without the person.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::{
    provider::{OpenIdProvider, RefreshError, Tokens},
    session::Session,
};

/// How long requests with the old cookie get the same outcome. A provider that is down is not
/// called again within this time.
const OUTCOME_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// The outcome of one renewal.
#[derive(Debug, Clone)]
pub(crate) enum Renewal {
    /// The new session.
    Renewed(Session),
    /// The provider refused; the session ends when it expires.
    Refused,
    /// The provider did not answer; a later attempt may succeed.
    Failed,
}

type Attempt = Arc<OnceCell<Renewal>>;

/// Each attempt with its start, by the SHA-256 of its refresh token.
type Attempts = HashMap<[u8; 32], (Timestamp, Attempt)>;

/// The renewals of the last [`OUTCOME_LIFETIME`]. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Renewals {
    clock: SharedClock,
    max_session_lifetime: SignedDuration,
    attempts: Arc<Mutex<Attempts>>,
}

impl Renewals {
    pub(crate) fn new(clock: SharedClock, max_session_lifetime: SignedDuration) -> Self {
        Self { clock, max_session_lifetime, attempts: Arc::default() }
    }

    /// Renews a session. Concurrent requests share one exchange, because a provider may accept each
    /// refresh token only once.
    pub(crate) async fn renew(&self, provider: &OpenIdProvider, session: &Session) -> Renewal {
        let Some(token) = session.refresh_token.clone() else { return Renewal::Refused };
        let attempt = self.attempt(Sha256::digest(&token).into());
        let (renewals, provider, session) = (self.clone(), provider.clone(), session.clone());
        // In its own task: a disconnecting client must not cancel the exchange and lose its tokens.
        let task = tokio::spawn(async move {
            attempt.get_or_init(|| renewals.exchange(&provider, &session, token)).await.clone()
        });
        task.await.unwrap_or(Renewal::Failed)
    }

    fn attempt(&self, fingerprint: [u8; 32]) -> Attempt {
        let now = self.clock.now();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.retain(|_, (began, _)| now.duration_since(*began) < OUTCOME_LIFETIME);
        let (_, attempt) = attempts.entry(fingerprint).or_insert_with(|| (now, Arc::default()));
        attempt.clone()
    }

    async fn exchange(
        &self,
        provider: &OpenIdProvider,
        session: &Session,
        token: String,
    ) -> Renewal {
        match self.try_exchange(provider, session, token).await {
            Ok(renewed) => Renewal::Renewed(renewed),
            Err(RefreshError::Refused(error)) => {
                tracing::info!(%error, "the provider refused to renew a session");
                Renewal::Refused
            }
            Err(RefreshError::Failed(error)) => {
                tracing::warn!(?error, "could not renew a session");
                Renewal::Failed
            }
        }
    }

    async fn try_exchange(
        &self,
        provider: &OpenIdProvider,
        session: &Session,
        token: String,
    ) -> Result<Session, RefreshError> {
        let Tokens { id_token, refresh_token } = provider.refresh(token.clone()).await?;
        let id_token = id_token
            .ok_or_else(|| RefreshError::Refused("the provider sent no ID token".into()))?;
        let verified = provider.verified(&id_token).await.map_err(RefreshError::Failed)?;
        // OpenID Connect Core, 12.2: the subject must not change.
        if verified.claims.get("sub") != session.claims.get("sub") {
            return Err(RefreshError::Refused("the provider sent somebody else's ID token".into()));
        }
        Ok(Session::new(
            verified,
            refresh_token.or(Some(token)),
            session.signed_in_at,
            self.clock.now(),
            self.max_session_lifetime,
        ))
    }
}
