//! The issuer's public keys, fetched and refreshed.

use std::{collections::BTreeMap, sync::Arc};

use clock::SharedClock;
use jiff::SignedDuration;
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use crate::{AuthError, error::Cause, http_client, refreshing::Refreshing};

/// Keys are fetched again after this time, so that a withdrawn key stops verifying tokens.
const MAX_KEYS_AGE: SignedDuration = SignedDuration::from_mins(10);

/// Keys count for this time after they were fetched, and longer for no outage: the issuer may have
/// withdrawn one since.
const KEYS_USABLE_FOR: SignedDuration = SignedDuration::from_hours(1);

/// A key and the algorithms it may verify.
#[derive(Clone)]
struct VerifyingKey {
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// The issuer's keys as of one fetch.
struct KeySet {
    /// By key id. A key without an id has one that no token can name.
    keys: BTreeMap<String, VerifyingKey>,
    document: JwkSet,
    /// Increases when the keys change.
    generation: u64,
}

/// The keys that may have signed a token.
pub(crate) struct Candidates {
    pub(crate) keys: Vec<DecodingKey>,
    /// The generation of the key set they belong to.
    pub(crate) generation: u64,
}

/// The keys of one issuer. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys {
    http: reqwest::Client,
    current: Refreshing<Arc<KeySet>>,
}

impl Keys {
    pub(crate) fn new(http: reqwest::Client, clock: SharedClock) -> Self {
        let current = Refreshing::new("the issuer's keys", MAX_KEYS_AGE, clock);
        Self { http, current: current.usable_for(KEYS_USABLE_FOR) }
    }

    /// The generation of the current key set; a key of another generation may be withdrawn.
    /// Refreshes a stale key set in the background.
    pub(crate) fn generation(&self, url: &str) -> Option<u64> {
        self.current.refresh_if_stale(self.fetch(url));
        self.current.current().map(|set| set.generation)
    }

    /// The keys that may have signed a token with this key id and algorithm. Fetches from `url`
    /// when the current key set has no such key.
    ///
    /// # Errors
    /// [`AuthError::Signature`] when no key matches; [`AuthError::KeysUnavailable`] when no fetch
    /// succeeded within [`KEYS_USABLE_FOR`].
    pub(crate) async fn find(
        &self,
        url: &str,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Candidates, AuthError> {
        if let Some(found) = self.candidates(id, algorithm) {
            return Ok(found);
        }
        self.current.refresh(self.fetch(url)).await;
        match self.candidates(id, algorithm) {
            Some(found) => Ok(found),
            None if self.current.current().is_some() => Err(AuthError::Signature),
            None => Err(AuthError::KeysUnavailable),
        }
    }

    fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Candidates> {
        let set = self.current.current()?;
        let has_id = |key_id: &str| id.is_none_or(|id| id == key_id);
        let matches = |(key_id, key): &(&String, &VerifyingKey)| {
            has_id(key_id) && key.algorithms.contains(&algorithm)
        };
        let keys: Vec<_> =
            set.keys.iter().filter(matches).map(|(_, key)| key.key.clone()).collect();
        (!keys.is_empty()).then_some(Candidates { keys, generation: set.generation })
    }

    fn fetch(
        &self,
        url: &str,
    ) -> impl Future<Output = Result<Arc<KeySet>, Cause>> + Send + 'static {
        // Old keys keep their generation, which must not be given out twice.
        let (http, url, before) = (self.http.clone(), url.to_owned(), self.current.last());
        async move {
            let document = http_client::fetch_json::<LenientSet>(&http, &url).await?.into_set();
            Ok(match before {
                Some(before) if before.document == document => before,
                before => {
                    Arc::new(KeySet::new(document, before.map_or(0, |set| set.generation + 1)))
                }
            })
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.current.last().map(|set| set.generation);
        f.debug_struct("Keys").field("generation", &generation).finish_non_exhaustive()
    }
}

impl KeySet {
    fn new(document: JwkSet, generation: u64) -> Self {
        let keys = document.keys.iter().enumerate().filter_map(verifying_key).collect();
        Self { keys, document, generation }
    }
}

/// A JWK set that skips keys it cannot parse.
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
    let id = jwk.common.key_id.clone().unwrap_or_else(|| format!("\0{number}"));
    Some((id, VerifyingKey { key, algorithms }))
}

/// The asymmetric algorithms that fit the key. The key, not the token's header, decides how a token
/// is verified.
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
