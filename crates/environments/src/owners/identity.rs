//! Identities, and the label by which an owner record is found.

use resources::{Identity, IdentityKind};
use sha2::{Digest, Sha256};

/// The identity of the person with this `sub`.
pub(super) fn person(subject: &str) -> Identity {
    Identity { kind: IdentityKind::Person, claim: "sub".to_owned(), value: subject.to_owned() }
}

/// The identity of the team with this `value` of `claim`.
pub(super) fn team(claim: &str, value: &str) -> Identity {
    Identity { kind: IdentityKind::Team, claim: claim.to_owned(), value: value.to_owned() }
}

/// 16 hexadecimal digits of the identity's SHA-256, the value of the identity label. Two identities
/// may share them, so the identity itself is compared after the lookup.
pub(super) fn fingerprint(identity: &Identity) -> String {
    let mut hash = Sha256::new();
    let kind = [matches!(identity.kind, IdentityKind::Team).into()];
    for part in [&kind[..], identity.claim.as_bytes(), identity.value.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
