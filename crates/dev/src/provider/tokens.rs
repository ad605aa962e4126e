//! Makes signed ID tokens.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clock::SharedClock;
use openidconnect::{
    AdditionalClaims, Audience, EmptyExtraTokenFields, EndUserEmail, EndUserName, EndUserUsername,
    IdToken, IdTokenClaims, IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};

use super::{CLIENT, Cause, keyring::Keyring, people::Person};

/// How long an ID token is valid. Sessions are renewed before it expires.
const ID_TOKEN_LIFETIME: TimeDelta = TimeDelta::hours(8);

/// The claims beyond the standard ones: for teams, groups and admins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DployClaims {
    team: String,
    groups: Vec<String>,
    is_admin: bool,
}

impl AdditionalClaims for DployClaims {}

pub(super) type DployIdToken = IdToken<
    DployClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// A token response has no fields beyond the ID token.
pub(super) type NoExtraFields = EmptyExtraTokenFields;

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

    /// An ID token with the nonce of its sign-in, if it has one.
    pub(super) fn signed(
        &self,
        person: &Person,
        nonce: Option<String>,
    ) -> Result<DployIdToken, Cause> {
        let now = self.now()?;
        let standard = StandardClaims::new(SubjectIdentifier::new(person.name.to_owned()))
            .set_name(Some(EndUserName::new(person.name.to_owned()).into()))
            .set_preferred_username(Some(EndUserUsername::new(person.name.to_owned())))
            .set_email(Some(EndUserEmail::new(format!("{}@example.test", person.name))))
            .set_email_verified(Some(true));
        let ours = DployClaims {
            team: person.team.to_owned(),
            groups: vec![person.team.to_owned()],
            is_admin: person.admin,
        };
        let issuer = IssuerUrl::new(self.keyring.issuer().to_owned())?;
        let audience = vec![Audience::new(CLIENT.to_owned())];
        let claims =
            IdTokenClaims::new(issuer, audience, now + ID_TOKEN_LIFETIME, now, standard, ours)
                .set_nonce(nonce.map(Nonce::new));
        Ok(IdToken::new(
            claims,
            &self.keyring.signing_key()?,
            CoreJwsSigningAlgorithm::EdDsa,
            None,
            None,
        )?)
    }

    /// The same token as text.
    pub(super) fn id_token(&self, person: &Person, nonce: Option<String>) -> Result<String, Cause> {
        Ok(self.signed(person, nonce)?.to_string())
    }

    fn now(&self) -> Result<DateTime<Utc>, Cause> {
        Ok(DateTime::from_timestamp(self.clock.now().as_second(), 0)
            .ok_or("the clock shows no usable time")?)
    }
}
