//! What owners, instances, namespaces and hosts are called (CONTRACT, "Who owns an environment" and "Custom resources").
//!
//! Every name here is a DNS label, or a list of them, whatever goes in. Cutting may make two names equal that were not
//! (`a-b` with `c`, and `a` with `b-c`); the uuid at the end keeps such environments apart.

use sha2::{Digest, Sha256};

use crate::{Identity, IdentityKind, meta::POOL_OWNER};

/// The longest owner key; leaves room in a label for `-` and eight digits.
const LONGEST_OWNER_KEY: usize = 54;
/// How much of the template's name stands in an instance's name, and so in its host.
const LONGEST_TEMPLATE: usize = 50;
/// How much of the owner's and of the template's name stands in a namespace's name.
const LONGEST_NAMESPACE_PART: usize = 20;

/// The key of the owner who is called `raw`: lower case, `.` and `@` as `-`, nothing but `a-z`, `0-9` and `-`, at most 54
/// characters. Where nothing is left of a name, `u-` and eight digits of the identity.
///
/// Different names can give one key: it is bound to an identity at its first use, and others get [`suffixed_owner_key`].
#[must_use]
pub fn owner_key(raw: &str, identity: &Identity) -> String {
    let key = cut(&label(&raw.to_lowercase()), LONGEST_OWNER_KEY);
    if key.is_empty() { format!("u-{}", fingerprint(identity)) } else { key }
}

/// The key of an owner who arrives at a `key` that is bound to somebody else.
#[must_use]
pub fn suffixed_owner_key(key: &str, identity: &Identity) -> String {
    joined(&[&cut(&label(key), LONGEST_OWNER_KEY), &fingerprint(identity)])
}

/// The name of the environment `uuid` of `template`, which is the first label of its host too: as the API server takes
/// an instance's name once only, no two environments share a host.
#[must_use]
pub fn instance_name(template: &str, uuid: &str) -> String {
    joined(&[&cut(&label(template), LONGEST_TEMPLATE), uuid])
}

/// The name of the namespace in which a workload runs; `owner` is `None` for a pool member that nobody claimed.
#[must_use]
pub fn namespace(owner: Option<&str>, template: &str, uuid: &str) -> String {
    let owner = owner.filter(|owner| !owner.is_empty()).unwrap_or(POOL_OWNER);
    joined(&[
        &cut(&label(owner), LONGEST_NAMESPACE_PART),
        &cut(&label(template), LONGEST_NAMESPACE_PART),
        uuid,
    ])
}

/// The host at which the environment `uuid` of `template` answers.
#[must_use]
pub fn host(template: &str, uuid: &str, base_domain: &str) -> String {
    let name = instance_name(template, uuid);
    match base_domain.trim_matches('.') {
        "" => name,
        domain => format!("{name}.{domain}"),
    }
}

/// Eight hexadecimal digits of the identity's SHA-256. Each part goes in with its length, so that no two identities can
/// be written alike.
fn fingerprint(identity: &Identity) -> String {
    let kind = match identity.kind {
        IdentityKind::Person => "person",
        IdentityKind::Team => "team",
    };
    let mut hash = Sha256::new();
    for part in [kind, &identity.claim, &identity.value] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// What is left of `name` in a DNS label.
fn label(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c {
            '.' | '@' => Some('-'),
            'a'..='z' | '0'..='9' | '-' => Some(c),
            _ => None,
        })
        .collect()
}

/// The first `longest` characters of an ASCII `name`, without `-` at either end.
fn cut(name: &str, longest: usize) -> String {
    let trimmed = name.trim_matches('-');
    let end = trimmed.len().min(longest);
    trimmed[..end].trim_end_matches('-').to_owned()
}

/// The parts that are not empty, with `-` between them.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests;
