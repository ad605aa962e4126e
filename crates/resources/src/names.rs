//! The names of owners, instances, namespaces and hosts (docs/contract.md, "Owners" and
//! "Resources").
//!
//! Every name is a DNS label, or several with dots between them, for any input. Two different
//! inputs may give the same parts (`a-b` with `c`, and `a` with `b-c`); the uuid at the end keeps
//! such environments apart.

use sha2::{Digest, Sha256};

use crate::{Identity, IdentityKind, meta::POOL_OWNER};

/// The length of an owner key, which is also the value of a label.
const MAX_OWNER_KEY_LENGTH: usize = 63;
/// How many digits of the identity the keys with a suffix have, in the order in which they are
/// tried.
const SUFFIX_LENGTHS: [usize; 3] = [8, 16, 32];
/// A name that ends in `-` and this many hexadecimal digits looks like a key with a suffix.
const MIN_SUFFIX_LENGTH: usize = 8;
/// The base of the keys of a name without an allowed character.
const NAMELESS_BASE: &str = "u";
/// The length of the template's name within an instance's name and host.
const MAX_TEMPLATE_LENGTH: usize = 50;
/// The length of the owner's name, and of the template's name, within a namespace's name.
const MAX_NAMESPACE_PART_LENGTH: usize = 20;

/// The owner key of the name `raw` alone: lower case, `.` and `@` replaced by `-`, only `a-z`,
/// `0-9` and `-`, at most 63 characters. Empty when no character is left.
#[must_use]
pub fn plain_owner_key(raw: &str) -> String {
    truncate(&dns_label(&raw.to_lowercase()), MAX_OWNER_KEY_LENGTH)
}

/// The owner keys that an identity of the name `raw` may get, the best first: the plain key, then
/// the same with 8, 16 and 32 digits of the identity.
///
/// Different names can give the same plain key. The first use binds a key to an identity; other
/// identities get the next one. Nobody gets a plain key that looks like one with a suffix, so
/// nobody can take the suffixed keys of another identity by choosing a name.
#[must_use]
pub fn owner_keys(raw: &str, identity: &Identity) -> Vec<String> {
    let plain = plain_owner_key(raw);
    let base = if plain.is_empty() { NAMELESS_BASE } else { &plain };
    let suffixed = SUFFIX_LENGTHS.map(|digits| suffixed_owner_key(base, identity, digits));
    let plain = Some(&plain).filter(|plain| !plain.is_empty() && !is_suffixed(plain));
    plain.cloned().into_iter().chain(suffixed).collect()
}

/// Whether `name` can be an owner key.
#[must_use]
pub fn is_owner_key(name: &str) -> bool {
    !name.is_empty() && plain_owner_key(name) == name
}

fn suffixed_owner_key(base: &str, identity: &Identity, digits: usize) -> String {
    let room = MAX_OWNER_KEY_LENGTH - digits - 1;
    joined(&[&truncate(base, room), &fingerprint(identity, digits)])
}

/// Whether a key ends in `-` and at least eight hexadecimal digits.
fn is_suffixed(key: &str) -> bool {
    key.rsplit_once('-').is_some_and(|(_, end)| {
        end.len() >= MIN_SUFFIX_LENGTH
            && end.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The name of the instance `uuid` of `template`. It is also the first label of the host: the API
/// server refuses a second instance with the same name, so no two environments share a host.
#[must_use]
pub fn instance_name(template: &str, uuid: &str) -> String {
    joined(&[&truncate(&dns_label(template), MAX_TEMPLATE_LENGTH), uuid])
}

/// The name of the namespace of a workload. `owner` is `None` for an unclaimed pool member.
#[must_use]
pub fn namespace(owner: Option<&str>, template: &str, uuid: &str) -> String {
    let owner = owner.filter(|owner| !owner.is_empty()).unwrap_or(POOL_OWNER);
    joined(&[
        &truncate(&dns_label(owner), MAX_NAMESPACE_PART_LENGTH),
        &truncate(&dns_label(template), MAX_NAMESPACE_PART_LENGTH),
        uuid,
    ])
}

/// The host of the environment `uuid` of `template`.
#[must_use]
pub fn host(template: &str, uuid: &str, base_domain: &str) -> String {
    let name = instance_name(template, uuid);
    match base_domain.trim_matches('.') {
        "" => name,
        domain => format!("{name}.{domain}"),
    }
}

/// The first hexadecimal digits of the identity's SHA-256. Each part is hashed with its length, so
/// that no two identities give the same input.
fn fingerprint(identity: &Identity, digits: usize) -> String {
    let kind = match identity.kind {
        IdentityKind::Person => "person",
        IdentityKind::Team => "team",
    };
    let mut hash = Sha256::new();
    for part in [kind].into_iter().chain(identity.parts()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(digits / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// The characters of `name` that are allowed in a DNS label, with `.` and `@` replaced by `-`.
fn dns_label(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c {
            '.' | '@' => Some('-'),
            'a'..='z' | '0'..='9' | '-' => Some(c),
            _ => None,
        })
        .collect()
}

/// The first `max_length` characters of an ASCII `name`, without `-` at either end.
fn truncate(name: &str, max_length: usize) -> String {
    let trimmed = name.trim_matches('-');
    let end = trimmed.len().min(max_length);
    trimmed[..end].trim_end_matches('-').to_owned()
}

/// The parts that are not empty, joined by `-`.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests;
