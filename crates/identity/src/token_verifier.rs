//! Verifies tokens: signature, issuer, audience, time. Remembers verified tokens, because one RSA
//! verification costs more than most requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    AuthError,
    keys::{Candidates, Keys},
    remembered_tokens::{Fingerprint, RememberedTokens},
};

/// The clock skew that `exp` and `nbf` tolerate.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// The longest token that is parsed.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// Verified claims and when they expire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verified {
    pub(crate) claims: Arc<Map<String, Value>>,
    pub(crate) expires_at: Timestamp,
}

/// The issuer and the audience that a token must have.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// Verifies tokens with the keys of one issuer.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    keys: Keys,
    clock: SharedClock,
    remembered: Arc<Mutex<RememberedTokens>>,
}

impl Verifier {
    pub(crate) fn new(keys: Keys, clock: SharedClock) -> Self {
        Self { keys, clock, remembered: Arc::default() }
    }

    /// The claims of a valid token. `keys_url` is the address of the issuer's keys.
    ///
    /// # Errors
    /// [`AuthError`]
    pub(crate) async fn verify(
        &self,
        token: &str,
        keys_url: &str,
        expected: &Expectation,
    ) -> Result<Verified, AuthError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(AuthError::Malformed);
        }
        let fingerprint = fingerprint_of(token, expected);
        if let Some(verified) = self.recall(&fingerprint, keys_url) {
            return Ok(verified);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Malformed)?;
        if header.crit.is_some() {
            // RFC 7515, 4.1.11: `crit` names extensions that must be supported; we support none.
            return Err(AuthError::Malformed);
        }
        let algorithm = asymmetric(header.alg)?;
        let Candidates { keys, generation } =
            self.keys.find(keys_url, header.kid.as_deref(), algorithm).await?;
        let claims = verified_claims(token, &keys, algorithm, expected)?;
        let expires_at = self.check_time(&claims)?;
        let verified = Verified { claims: Arc::new(claims), expires_at };
        self.remember(fingerprint, generation, &verified);
        Ok(verified)
    }

    fn recall(&self, fingerprint: &Fingerprint, keys_url: &str) -> Option<Verified> {
        let (now, current) = (self.clock.now(), self.keys.generation(keys_url)?);
        self.remembered().recall(fingerprint, current, now)
    }

    fn remember(&self, fingerprint: Fingerprint, generation: u64, verified: &Verified) {
        let now = self.clock.now();
        self.remembered().remember(fingerprint, generation, verified.clone(), now);
    }

    fn remembered(&self) -> MutexGuard<'_, RememberedTokens> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks `exp`, which is required, and `nbf`, both with [`LEEWAY`] (RFC 7519, 4.1.4 and
    /// 4.1.5). Returns `exp`.
    fn check_time(&self, claims: &Map<String, Value>) -> Result<Timestamp, AuthError> {
        let now = self.clock.now();
        let expires_at = numeric_date(claims, "exp")?.ok_or(AuthError::Expired)?;
        let not_before = numeric_date(claims, "nbf")?.unwrap_or(Timestamp::MIN);
        if now.duration_since(expires_at) >= LEEWAY || not_before.duration_since(now) > LEEWAY {
            return Err(AuthError::Expired);
        }
        Ok(expires_at)
    }
}

fn numeric_date(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, AuthError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "the fraction of a NumericDate is dropped")]
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
        .ok_or(AuthError::Malformed)?;
    Timestamp::from_second(seconds).map(Some).map_err(|_| AuthError::Malformed)
}

fn asymmetric(algorithm: Algorithm) -> Result<Algorithm, AuthError> {
    use Algorithm::{HS256, HS384, HS512};
    if matches!(algorithm, HS256 | HS384 | HS512) {
        Err(AuthError::Signature)
    } else {
        Ok(algorithm)
    }
}

fn verified_claims(
    token: &str,
    keys: &[DecodingKey],
    algorithm: Algorithm,
    expected: &Expectation,
) -> Result<Map<String, Value>, AuthError> {
    let mut rules = Validation::new(algorithm);
    rules.set_issuer(&[&expected.issuer]);
    rules.set_audience(&[&expected.audience]);
    rules.set_required_spec_claims(&["iss", "aud", "exp"]);
    // `check_time` checks both with the injected clock.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let mut refusal = AuthError::Signature;
    for key in keys {
        match jsonwebtoken::decode::<Map<String, Value>>(token, key, &rules) {
            // The library accepts a list of issuers; RFC 7519, 4.1.1 allows one issuer.
            Ok(data) if data.claims.get("iss").is_some_and(Value::is_string) => {
                return Ok(data.claims);
            }
            Ok(_) => refusal = AuthError::NotForUs,
            Err(error) => refusal = refusal_of(&error),
        }
    }
    Err(refusal)
}

fn refusal_of(error: &jsonwebtoken::errors::Error) -> AuthError {
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

/// The SHA-256 of the token and of what it was verified against.
fn fingerprint_of(token: &str, expected: &Expectation) -> Fingerprint {
    let mut hasher = Sha256::new();
    for part in [expected.issuer.as_str(), expected.audience.as_str(), token] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
