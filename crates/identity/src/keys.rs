//! The issuer's public keys, kept fresh.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{AuthError, error::Cause, web};

/// An unknown key id makes us look again, but not more often than this: ids are free to invent.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// Keys are looked up again after this, so that one that was withdrawn is forgotten.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A key and what it may verify.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    pub(crate) key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// All keys at one time.
#[derive(Clone, Default)]
struct Snapshot {
    /// By key id; keys without one are under the empty id and a number.
    keys: BTreeMap<String, VerifyingKey>,
    document: Option<JwkSet>,
    fetched_at: Option<Timestamp>,
    /// Goes up whenever the keys change.
    generation: u64,
}

/// The keys of one issuer. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys {
    http: reqwest::Client,
    clock: SharedClock,
    snapshot: Arc<RwLock<Snapshot>>,
    /// When they were last asked for, well or not; held while somebody asks, so that only one does.
    last_attempt: Arc<Mutex<Option<Timestamp>>>,
}

impl Keys {
    pub(crate) fn new(http: reqwest::Client, clock: SharedClock) -> Self {
        Self { http, clock, snapshot: Arc::default(), last_attempt: Arc::default() }
    }

    /// The number of the present set of keys: what was verified under another may have been withdrawn.
    pub(crate) fn generation(&self) -> u64 {
        self.read(|snapshot| snapshot.generation)
    }

    /// The keys that may have signed a token with this key id and algorithm, fetched from `url` where they are not known.
    ///
    /// # Errors
    /// [`AuthError::Signature`] when there is none; [`AuthError::KeysUnavailable`] when no keys could ever be fetched.
    pub(crate) async fn find(
        &self,
        url: &str,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, AuthError> {
        let known = self.known(id, algorithm);
        if known.is_empty() {
            self.refresh(self.last_attempt.lock().await, url).await;
        } else if !self.is_old() {
            return Ok(known);
        } else if let Ok(turn) = self.last_attempt.try_lock() {
            // One request looks again; the others need not wait for an issuer that may hang.
            self.refresh(turn, url).await;
        }
        let known = self.known(id, algorithm);
        match (known.is_empty(), self.read(|snapshot| snapshot.fetched_at.is_some())) {
            (false, _) => Ok(known),
            (true, true) => Err(AuthError::Signature),
            (true, false) => Err(AuthError::KeysUnavailable),
        }
    }

    fn known(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        self.read(|snapshot| {
            let named = |name: &str| id.is_none_or(|id| id == name);
            let fitting = |(name, key): &(&String, &VerifyingKey)| {
                named(name) && key.algorithms.contains(&algorithm)
            };
            snapshot.keys.iter().filter(fitting).map(|(_, key)| key.key.clone()).collect()
        })
    }

    /// Whether it is time to look again for keys that were withdrawn.
    pub(crate) fn is_old(&self) -> bool {
        let now = self.clock.now();
        self.read(|snapshot| snapshot.fetched_at.is_none_or(|at| now.duration_since(at) > LIFETIME))
    }

    /// Fetches the keys unless somebody did a moment ago. An issuer that does not answer costs us nothing that we know.
    async fn refresh(&self, mut last: MutexGuard<'_, Option<Timestamp>>, url: &str) {
        let now = self.clock.now();
        if last.is_some_and(|at| now.duration_since(at) < PAUSE) {
            return;
        }
        *last = Some(now);
        let answer = web::document::<LenientSet>(&self.http, url).await;
        // Again: those who waited for an issuer that hangs must not each wait anew.
        *last = Some(self.clock.now());
        match answer {
            Ok(set) => self.replace(set.into_set(), now),
            Err(error) => log_failure(&error),
        }
    }

    fn replace(&self, set: JwkSet, now: Timestamp) {
        let mut snapshot = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        snapshot.fetched_at = Some(now);
        if snapshot.document.as_ref() != Some(&set) {
            snapshot.keys = set.keys.iter().enumerate().filter_map(verifying_key).collect();
            snapshot.document = Some(set);
            snapshot.generation += 1;
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("generation", &self.generation()).finish_non_exhaustive()
    }
}

fn log_failure(error: &Cause) {
    tracing::warn!(error = %error, "the issuer's keys could not be fetched; those that are known go on counting");
}

/// A set of which one strange key must not hide the others.
#[derive(serde::Deserialize)]
struct LenientSet {
    keys: Vec<serde_json::Value>,
}

impl LenientSet {
    fn into_set(self) -> JwkSet {
        JwkSet {
            keys: self
                .keys
                .into_iter()
                .filter_map(|key| serde_json::from_value(key).ok())
                .collect(),
        }
    }
}

fn verifying_key((number, jwk): (usize, &Jwk)) -> Option<(String, VerifyingKey)> {
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
        return None;
    }
    let algorithms = algorithms_of(jwk);
    let key = DecodingKey::from_jwk(jwk).ok().filter(|_| !algorithms.is_empty())?;
    let name = jwk.common.key_id.clone().unwrap_or_else(|| format!("\0{number}"));
    Some((name, VerifyingKey { key, algorithms }))
}

/// Asymmetric algorithms only, and of those only what fits the key: a token's header never chooses how it is verified.
fn algorithms_of(jwk: &Jwk) -> Vec<Algorithm> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let fitting = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => vec![RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => vec![ES256],
            EllipticCurve::P384 => vec![ES384],
            _ => vec![],
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            vec![EdDSA]
        }
        _ => vec![],
    };
    match jwk.common.key_algorithm {
        Some(named) => fitting
            .into_iter()
            .filter(|algorithm| named.to_string() == format!("{algorithm:?}"))
            .collect(),
        None => fitting,
    }
}
