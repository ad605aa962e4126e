//! Sessions are renewed in silence with their refresh token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::{
    provider::{NotRenewed, OpenIdProvider, Tokens},
    session::Session,
};

/// How long an outcome serves other requests that still bear the old cookie, and how long a provider that is down is left alone.
const SERVES: SignedDuration = SignedDuration::from_secs(60);

/// How an attempt went.
#[derive(Debug, Clone)]
pub(crate) enum Renewal {
    /// The session goes on.
    Renewed(Session),
    /// It ends when its time is up.
    Refused,
    /// The provider could not be asked; a later attempt may do better.
    Failed,
}

type Attempt = Arc<OnceCell<Renewal>>;

/// When each attempt began, by the SHA-256 of its refresh token.
type Attempts = HashMap<[u8; 32], (Timestamp, Attempt)>;

/// The renewals of the last moments. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Renewals {
    clock: SharedClock,
    attempts: Arc<Mutex<Attempts>>,
}

impl Renewals {
    pub(crate) fn new(clock: SharedClock) -> Self {
        Self { clock, attempts: Arc::default() }
    }

    /// The session with new claims and a new end. Requests that arrive together share one exchange, since a provider may take each
    /// refresh token only once.
    pub(crate) async fn renew(&self, provider: &OpenIdProvider, session: &Session) -> Renewal {
        let Some(token) = session.refresh_token.clone() else { return Renewal::Refused };
        let attempt = self.attempt(Sha256::digest(&token).into());
        let (renewals, provider, session) = (self.clone(), provider.clone(), session.clone());
        // In a task of its own: a client that hangs up must not take the provider's only answer along.
        let task = tokio::spawn(async move {
            attempt.get_or_init(|| renewals.exchange(&provider, &session, token)).await.clone()
        });
        task.await.unwrap_or(Renewal::Failed)
    }

    fn attempt(&self, mark: [u8; 32]) -> Attempt {
        let now = self.clock.now();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.retain(|_, (since, _)| now.duration_since(*since) < SERVES);
        let (_, attempt) = attempts.entry(mark).or_insert_with(|| (now, Arc::default()));
        attempt.clone()
    }

    async fn exchange(
        &self,
        provider: &OpenIdProvider,
        session: &Session,
        token: String,
    ) -> Renewal {
        match self.exchanged(provider, session, token).await {
            Ok(renewed) => Renewal::Renewed(renewed),
            Err(NotRenewed::Refused(error)) => {
                tracing::info!(%error, "the provider refused to renew a session");
                Renewal::Refused
            }
            Err(NotRenewed::Failed(error)) => {
                tracing::warn!(?error, "a session could not be renewed");
                Renewal::Failed
            }
        }
    }

    async fn exchanged(
        &self,
        provider: &OpenIdProvider,
        session: &Session,
        token: String,
    ) -> Result<Session, NotRenewed> {
        let Tokens { id_token, refresh_token } = provider.refresh(token.clone()).await?;
        let id_token =
            id_token.ok_or_else(|| NotRenewed::Refused("the provider sent no ID token".into()))?;
        let verified = provider.verified(&id_token).await.map_err(NotRenewed::Failed)?;
        // OpenID Connect Core, 12.2: it must be the same person's.
        if verified.claims.get("sub") != session.claims.get("sub") {
            return Err(NotRenewed::Refused("the provider sent somebody else's ID token".into()));
        }
        Ok(Session::new(verified, refresh_token.or(Some(token)), self.clock.now()))
    }
}
