//! An owner's ledger: one seat per environment that counts.

mod sighting;
pub(crate) mod standing;

use resources::{DployOwner, Seat};

/// The seats of a record.
pub(crate) fn seats(record: &DployOwner) -> &[Seat] {
    record.status.as_ref().map_or(&[], |status| &status.seats)
}

/// The owner's seat for `template`.
pub(crate) fn seat_of<'a>(record: &'a DployOwner, template: &str) -> Option<&'a Seat> {
    seats(record).iter().find(|seat| seat.template == template)
}

/// The seats with `seat` in the place of any other for its template.
pub(crate) fn seats_with(record: &DployOwner, seat: &Seat) -> Vec<Seat> {
    let others = seats(record).iter().filter(|other| other.template != seat.template);
    others.chain([seat]).cloned().collect()
}

/// The seats without the one for exactly this instance.
pub(crate) fn seats_without(record: &DployOwner, instance: &str) -> Vec<Seat> {
    seats(record).iter().filter(|seat| seat.instance != instance).cloned().collect()
}

pub(crate) use self::sighting::{Found, Sighting};
