//! Codes and refresh tokens that were handed out. They live in memory: after a restart people sign in again with one click.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::people::Person;

/// How long a code may take from the browser to the token endpoint.
const CODE_LIVES: SignedDuration = SignedDuration::from_secs(60);
const REFRESH_LIVES: SignedDuration = SignedDuration::from_hours(24 * 30);
/// More are not kept; the oldest go first.
const MOST: usize = 1_000;

/// What a code stands for.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) person: &'static Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

#[derive(Debug, Default)]
struct Book {
    codes: HashMap<String, (Timestamp, Grant)>,
    refreshes: HashMap<String, (Timestamp, &'static Person)>,
}

/// The grants of one provider.
#[derive(Debug, Clone)]
pub(super) struct Grants {
    book: Arc<Mutex<Book>>,
    clock: SharedClock,
}

impl Grants {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { book: Arc::default(), clock }
    }

    /// A code for a grant.
    pub(super) fn code(&self, grant: Grant) -> String {
        let until = self.clock.now() + CODE_LIVES;
        self.with(|book| insert(&mut book.codes, until, grant))
    }

    /// The grant of a code, once, if whoever brings it also began it (RFC 7636, 4.6).
    pub(super) fn redeem(&self, code: &str, redirect_uri: &str, verifier: &str) -> Option<Grant> {
        let (until, grant) = self.with(|book| book.codes.remove(code))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let fits = self.clock.now() < until
            && grant.redirect_uri == redirect_uri
            && grant.challenge == challenge;
        fits.then_some(grant)
    }

    /// A refresh token for a person.
    pub(super) fn refresh_token(&self, person: &'static Person) -> String {
        let until = self.clock.now() + REFRESH_LIVES;
        self.with(|book| insert(&mut book.refreshes, until, person))
    }

    /// Whose refresh token it is. It is used up, as that of a strict provider is.
    pub(super) fn refreshed(&self, token: &str) -> Option<&'static Person> {
        let (until, person) = self.with(|book| book.refreshes.remove(token))?;
        (self.clock.now() < until).then_some(person)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Book) -> T) -> T {
        act(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn insert<T>(kept: &mut HashMap<String, (Timestamp, T)>, until: Timestamp, value: T) -> String {
    if kept.len() >= MOST
        && let Some(oldest) =
            kept.iter().min_by_key(|(_, (until, _))| *until).map(|(name, _)| name.clone())
    {
        kept.remove(&oldest);
    }
    let name = clock::random_hex::<32>();
    kept.insert(name.clone(), (until, value));
    name
}
