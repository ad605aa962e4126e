//! The state of the model: the objects in the API server, the requests and the operators.
//!
//! Versions are relative. A version that somebody remembers is the current one or an old one, and
//! every write turns what others remember of the object into an old version. So histories that
//! differ in numbers alone are one state, and the state space is finite.

use std::fmt;

use crate::api::Reply;

/// The owners of the model are 1 and 2; an object without an owner has 0.
pub(crate) type Owner = u8;

/// An instance's name, as an index into [`State::objects`].
pub(crate) type Name = u8;

/// How many names there are: two pool members and four instances that launches create.
pub(crate) const NAMES: usize = 6;
/// The first name that a launch creates.
pub(crate) const FIRST_FRESH: Name = 2;
/// How many requests a scenario can have.
pub(crate) const REQUESTS: usize = 4;

/// The templates: two on-demand ones and one with a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Template {
    Desk,
    Lab,
    Pool,
}

/// How the writer of a seat writes the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Chosen {
    /// It creates the instance: the seat has no `chosenAt`.
    Creates,
    /// It claims the member, on the version that the member still has.
    Current,
    /// It claims the member, on a version that the member had before. Different numbers are
    /// different versions.
    Old(u8),
}

/// A seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Seat {
    pub(crate) template: Template,
    pub(crate) name: Name,
    pub(crate) chosen: Chosen,
    /// The hour in which the seat was written.
    pub(crate) hour: u8,
    /// The request that chose the member, plus one.
    pub(crate) ticket: u8,
}

/// The seats of a record, sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seats(pub(crate) [Option<Seat>; 3]);

impl Seats {
    pub(crate) fn of(seats: impl IntoIterator<Item = Seat>) -> Self {
        let mut sorted: Vec<Seat> = seats.into_iter().collect();
        sorted.sort_unstable();
        let mut slots = [None; 3];
        for (slot, seat) in slots.iter_mut().zip(sorted) {
            *slot = Some(seat);
        }
        Self(slots)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Seat> + '_ {
        self.0.iter().flatten().copied()
    }

    pub(crate) fn at(&self, template: Template) -> Option<Seat> {
        self.iter().find(|seat| seat.template == template)
    }

    pub(crate) fn naming(&self, name: Name) -> Option<Seat> {
        self.iter().find(|seat| seat.name == name)
    }
}

/// An owner record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) exists: bool,
    /// How often the record was created before.
    pub(crate) uid: u8,
    /// Whether the record has a status.
    pub(crate) written: bool,
    pub(crate) seats: Seats,
}

/// What a request or an operator remembers of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Held {
    /// Whether it is the current version.
    pub(crate) current: bool,
    pub(crate) record: Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    Live,
    Deleting,
    Void,
}

/// An instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    pub(crate) template: Template,
    pub(crate) owner: Owner,
    pub(crate) phase: Phase,
    pub(crate) overdue: bool,
    /// How often it was extended.
    pub(crate) extensions: u8,
    /// The requests whose extensions it remembers, as bits.
    pub(crate) extended_by: u8,
    /// The request that marked it last, before its deletion.
    pub(crate) marked_by: Option<u8>,
    /// The uid of the record on which it was launched.
    pub(crate) record: u8,
    /// The hour in which it was created or claimed.
    pub(crate) hour: u8,
}

/// What a request is about to do. The modules of the requests say which function that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pc {
    Waiting,
    Read,
    Look,
    Take,
    Confirm,
    Write,
    Create,
    Check,
    GiveUp,
    Return,
    MakeRoom,
    Mark,
    CheckMark,
    Delete,
    CheckDelete,
    Free,
    CheckFree,
    Patch,
    Ended,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    None,
    Crashed,
    /// A launch returned this environment.
    Got(Name),
    /// A remove succeeded; the name is the environment's.
    Removed(Name),
    /// A remove whose deletion met a conflict found the instance gone, and counts it as its own.
    FoundGone(Name),
    Extended(Name),
    NotFound,
    QuotaReached,
    PoolEmpty,
    /// 500 or 503: the client does not know what happened.
    Unknown,
}

/// A request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) pc: Pc,
    pub(crate) held: Held,
    /// The instance that the next write is about.
    pub(crate) name: Name,
    /// Whether the version of that instance that was read is the current one.
    pub(crate) seen: bool,
    /// The seat that a launch wrote last, or that a remove frees.
    pub(crate) seat: Option<Seat>,
    /// How many seats it wrote.
    pub(crate) seats_written: u8,
    /// The answer to its last write, while a live read decides whether the write took effect.
    pub(crate) reply: Reply,
    /// Whether its deletion was accepted.
    pub(crate) deleted: bool,
    /// Whether its last seat was on the cached record.
    pub(crate) cached: bool,
    /// Whether it wrote an extension, as the model knows.
    pub(crate) extended: bool,
    /// Whether the quota was used up at some time since it began.
    pub(crate) saw_full: bool,
    /// Whether no environment of its template lived at some time since it began.
    pub(crate) saw_none: bool,
    pub(crate) answer: Answer,
}

/// What an operator remembers between two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    Idle,
    /// It read a record and looks at one of its seats next.
    Sweep {
        owner: Owner,
        seat: Seat,
        current: bool,
    },
    /// It writes the record without the seat next.
    Free {
        owner: Owner,
        seat: Seat,
        current: bool,
    },
    /// It read a record without a seat for the instance and deletes the instance next.
    Orphan {
        name: Name,
        seen: bool,
    },
    /// It found no seat for a deleting instance and removes the finalizer next.
    Release {
        name: Name,
        seen: bool,
    },
}

/// How often what goes wrong can still happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    pub(crate) crashes: u8,
    pub(crate) expiries: u8,
    /// Status writes of the operator, which change the version of an instance.
    pub(crate) touches: u8,
    /// Answers that do not say what happened.
    pub(crate) faults: u8,
    /// Records that are deleted or restored without a status.
    pub(crate) wipes: u8,
    /// Hours that pass while requests are under way.
    pub(crate) hours: u8,
}

/// A state.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) records: [Record; 2],
    pub(crate) objects: [Option<Object>; NAMES],
    pub(crate) requests: [Request; REQUESTS],
    pub(crate) slots: [Slot; 2],
    /// The owners of the requests.
    pub(crate) owners: [Owner; REQUESTS],
    pub(crate) fresh: Name,
    pub(crate) hour: u8,
    pub(crate) budget: Budget,
    /// The names of environments that a remove deleted while they lived, as bits.
    pub(crate) removed: u8,
    /// The owners whose record was lost, as bits.
    pub(crate) wiped: u8,
    /// The owners whose record was lost while one of their launches was under way, as bits.
    pub(crate) torn: u8,
    /// The invariant that the last step broke.
    pub(crate) broken: Option<&'static str>,
}

impl State {
    pub(crate) fn record(&self, owner: Owner) -> &Record {
        &self.records[usize::from(owner) - 1]
    }

    pub(crate) fn object(&self, name: Name) -> Option<Object> {
        self.objects[usize::from(name)]
    }

    /// The instances with their names.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Name, Object)> + '_ {
        (0_u8..).zip(&self.objects).filter_map(|(name, object)| object.map(|it| (name, it)))
    }

    /// The environments of an owner that are not being deleted.
    pub(crate) fn living(&self, owner: Owner) -> impl Iterator<Item = (Name, Object)> + '_ {
        self.named().filter(move |(_, it)| it.owner == owner && it.phase == Phase::Live)
    }

    pub(crate) fn is_acknowledged(&self, name: Name) -> bool {
        self.requests.iter().any(|it| it.answer == Answer::Got(name))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (owner, record) in (1..).zip(&self.records).filter(|(_, it)| it.uid > 0 || it.written) {
            let seats: Vec<_> = record.seats.iter().collect();
            write!(f, "owner {owner} {}: {seats:?}; ", if record.exists { "" } else { "gone" })?;
        }
        for (name, object) in self.named() {
            write!(f, "{name}: {object:?}; ")?;
        }
        for (number, request) in self.requests.iter().enumerate() {
            write!(f, "request {number} {:?} {:?}; ", request.pc, request.answer)?;
        }
        write!(f, "operators {:?}, broken {:?}", self.slots, self.broken)
    }
}
