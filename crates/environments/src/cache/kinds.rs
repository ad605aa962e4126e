//! How each kind is looked up, and whose list it is part of.

use std::sync::Arc;

use kube::ResourceExt;
use resources::{DployInstance, DployOwner, DployTemplate, Identity, OperatorConfig, meta};

use super::{Change, mirror::Mirrored};

/// What instances are looked up by. Void ones have no key: they are nobody's and nothing's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum InstanceKey {
    /// The owner key.
    Owner(String),
    /// The name of the template, for pool members that nobody claimed.
    Unclaimed(String),
    /// Any instance that is not void, by its template.
    Template(String),
}

impl Mirrored for DployInstance {
    type Key = InstanceKey;

    fn keys(&self) -> Vec<InstanceKey> {
        if self.labels().contains_key(meta::VOID) {
            return Vec::new();
        }
        let template = self.spec.template_ref.clone();
        let holder = match self.spec.owner.as_str() {
            "" if self.spec.pooled => Some(InstanceKey::Unclaimed(template.clone())),
            "" => None,
            owner => Some(InstanceKey::Owner(owner.to_owned())),
        };
        holder.into_iter().chain([InstanceKey::Template(template)]).collect()
    }

    fn change(&self) -> Option<Change> {
        match self.spec.owner.as_str() {
            "" => None,
            owner => Some(Change::Owner(Arc::from(owner))),
        }
    }
}

impl Mirrored for DployOwner {
    type Key = Identity;

    fn keys(&self) -> Vec<Identity> {
        vec![self.spec.identity.clone()]
    }

    fn change(&self) -> Option<Change> {
        Some(Change::Owner(Arc::from(self.name_any())))
    }
}

impl Mirrored for DployTemplate {
    type Key = ();

    fn keys(&self) -> Vec<()> {
        Vec::new()
    }

    fn change(&self) -> Option<Change> {
        None
    }
}

impl Mirrored for OperatorConfig {
    type Key = ();

    fn keys(&self) -> Vec<()> {
        Vec::new()
    }

    fn change(&self) -> Option<Change> {
        Some(Change::Everyone)
    }
}

/// Older records first; the name decides between those of one second.
pub(super) fn age(record: &DployOwner) -> (Option<i64>, String) {
    let created = record.creation_timestamp().map(|time| time.0.as_second());
    (created, record.name_any())
}
