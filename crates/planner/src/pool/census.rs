//! The members of a pool, and the standing of each.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use ledger::void::is_void;
use resources::{DployInstance, Health, Phase};

use crate::{metadata, ready_condition};

/// The members of one pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census(pub(super) Vec<Member>);

/// A member of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The instance's name.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
    /// Whether its resolved template equals what the template resolves to today.
    pub is_current: bool,
    /// Its standing.
    pub standing: Standing,
    /// The message of its condition `Ready`.
    pub message: String,
}

/// Where a member is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It starts.
    Starting,
    /// It can be claimed.
    Ready,
    /// It could not be started, or does not answer.
    Failed {
        /// Since when.
        since: Timestamp,
    },
    /// It has an owner.
    Claimed,
    /// It is terminating.
    Terminating {
        /// Since when.
        since: Timestamp,
    },
}

impl Standing {
    /// Whether it starts.
    #[must_use]
    pub const fn is_starting(&self) -> bool {
        matches!(self, Self::Starting)
    }

    /// Whether it can be claimed.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }

    /// Whether it failed.
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    /// Whether it is terminating.
    #[must_use]
    pub const fn is_terminating(&self) -> bool {
        matches!(self, Self::Terminating { .. })
    }

    /// Whether it has no owner and is not terminating.
    #[must_use]
    pub const fn is_unclaimed(&self) -> bool {
        matches!(self, Self::Starting | Self::Ready | Self::Failed { .. })
    }

    fn of(instance: &DployInstance, created: Timestamp) -> Self {
        let status = instance.status.as_ref();
        let failed_since = || ready(instance).map_or(created, |it| it.last_transition_time.0);
        if let Some(since) = &instance.metadata.deletion_timestamp {
            return Self::Terminating { since: since.0 };
        }
        match status.and_then(|status| status.phase) {
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

fn ready(instance: &DployInstance) -> Option<&Condition> {
    instance.status.as_ref().and_then(|status| ready_condition(&status.conditions))
}

impl Member {
    /// The instance as a member; `None` for an instance that is not part of a pool, and for a place
    /// in its queue, which is no member until it is released.
    #[must_use]
    pub fn of(instance: &DployInstance, is_current: bool) -> Option<Self> {
        let created = instance.metadata.creation_timestamp.as_ref();
        let created = created.map_or(Timestamp::UNIX_EPOCH, |it| it.0);
        let is_member = instance.spec.pooled && !instance.spec.queued && !is_void(instance);
        is_member.then(|| Self {
            name: metadata::name(&instance.metadata).to_owned(),
            created,
            is_current,
            standing: Standing::of(instance, created),
            message: ready(instance).map(|it| it.message.clone()).unwrap_or_default(),
        })
    }

    pub(super) fn is_current_and(&self, is: fn(&Standing) -> bool) -> bool {
        self.is_current && is(&self.standing)
    }
}

impl Census {
    /// The census of these members.
    pub fn of(members: impl IntoIterator<Item = Member>) -> Self {
        Self(members.into_iter().collect())
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many members are so.
    pub fn count(&self, is: impl Fn(&Member) -> bool) -> usize {
        self.0.iter().filter(|it| is(it)).count()
    }

    /// The census in which the members of these names are claimed, with these members in addition.
    pub(super) fn with_claimed(
        &self,
        names: &BTreeSet<&str>,
        additional: impl IntoIterator<Item = Member>,
    ) -> Self {
        let claimed = self.0.iter().cloned().map(|member| match names.contains(&*member.name) {
            true => Member { standing: Standing::Claimed, ..member },
            false => member,
        });
        Self(claimed.chain(additional).collect())
    }

    /// The census without the members of these names.
    pub(super) fn without(&self, names: &BTreeSet<String>) -> Self {
        Self::of(self.0.iter().filter(|it| !names.contains(&it.name)).cloned())
    }
}
