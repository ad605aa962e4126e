use std::collections::BTreeSet;

use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, Health, Phase};

use crate::plan::instance::is_void;

/// The members of one pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Census(Vec<Member>);

/// A member of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    /// Whether it is what the template gives today.
    pub(crate) current: bool,
    pub(crate) standing: Standing,
}

/// How a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It starts.
    Starting,
    /// It can be claimed.
    Ready,
    /// It does not run.
    Failed {
        /// Since when.
        since: Timestamp,
    },
    /// Somebody owns it.
    Claimed,
    /// It is being deleted.
    Leaving,
}

impl Standing {
    pub(crate) const fn is_starting(&self) -> bool {
        matches!(self, Self::Starting)
    }

    pub(crate) const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }

    pub(crate) const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    pub(crate) const fn is_unclaimed(&self) -> bool {
        matches!(self, Self::Starting | Self::Ready | Self::Failed { .. })
    }

    fn of(instance: &DployInstance, created: Timestamp) -> Self {
        let status = instance.status.as_ref();
        let failed_since = || {
            let conditions = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
            conditions.first().map_or(created, |ready| ready.last_transition_time.0)
        };
        match status.and_then(|status| status.phase) {
            _ if instance.metadata.deletion_timestamp.is_some() => Self::Leaving,
            _ if !instance.spec.owner.is_empty() => Self::Claimed,
            Some(Phase::Failed) => Self::Failed { since: failed_since() },
            Some(Phase::Available) => match status.and_then(|status| status.health) {
                None | Some(Health::Healthy) => Self::Ready,
                Some(Health::Progressing | Health::Degraded) => Self::Starting,
            },
            Some(Phase::Pending | Phase::Provisioning | Phase::Ready | Phase::Claimed)
            | Some(Phase::Expiring)
            | None => Self::Starting,
        }
    }
}

impl Member {
    /// The instance as a member; `None` when it is none.
    pub(crate) fn of(instance: &DployInstance, current: bool) -> Option<Self> {
        let created = instance.metadata.creation_timestamp.as_ref();
        let created = created.map_or(Timestamp::UNIX_EPOCH, |it| it.0);
        (instance.spec.pooled && !is_void(instance)).then(|| Self {
            name: instance.name_any(),
            created,
            current,
            standing: Standing::of(instance, created),
        })
    }

    pub(crate) fn is_current_and(&self, is: fn(&Standing) -> bool) -> bool {
        self.current && is(&self.standing)
    }
}

impl Census {
    pub(crate) fn of(members: impl IntoIterator<Item = Member>) -> Self {
        Self(members.into_iter().collect())
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn count(&self, is: impl Fn(&Member) -> bool) -> usize {
        self.0.iter().filter(|it| is(it)).count()
    }

    /// All but those.
    pub(crate) fn without(&self, names: &BTreeSet<String>) -> Self {
        Self::of(self.0.iter().filter(|it| !names.contains(&it.name)).cloned())
    }
}
