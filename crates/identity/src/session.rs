//! What a session cookie holds: verified claims, and the refresh token that renews them.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::token_verifier::Verified;

/// A session is renewed in its last two minutes, or in the last quarter of a shorter session.
const RENEW_BEFORE_END: SignedDuration = SignedDuration::from_mins(2);

/// How long a request takes at most, from its authentication to its answer.
pub(crate) const LONGEST_REQUEST: SignedDuration = SignedDuration::from_mins(5);

/// The session of a signed-in person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) claims: Map<String, Value>,
    /// When the person signed in. A renewal keeps it.
    pub(crate) signed_in_at: Timestamp,
    /// When the session was last renewed; the sign-in of one that never was.
    renewed_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// The time from which a request renews the session.
    pub(crate) renew_at: Timestamp,
    pub(crate) refresh_token: Option<String>,
}

impl Session {
    /// The session of a verified ID token. It ends `max_lifetime` after the sign-in at the latest,
    /// whatever the token says.
    pub(crate) fn new(
        verified: Verified,
        refresh_token: Option<String>,
        signed_in_at: Timestamp,
        now: Timestamp,
        max_lifetime: SignedDuration,
    ) -> Self {
        let end = signed_in_at + max_lifetime;
        let expires_at = verified.expires_at.min(end);
        let renew_at = if expires_at == end {
            // A renewal would not prolong it.
            expires_at
        } else {
            expires_at - RENEW_BEFORE_END.min(expires_at.duration_since(now) / 4)
        };
        let claims = Arc::unwrap_or_clone(verified.claims);
        Self { claims, signed_in_at, renewed_at: now, expires_at, renew_at, refresh_token }
    }

    /// The session as far as `max_lifetime` allows it: `None` once it is over. The limit may have
    /// become shorter since the session was made.
    pub(crate) fn within(mut self, max_lifetime: SignedDuration, now: Timestamp) -> Option<Self> {
        let end = self.signed_in_at + max_lifetime;
        self.expires_at = self.expires_at.min(end);
        (now < end).then_some(self)
    }

    /// Whether a request that is not answered yet may store this session, renewed, in the browser
    /// again.
    pub(crate) fn may_be_under_renewal(&self, now: Timestamp) -> bool {
        let was_just_renewed = self.renewed_at > self.signed_in_at
            && now.duration_since(self.renewed_at) < LONGEST_REQUEST;
        self.refresh_token.is_some() && (now >= self.renew_at || was_just_renewed)
    }

    /// The time until which the browser keeps the session.
    pub(crate) fn kept_until(&self, max_lifetime: SignedDuration) -> Timestamp {
        match self.refresh_token {
            Some(_) => self.signed_in_at + max_lifetime,
            None => self.expires_at,
        }
    }
}

/// Omits the refresh token and the claims, which must not reach a log.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
