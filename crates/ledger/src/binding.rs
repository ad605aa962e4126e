//! Binding: the owner keys that an identity without a record may bind (docs/ledger.md, "Lost
//! ledgers").

use std::collections::BTreeMap;

use resources::DployInstance;

use crate::{holder::identity_of, void::is_void};

/// Who gets the instances of an older Dploy, which carry no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OlderInstances {
    /// The identity that an admin binds their key to. Nobody else can bind it.
    AreReserved,
    /// The first identity whose name gives their key.
    AreInherited,
}

/// The keys that the identity with this `label` may bind, the best first. `names` are the keys of
/// its name, the best first. `instances` are all that carry one of these keys or the identity's
/// label.
///
/// An identity whose record was lost comes back to the key of its instances. A key under which
/// another identity has instances is left to that identity, and a key of reserved older instances
/// to nobody.
#[must_use]
pub fn keys_to_bind<'a>(
    names: &[String],
    label: &str,
    older: OlderInstances,
    instances: impl IntoIterator<Item = &'a DployInstance>,
) -> Vec<String> {
    let mut own: BTreeMap<&str, usize> = BTreeMap::new();
    let mut foreign: Vec<&str> = Vec::new();
    for instance in instances.into_iter().filter(|it| !is_void(it) && !it.spec.owner.is_empty()) {
        match identity_of(instance) {
            Some(identity) if identity == label => {
                *own.entry(&instance.spec.owner).or_default() += 1;
            }
            None if older == OlderInstances::AreInherited => {}
            Some(_) | None => foreign.push(&instance.spec.owner),
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
