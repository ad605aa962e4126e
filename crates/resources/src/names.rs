//! The names of owners, instances, namespaces and hosts (docs/contract.md, "Owners" and
//! "Resources").
//!
//! Every name is a DNS label, or several with dots between them, for any input. Two different
//! inputs may give the same parts (`a-b` with `c`, and `a` with `b-c`); the uuid at the end keeps
//! such environments apart.

use sha2::{Digest, Sha256};

use crate::{Identity, IdentityKind, meta::POOL_OWNER};

/// The length of an owner key; a label of 63 characters then has room for `-` and eight digits.
const MAX_OWNER_KEY_LENGTH: usize = 54;
/// The length of the template's name within an instance's name and host.
const MAX_TEMPLATE_LENGTH: usize = 50;
/// The length of the owner's name, and of the template's name, within a namespace's name.
const MAX_NAMESPACE_PART_LENGTH: usize = 20;

/// The owner key for the name `raw`: lower case, `.` and `@` replaced by `-`, only `a-z`, `0-9` and
/// `-`, at most 54 characters. When no character is left, it is `u-` and eight digits of the
/// identity.
///
/// Different names can give the same key. The first use binds a key to an identity; other
/// identities get [`suffixed_owner_key`].
#[must_use]
pub fn owner_key(raw: &str, identity: &Identity) -> String {
    let key = truncate(&dns_label(&raw.to_lowercase()), MAX_OWNER_KEY_LENGTH);
    if key.is_empty() { format!("u-{}", fingerprint(identity)) } else { key }
}

/// The key for an owner whose `key` is already bound to another identity.
#[must_use]
pub fn suffixed_owner_key(key: &str, identity: &Identity) -> String {
    joined(&[&truncate(&dns_label(key), MAX_OWNER_KEY_LENGTH), &fingerprint(identity)])
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

/// Eight hexadecimal digits of the identity's SHA-256. Each part is hashed with its length, so that
/// no two identities give the same input.
fn fingerprint(identity: &Identity) -> String {
    let kind = match identity.kind {
        IdentityKind::Person => "person",
        IdentityKind::Team => "team",
    };
    let mut hash = Sha256::new();
    for part in [kind].into_iter().chain(identity.parts()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
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
