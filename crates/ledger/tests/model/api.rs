//! The abstract API server: conditional writes, creates that fail when the name is taken, deletes
//! with preconditions, finalizers; and the answers that get lost between it and a request.

use crate::{
    state::{Chosen, Held, Name, Object, Owner, Pc, Phase, Record, Seat, Seats, Slot, State},
    writes,
};

/// Why the API server rejects a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rejection {
    Conflict,
    Exists,
    Gone,
}

/// The answer to a write, as the client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Done,
    Rejected(Rejection),
    /// No answer, or one that cannot be read.
    Unanswered,
    /// A definite refusal, such as 403.
    Refused,
}

/// Who deletes an instance, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A remove of this owner.
    Removed(Owner),
    Expired,
    /// A fence, an orphan, a shrinking pool.
    Unused,
}

impl State {
    /// The record as a live read returns it.
    pub(crate) fn read(&self, owner: Owner) -> Held {
        Held { current: true, record: *self.record(owner) }
    }

    /// Replaces the seats on exactly the version that is held.
    pub(crate) fn write_seats(
        &mut self,
        owner: Owner,
        current: bool,
        seats: Seats,
    ) -> Result<(), Rejection> {
        if !self.record(owner).exists {
            return Err(Rejection::Gone);
        }
        if !current {
            return Err(Rejection::Conflict);
        }
        self.replace_record(owner, |record| {
            record.seats = seats;
            record.written = true;
        });
        Ok(())
    }

    /// Changes a record; what others hold of it becomes old.
    pub(crate) fn replace_record(&mut self, owner: Owner, change: impl FnOnce(&mut Record)) {
        change(&mut self.records[usize::from(owner) - 1]);
        let owners = self.owners;
        for (request, of) in self.requests.iter_mut().zip(owners) {
            if of == owner {
                request.held.current = false;
                // The next write fails, whatever these seats are.
                if matches!(request.pc, Pc::Take | Pc::MakeRoom) {
                    request.held.record.seats = Seats::default();
                }
            }
        }
        for slot in &mut self.slots {
            if let Slot::Sweep { owner: of, current, .. } | Slot::Free { owner: of, current, .. } =
                slot
                && *of == owner
            {
                *current = false;
            }
        }
    }

    /// Creates an instance.
    pub(crate) fn create(&mut self, name: Name, object: Object) -> Result<(), Rejection> {
        if self.object(name).is_some() {
            return Err(Rejection::Exists);
        }
        self.put(name, Some(object));
        Ok(())
    }

    /// Deletes an instance on the version that was seen. A finalizer keeps it until its release.
    pub(crate) fn delete(&mut self, name: Name, seen: bool, why: Why) -> Result<(), Rejection> {
        let object = self.object(name).ok_or(Rejection::Gone)?;
        if !seen {
            return Err(Rejection::Conflict);
        }
        self.check_deletion(name, object, why);
        match object.phase {
            Phase::Void => self.put(name, None),
            Phase::Live | Phase::Deleting => {
                self.put(name, Some(Object { phase: Phase::Deleting, ..object }));
            }
        }
        Ok(())
    }

    fn check_deletion(&mut self, name: Name, object: Object, why: Why) {
        if object.phase != Phase::Live || object.owner == 0 {
            return;
        }
        match why {
            Why::Removed(owner) if owner == object.owner => self.removed |= 1 << name,
            Why::Expired if object.overdue => {}
            _ if self.is_acknowledged(name) => self.breaks("acknowledged until its end"),
            _ => {}
        }
    }

    /// Writes an instance; the versions that others remember become old.
    pub(crate) fn put(&mut self, name: Name, object: Option<Object>) {
        self.objects[usize::from(name)] = object;
        let old = Chosen::Old(self.unused_version(name));
        let age = |seat: &mut Seat| {
            if seat.name == name && seat.chosen == Chosen::Current {
                seat.chosen = old;
            }
        };
        for record in &mut self.records {
            record.seats.0.iter_mut().flatten().for_each(age);
        }
        for request in &mut self.requests {
            request.held.record.seats.0.iter_mut().flatten().for_each(age);
            request.seat.iter_mut().for_each(age);
            request.seen &= request.name != name;
        }
        for slot in &mut self.slots {
            match slot {
                Slot::Sweep { seat, .. } | Slot::Free { seat, .. } => age(seat),
                Slot::Orphan { name: of, seen } | Slot::Release { name: of, seen } => {
                    *seen &= *of != name;
                }
                Slot::Idle => {}
            }
        }
    }

    /// A number that no old version of this instance has.
    fn unused_version(&self, name: Name) -> u8 {
        let records = self.records.iter().flat_map(|it| it.seats.iter());
        let held = self.requests.iter().flat_map(|it| it.held.record.seats.iter().chain(it.seat));
        let slots = self.slots.iter().filter_map(|slot| match slot {
            Slot::Sweep { seat, .. } | Slot::Free { seat, .. } => Some(*seat),
            _ => None,
        });
        let used: Vec<Chosen> = records
            .chain(held)
            .chain(slots)
            .filter(|it| it.name == name)
            .map(|it| it.chosen)
            .collect();
        (1..).find(|number| !used.contains(&Chosen::Old(*number))).unwrap_or_default()
    }

    /// Creates the void instance of a seat.
    pub(crate) fn create_void(&mut self, seat: Seat) -> Result<(), Rejection> {
        let void = writes::void(seat, self.hour);
        self.create(seat.name, void)
    }

    /// Records the invariant that a step broke.
    pub(crate) fn breaks(&mut self, invariant: &'static str) {
        self.broken = self.broken.or(Some(invariant));
    }
}

/// The answers that a request can get to a write, each with the state after it. While the budget
/// lasts, the answer gets lost, or a proxy repeats the write and answers the repetition, or a
/// definite refusal comes before or after the effect.
pub(crate) fn attempt(
    before: &State,
    write: impl Fn(&mut State) -> Result<(), Rejection>,
    repeated: Rejection,
) -> Vec<(State, Reply)> {
    let mut after = *before;
    let result = write(&mut after);
    let mut replies = vec![(after, result.map_or_else(Reply::Rejected, |()| Reply::Done))];
    if before.budget.faults > 0 {
        let spend = |mut state: State| {
            state.budget.faults -= 1;
            state
        };
        replies.push((spend(*before), Reply::Refused));
        if result.is_ok() {
            replies.push((spend(after), Reply::Unanswered));
            replies.push((spend(after), Reply::Rejected(repeated)));
            replies.push((spend(after), Reply::Refused));
        }
    }
    replies
}
