//! Issued codes and refresh tokens. They are in memory only: after a restart people sign in again
//! with one click.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::people::Person;

/// How long a code is valid.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// How long a refresh token is valid.
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The most codes, and the most refresh tokens. A further one replaces the oldest.
const MAX_GRANTS: usize = 1_000;

/// The sign-in that a code belongs to.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) person: &'static Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

#[derive(Debug, Default)]
struct Issued {
    codes: HashMap<String, (Timestamp, Grant)>,
    refresh_tokens: HashMap<String, (Timestamp, &'static Person)>,
}

/// The grants of one provider.
#[derive(Debug, Clone)]
pub(super) struct Grants {
    issued: Arc<Mutex<Issued>>,
    clock: SharedClock,
}

impl Grants {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { issued: Arc::default(), clock }
    }

    /// Issues a code for a grant.
    pub(super) fn code(&self, grant: Grant) -> String {
        let until = self.clock.now() + CODE_LIFETIME;
        self.with(|issued| insert(&mut issued.codes, until, grant))
    }

    /// Takes the grant of a code. `verifier` must match the challenge that the sign-in began with
    /// (RFC 7636, 4.6).
    pub(super) fn redeem(&self, code: &str, redirect_uri: &str, verifier: &str) -> Option<Grant> {
        let (until, grant) = self.with(|issued| issued.codes.remove(code))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let is_valid = self.clock.now() < until
            && grant.redirect_uri == redirect_uri
            && grant.challenge == challenge;
        is_valid.then_some(grant)
    }

    /// Issues a refresh token for a person.
    pub(super) fn refresh_token(&self, person: &'static Person) -> String {
        let until = self.clock.now() + REFRESH_TOKEN_LIFETIME;
        self.with(|issued| insert(&mut issued.refresh_tokens, until, person))
    }

    /// Takes a refresh token; returns its person. A refresh token is valid once, as at a strict
    /// provider.
    pub(super) fn refreshed(&self, token: &str) -> Option<&'static Person> {
        let (until, person) = self.with(|issued| issued.refresh_tokens.remove(token))?;
        (self.clock.now() < until).then_some(person)
    }

    /// Revokes a refresh token.
    pub(super) fn revoke(&self, token: &str) {
        self.with(|issued| issued.refresh_tokens.remove(token));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Issued) -> T) -> T {
        act(&mut self.issued.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn insert<T>(kept: &mut HashMap<String, (Timestamp, T)>, until: Timestamp, value: T) -> String {
    if kept.len() >= MAX_GRANTS
        && let Some(oldest) =
            kept.iter().min_by_key(|(_, (until, _))| *until).map(|(name, _)| name.clone())
    {
        kept.remove(&oldest);
    }
    let name = clock::random_hex::<32>();
    kept.insert(name.clone(), (until, value));
    name
}
