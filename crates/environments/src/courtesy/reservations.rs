use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Notify, futures::Notified};

/// Hands out the members of warm pools, so that the requests of this replica never try for the same one.
#[derive(Debug, Default, Clone)]
pub(crate) struct Reservations(Arc<Desk>);

#[derive(Debug, Default)]
struct Desk {
    reserved: Mutex<HashSet<String>>,
    released: Notify,
}

/// A member that this request alone, in this replica, tries for.
#[derive(Debug)]
pub(crate) struct Reservation {
    member: String,
    desk: Arc<Desk>,
}

impl Reservations {
    /// Reserves the member unless somebody has it.
    pub(crate) fn reserve(&self, member: &str) -> Option<Reservation> {
        let mut reserved = self.0.reserved.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ours = reserved.insert(member.to_owned());
        is_ours.then(|| Reservation { member: member.to_owned(), desk: Arc::clone(&self.0) })
    }

    /// Completes when a reservation ends after this was called.
    pub(crate) fn released(&self) -> Notified<'_> {
        self.0.released.notified()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.desk.reserved.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.member);
        self.desk.released.notify_waiters();
    }
}
