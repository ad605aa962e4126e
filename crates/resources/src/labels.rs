//! Names as label values.

use std::collections::BTreeMap;

use crate::meta;

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
