//! The identities of people and teams.

use resources::{Identity, IdentityKind};

use crate::Caller;

/// The identity of the caller as a person.
pub(super) fn person(caller: &Caller) -> Identity {
    identity(caller, IdentityKind::Person, "sub", &caller.subject)
}

/// The identity of the caller's team with this `value` of `claim`.
pub(super) fn team(caller: &Caller, claim: &str, value: &str) -> Identity {
    identity(caller, IdentityKind::Team, claim, value)
}

fn identity(caller: &Caller, kind: IdentityKind, claim: &str, value: &str) -> Identity {
    let issuer = caller.issuer.clone();
    Identity { kind, claim: claim.to_owned(), value: value.to_owned(), issuer }
}
