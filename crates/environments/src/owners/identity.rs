//! The identities of people and teams.

use resources::{Identity, IdentityKind};

/// The identity of the person with this `sub`.
pub(super) fn person(subject: &str) -> Identity {
    Identity { kind: IdentityKind::Person, claim: "sub".to_owned(), value: subject.to_owned() }
}

/// The identity of the team with this `value` of `claim`.
pub(super) fn team(claim: &str, value: &str) -> Identity {
    Identity { kind: IdentityKind::Team, claim: claim.to_owned(), value: value.to_owned() }
}
