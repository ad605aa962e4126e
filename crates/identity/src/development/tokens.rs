use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clock::SharedClock;
use openidconnect::{
    AdditionalClaims, Audience, EmptyExtraTokenFields, EndUserEmail, EndUserName, EndUserUsername,
    IdToken, IdTokenClaims, IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};

use super::{CLIENT, keyring::Keyring, people::Person};
use crate::error::Cause;

/// How long an ID token is good for. Sessions are renewed in silence before.
const LIFETIME: TimeDelta = TimeDelta::hours(8);

/// What the samples and the manager need beyond the standard claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OurClaims {
    team: String,
    groups: Vec<String>,
    is_admin: bool,
}

impl AdditionalClaims for OurClaims {}

pub(super) type OurIdToken =
    IdToken<OurClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// The fields of a token answer beside the ID token.
pub(super) type NoMore = EmptyExtraTokenFields;

/// Makes ID tokens.
#[derive(Debug, Clone)]
pub(super) struct TokenMaker {
    keyring: Arc<Keyring>,
    clock: SharedClock,
}

impl TokenMaker {
    pub(super) fn new(keyring: Arc<Keyring>, clock: SharedClock) -> Self {
        Self { keyring, clock }
    }

    /// An ID token, bound to the nonce of a sign-in where there was one.
    pub(super) fn signed(
        &self,
        person: &Person,
        nonce: Option<String>,
    ) -> Result<OurIdToken, Cause> {
        let now = self.now()?;
        let standard = StandardClaims::new(SubjectIdentifier::new(person.name.to_owned()))
            .set_name(Some(EndUserName::new(person.name.to_owned()).into()))
            .set_preferred_username(Some(EndUserUsername::new(person.name.to_owned())))
            .set_email(Some(EndUserEmail::new(format!("{}@example.test", person.name))))
            .set_email_verified(Some(true));
        let ours = OurClaims {
            team: person.team.to_owned(),
            groups: vec![person.team.to_owned()],
            is_admin: person.admin,
        };
        let issuer = IssuerUrl::new(self.keyring.issuer().to_owned())?;
        let audience = vec![Audience::new(CLIENT.to_owned())];
        let claims = IdTokenClaims::new(issuer, audience, now + LIFETIME, now, standard, ours)
            .set_nonce(nonce.map(Nonce::new));
        Ok(IdToken::new(
            claims,
            &self.keyring.signing_key()?,
            CoreJwsSigningAlgorithm::EdDsa,
            None,
            None,
        )?)
    }

    /// The same as text.
    pub(super) fn id_token(&self, person: &Person, nonce: Option<String>) -> Result<String, Cause> {
        Ok(self.signed(person, nonce)?.to_string())
    }

    fn now(&self) -> Result<DateTime<Utc>, Cause> {
        Ok(DateTime::from_timestamp(self.clock.now().as_second(), 0)
            .ok_or("the clock shows no usable time")?)
    }
}
