//! Reservations of pool members within one replica.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Notify, futures::Notified};

/// The reserved pool members. No two requests of this replica try to claim one member.
#[derive(Debug, Default, Clone)]
pub(crate) struct Reservations(Arc<Reserved>);

#[derive(Debug, Default)]
struct Reserved {
    members: Mutex<HashSet<String>>,
    released: Notify,
}

/// A reserved member; dropping it ends the reservation.
#[derive(Debug)]
pub(crate) struct Reservation {
    member: String,
    reserved: Arc<Reserved>,
}

impl Reservations {
    /// Reserves the member; `None` when it is reserved already.
    pub(crate) fn reserve(&self, member: &str) -> Option<Reservation> {
        let mut members = self.0.members.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = members.insert(member.to_owned());
        is_new.then(|| Reservation { member: member.to_owned(), reserved: Arc::clone(&self.0) })
    }

    /// Completes when a reservation ends after this call.
    pub(crate) fn released(&self) -> Notified<'_> {
        self.0.released.notified()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut members = self.reserved.members.lock().unwrap_or_else(PoisonError::into_inner);
        members.remove(&self.member);
        drop(members);
        self.reserved.released.notify_waiters();
    }
}
