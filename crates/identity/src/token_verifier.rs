//! Tokens: signature, issuer, audience, time. Verified ones are remembered, since one RSA check costs more than most requests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    AuthError,
    keys::{Candidates, Keys},
};

/// Clocks differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// A larger token is no token of ours.
const LARGEST: usize = 64 * 1024;
/// How many verified tokens are remembered.
const REMEMBERED: usize = 10_000;

/// Verified claims and when they end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verified {
    pub(crate) claims: Arc<Map<String, Value>>,
    pub(crate) expires_at: Timestamp,
}

/// Which tokens are meant for us.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// Verified tokens by fingerprint, each with the generation of the keys that verified it.
type Memory = HashMap<[u8; 32], (u64, Verified)>;

/// Verifies tokens with the keys of one issuer.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    keys: Keys,
    clock: SharedClock,
    memory: Arc<Mutex<Memory>>,
}

impl Verifier {
    pub(crate) fn new(keys: Keys, clock: SharedClock) -> Self {
        Self { keys, clock, memory: Arc::default() }
    }

    /// The claims of a token that is meant for us and of now.
    ///
    /// # Errors
    /// [`AuthError`]
    pub(crate) async fn verify(
        &self,
        token: &str,
        keys_url: &str,
        expected: &Expectation,
    ) -> Result<Verified, AuthError> {
        if token.len() > LARGEST {
            return Err(AuthError::Malformed);
        }
        let mark = fingerprint(token, expected);
        if let Some(verified) = self.remembered(&mark, keys_url) {
            return Ok(verified);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Malformed)?;
        if header.crit.is_some() {
            // RFC 7515, 4.1.11: an extension that must be understood, and we understand none.
            return Err(AuthError::Malformed);
        }
        let algorithm = allowed(header.alg)?;
        let Candidates { keys, generation } =
            self.keys.find(keys_url, header.kid.as_deref(), algorithm).await?;
        let claims = checked(token, &keys, algorithm, expected)?;
        let expires_at = self.in_time(&claims)?;
        let verified = Verified { claims: Arc::new(claims), expires_at };
        self.remember(mark, generation, &verified);
        Ok(verified)
    }

    fn remembered(&self, mark: &[u8; 32], keys_url: &str) -> Option<Verified> {
        let (now, present) = (self.clock.now(), self.keys.generation(keys_url)?);
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (generation, verified) = memory.get(mark)?;
        (*generation == present && now < verified.expires_at).then(|| verified.clone())
    }

    fn remember(&self, mark: [u8; 32], generation: u64, verified: &Verified) {
        let now = self.clock.now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= REMEMBERED {
            memory.retain(|_, (made, verified)| *made == generation && now < verified.expires_at);
        }
        if memory.len() >= REMEMBERED {
            memory.clear();
        }
        memory.insert(mark, (generation, verified.clone()));
    }

    /// `exp` is required; both may be off by the leeway (RFC 7519, 4.1.4 and 4.1.5).
    fn in_time(&self, claims: &Map<String, Value>) -> Result<Timestamp, AuthError> {
        let now = self.clock.now();
        let expires_at = moment(claims, "exp")?.ok_or(AuthError::Expired)?;
        let not_before = moment(claims, "nbf")?.unwrap_or(Timestamp::MIN);
        if now.duration_since(expires_at) >= LEEWAY || not_before.duration_since(now) > LEEWAY {
            return Err(AuthError::Expired);
        }
        Ok(expires_at)
    }
}

fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, AuthError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a NumericDate may have a fraction, which does not matter here"
    )]
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
        .ok_or(AuthError::Malformed)?;
    Timestamp::from_second(seconds).map(Some).map_err(|_| AuthError::Malformed)
}

fn allowed(algorithm: Algorithm) -> Result<Algorithm, AuthError> {
    use Algorithm::{HS256, HS384, HS512};
    if matches!(algorithm, HS256 | HS384 | HS512) {
        Err(AuthError::Signature)
    } else {
        Ok(algorithm)
    }
}

fn checked(
    token: &str,
    keys: &[DecodingKey],
    algorithm: Algorithm,
    expected: &Expectation,
) -> Result<Map<String, Value>, AuthError> {
    let mut rules = Validation::new(algorithm);
    rules.set_issuer(&[&expected.issuer]);
    rules.set_audience(&[&expected.audience]);
    rules.set_required_spec_claims(&["iss", "aud", "exp"]);
    // Time is checked by our own clock.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let mut refusal = AuthError::Signature;
    for key in keys {
        match jsonwebtoken::decode::<Map<String, Value>>(token, key, &rules) {
            // The library takes a list of issuers too; RFC 7519, 4.1.1 knows one.
            Ok(data) if data.claims.get("iss").is_some_and(Value::is_string) => {
                return Ok(data.claims);
            }
            Ok(_) => refusal = AuthError::NotForUs,
            Err(error) => refusal = reason(&error),
        }
    }
    Err(refusal)
}

fn reason(error: &jsonwebtoken::errors::Error) -> AuthError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => AuthError::NotForUs,
        ErrorKind::MissingRequiredClaim(claim) if claim == "exp" => AuthError::Expired,
        ErrorKind::MissingRequiredClaim(_) => AuthError::NotForUs,
        ErrorKind::InvalidToken
        | ErrorKind::Base64(_)
        | ErrorKind::Json(_)
        | ErrorKind::Utf8(_) => AuthError::Malformed,
        _ => AuthError::Signature,
    }
}

/// What a verified token is remembered by: the token and what it was verified against.
fn fingerprint(token: &str, expected: &Expectation) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [expected.issuer.as_str(), expected.audience.as_str(), token] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
