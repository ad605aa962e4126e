//! Contention: how the requests of one replica avoid conflicts with each other.
//!
//! Correctness does not depend on it, because requests on other replicas take no part. It saves
//! writes that would end in a conflict.

mod attempts;
mod reservations;
mod turns;

pub(crate) use self::{
    attempts::Attempts,
    reservations::{Reservation, Reservations},
    turns::Turns,
};

/// What the requests of one replica share.
#[derive(Debug, Default)]
pub(crate) struct Contention {
    pub(crate) turns: Turns,
    pub(crate) reservations: Reservations,
}
