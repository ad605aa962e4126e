//! What a live read finds under one key of an owner's ledger.

use jiff::Timestamp;
use resources::{DployInstance, DployOwner, Seat};

use crate::{
    holder::belongs_to,
    orphan::needs_seat_in,
    seats::SeatKey,
    standing::{LateWriter, Standing, is_environment, standing, standing_of_owned},
};

/// What an owner has under one key.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Neither a seat nor an environment.
    Nothing,
    /// An environment without a seat that lives: `kubectl` or a Dploy without seats created it, or
    /// its seat was lost.
    Unseated(Box<DployInstance>),
    /// A seat.
    Seated {
        /// The seat.
        seat: Seat,
        /// The instance that the seat names.
        instance: Option<Box<DployInstance>>,
        /// The standing of the seat.
        standing: Standing,
    },
}

/// A seat whose writer can still write the instance.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingSeat {
    /// The seat.
    pub seat: Seat,
    /// What its writer can still do.
    pub writer: LateWriter,
    /// The pool member that the writer can still claim.
    pub member: Option<Box<DployInstance>>,
}

impl Found {
    /// A `seat` in `record` and the instance that it names, both read live.
    #[must_use]
    pub fn seated(
        seat: Seat,
        record: &DployOwner,
        instance: Option<DployInstance>,
        now: Timestamp,
    ) -> Self {
        let standing = standing(&seat, record, instance.as_ref(), now);
        Self::Seated { seat, instance: instance.map(Box::new), standing }
    }

    /// An instance without a seat, read live; `None` when it is not an environment that lives.
    #[must_use]
    pub fn unseated(
        instance: DployInstance,
        record: &DployOwner,
        key: &SeatKey,
        now: Timestamp,
    ) -> Option<Self> {
        let lives = is_environment(&instance, record, key)
            && standing_of_owned(&instance, now) == Standing::Lives;
        lives.then(|| Self::Unseated(Box::new(instance)))
    }

    /// The name of the instance, if that is a place in the queue of a pool.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        let instance = match self {
            Self::Unseated(instance) => Some(instance),
            Self::Seated { instance, .. } => instance.as_ref(),
            Self::Nothing => None,
        };
        instance.filter(|it| it.spec.queued)?.metadata.name.as_deref()
    }

    /// The environment that lives.
    #[must_use]
    pub fn living(self) -> Option<DployInstance> {
        match self {
            Self::Unseated(instance) => Some(*instance),
            Self::Seated { instance, standing: Standing::Lives, .. } => instance.map(|it| *it),
            Self::Nothing | Self::Seated { .. } => None,
        }
    }
}

/// Whether an instance that no seat names can be an environment of the record's owner.
#[must_use]
pub fn may_be_unseated(instance: &DployInstance, record: &DployOwner, key: &SeatKey) -> bool {
    key.covers(instance) && belongs_to(instance, record) && !needs_seat_in(instance, record)
}
