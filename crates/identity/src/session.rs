//! What a session cookie holds: verified claims, and the refresh token that renews them.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::token_verifier::Verified;

/// A session is renewed in its last two minutes, or in the last quarter of a shorter session.
const RENEW_BEFORE_END: SignedDuration = SignedDuration::from_mins(2);

/// The session of a signed-in person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) claims: Map<String, Value>,
    pub(crate) expires_at: Timestamp,
    /// The time from which a request renews the session.
    pub(crate) renew_at: Timestamp,
    pub(crate) refresh_token: Option<String>,
}

impl Session {
    /// The session of a verified ID token.
    pub(crate) fn new(verified: Verified, refresh_token: Option<String>, now: Timestamp) -> Self {
        let expires_at = verified.expires_at;
        let renew_at = expires_at - RENEW_BEFORE_END.min(expires_at.duration_since(now) / 4);
        Self { claims: Arc::unwrap_or_clone(verified.claims), expires_at, renew_at, refresh_token }
    }
}

/// Omits the refresh token and the claims, which must not reach a log.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
