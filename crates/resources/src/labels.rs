//! Names as label values.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{Identity, IdentityKind, meta};

/// The longest value of a label (Kubernetes, "Labels and Selectors"), in bytes.
const MAX_LABEL_LENGTH: usize = 63;

/// `name` as the value of a label. A longer name is shortened to its start, an `x` and its end.
#[must_use]
pub fn label(name: &str) -> String {
    if name.len() <= MAX_LABEL_LENGTH {
        return name.to_owned();
    }
    let half = MAX_LABEL_LENGTH / 2;
    let (start, end) = (name.get(..half), name.get(name.len() - half..));
    format!("{}x{}", start.unwrap_or_default(), end.unwrap_or_default())
}

/// The identity as the value of a label: the first 16 hexadecimal digits of its SHA-256. Two
/// identities may share them, so a record's own identity is compared after a lookup.
#[must_use]
pub fn identity_label(identity: &Identity) -> String {
    let mut hash = Sha256::new();
    let kind = [matches!(identity.kind, IdentityKind::Team).into()];
    for part in [&kind[..]].into_iter().chain(identity.parts().map(str::as_bytes)) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the value of a label may be the short form of a longer name.
#[must_use]
pub const fn is_shortened(label_value: &str) -> bool {
    label_value.len() >= MAX_LABEL_LENGTH
}

/// The labels of every instance that Dploy creates: managed by Dploy, and of which template.
#[must_use]
pub fn instance_labels(template: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (meta::MANAGED.to_owned(), meta::TRUE.to_owned()),
        (meta::TEMPLATE.to_owned(), label(template)),
    ])
}
