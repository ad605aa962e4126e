//! The index keys of each kind, and whose list its objects are part of.

use std::sync::Arc;

use kube::ResourceExt;
use ledger::{holder::identity_of, void::is_void};
use resources::{DployInstance, DployOwner, DployTemplate, Identity, OperatorConfig, Revision};

use super::{list_change::ListChange, mirror::Mirrored};

/// The index keys of instances. A void instance has no key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum InstanceKey {
    /// The owner key.
    Owner(String),
    /// The label of the owner's identity.
    Identity(String),
    /// The name of the template, for unclaimed pool members.
    Unclaimed(String),
    /// The name of the template, for every instance.
    Template(String),
}

impl Mirrored for DployInstance {
    type Key = InstanceKey;

    fn keys(&self) -> Vec<InstanceKey> {
        if is_void(self) {
            return Vec::new();
        }
        let template = self.spec.template_ref.clone();
        let holder = match self.spec.owner.as_str() {
            "" if self.spec.pooled => Some(InstanceKey::Unclaimed(template.clone())),
            "" => None,
            owner => Some(InstanceKey::Owner(owner.to_owned())),
        };
        let identity = identity_of(self).map(|label| InstanceKey::Identity(label.to_owned()));
        let template = Some(InstanceKey::Template(template));
        [holder, identity, template].into_iter().flatten().collect()
    }

    fn change(&self) -> Option<ListChange> {
        match self.spec.owner.as_str() {
            "" => None,
            owner => Some(ListChange::Owner(Arc::from(owner))),
        }
    }

    /// Everybody behind a place moves up. A new place is the last one, so nobody does.
    fn change_by_its_end(&self) -> Option<ListChange> {
        self.spec.queued.then(|| ListChange::Queue(Arc::from(&*self.spec.template_ref)))
    }
}

impl Mirrored for DployOwner {
    type Key = Identity;

    fn keys(&self) -> Vec<Identity> {
        vec![self.spec.identity.clone()]
    }

    fn change(&self) -> Option<ListChange> {
        Some(ListChange::Owner(Arc::from(self.name_any())))
    }
}

impl Mirrored for DployTemplate {
    type Key = ();

    fn keys(&self) -> Vec<()> {
        Vec::new()
    }

    fn change(&self) -> Option<ListChange> {
        None
    }
}

impl Mirrored for Revision {
    type Key = ();

    fn keys(&self) -> Vec<()> {
        Vec::new()
    }

    fn change(&self) -> Option<ListChange> {
        None
    }
}

impl Mirrored for OperatorConfig {
    type Key = ();

    fn keys(&self) -> Vec<()> {
        Vec::new()
    }

    fn change(&self) -> Option<ListChange> {
        Some(ListChange::Everyone)
    }
}

/// Sorts older records first, and records of the same second by name.
pub(super) fn age(record: &DployOwner) -> (Option<i64>, String) {
    let created = record.creation_timestamp().map(|time| time.0.as_second());
    (created, record.name_any())
}
