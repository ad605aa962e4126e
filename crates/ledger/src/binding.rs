//! Binding: the owner keys that an identity without a record may bind (docs/ledger.md, "Lost
//! ledgers").

use std::collections::BTreeMap;

use resources::DployInstance;

use crate::{
    holder::{identity_of, is_of_another_identity},
    void::is_void,
};

/// The keys that the identity with this `label` may bind, the best first. `names` are the keys of
/// its name, the best first. `instances` are all that carry one of these keys or the identity's
/// label.
///
/// An identity whose record was lost comes back to the key of its instances. A key under which
/// another identity has instances is left to that identity.
#[must_use]
pub fn keys_to_bind<'a>(
    names: &[String],
    label: &str,
    instances: impl IntoIterator<Item = &'a DployInstance>,
) -> Vec<String> {
    let mut own: BTreeMap<&str, usize> = BTreeMap::new();
    let mut foreign: Vec<&str> = Vec::new();
    for instance in instances.into_iter().filter(|it| !is_void(it) && !it.spec.owner.is_empty()) {
        if is_of_another_identity(instance, label) {
            foreign.push(&instance.spec.owner);
        } else if identity_of(instance).is_some() {
            *own.entry(&instance.spec.owner).or_default() += 1;
        }
    }
    let mut keys: Vec<&str> = own.keys().copied().collect();
    keys.sort_by_key(|key| std::cmp::Reverse(own[key]));
    for fresh in names.iter().map(String::as_str) {
        if !keys.contains(&fresh) && !foreign.contains(&fresh) {
            keys.push(fresh);
        }
    }
    keys.into_iter().map(ToOwned::to_owned).collect()
}
