//! The issuer's public keys, kept fresh.

use std::{collections::BTreeMap, sync::Arc};

use clock::SharedClock;
use jiff::SignedDuration;
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use crate::{AuthError, error::Cause, kept::Kept, web};

/// Keys are looked up again after this, so that one that was withdrawn is forgotten.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A key and what it may verify.
#[derive(Clone)]
struct VerifyingKey {
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// All keys at one time.
struct Snapshot {
    /// By key id; keys without one are under an id that no token can name.
    keys: BTreeMap<String, VerifyingKey>,
    document: JwkSet,
    /// Goes up whenever the keys change.
    generation: u64,
}

/// The keys that may have signed a token.
pub(crate) struct Candidates {
    pub(crate) keys: Vec<DecodingKey>,
    /// The set of keys that they are from.
    pub(crate) generation: u64,
}

/// The keys of one issuer. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys {
    http: reqwest::Client,
    kept: Kept<Arc<Snapshot>>,
}

impl Keys {
    pub(crate) fn new(http: reqwest::Client, clock: SharedClock) -> Self {
        Self { http, kept: Kept::new("the issuer's keys", LIFETIME, clock) }
    }

    /// The number of the present set of keys: what was verified under another may have been withdrawn. Sees to it that the set does not
    /// grow old.
    pub(crate) fn generation(&self, url: &str) -> Option<u64> {
        self.kept.keep_fresh(self.fetch(url));
        self.kept.known().map(|snapshot| snapshot.generation)
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
    ) -> Result<Candidates, AuthError> {
        if let Some(found) = self.known(id, algorithm) {
            return Ok(found);
        }
        self.kept.renew(self.fetch(url)).await;
        match self.known(id, algorithm) {
            Some(found) => Ok(found),
            None if self.kept.known().is_some() => Err(AuthError::Signature),
            None => Err(AuthError::KeysUnavailable),
        }
    }

    fn known(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Candidates> {
        let snapshot = self.kept.known()?;
        let named = |name: &str| id.is_none_or(|id| id == name);
        let fitting = |(name, key): &(&String, &VerifyingKey)| {
            named(name) && key.algorithms.contains(&algorithm)
        };
        let keys: Vec<_> =
            snapshot.keys.iter().filter(fitting).map(|(_, key)| key.key.clone()).collect();
        (!keys.is_empty()).then_some(Candidates { keys, generation: snapshot.generation })
    }

    fn fetch(
        &self,
        url: &str,
    ) -> impl Future<Output = Result<Arc<Snapshot>, Cause>> + Send + 'static {
        let (http, url, before) = (self.http.clone(), url.to_owned(), self.kept.known());
        async move {
            let document = web::document::<LenientSet>(&http, &url).await?.into_set();
            Ok(match before {
                Some(before) if before.document == document => before,
                before => {
                    Arc::new(Snapshot::of(document, before.map_or(0, |set| set.generation + 1)))
                }
            })
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.kept.known().map(|snapshot| snapshot.generation);
        f.debug_struct("Keys").field("generation", &generation).finish_non_exhaustive()
    }
}

impl Snapshot {
    fn of(document: JwkSet, generation: u64) -> Self {
        let keys = document.keys.iter().enumerate().filter_map(verifying_key).collect();
        Self { keys, document, generation }
    }
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
