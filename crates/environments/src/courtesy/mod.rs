//! How the requests of one replica keep out of each other's way. Nothing here is needed for a promise to hold (other
//! replicas take no part in it); it saves writes that would only meet a conflict.

mod backoff;
mod reservations;
mod turns;

pub(crate) use self::{
    backoff::Attempts,
    reservations::{Reservation, Reservations},
    turns::Turns,
};
