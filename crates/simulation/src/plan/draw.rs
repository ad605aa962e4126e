//! Draws a plan from a seed. Each seed has a few kinds of trouble only, so that one fault does not
//! hide the others.

mod scenes;

use super::{Admin, Ask, Call, Event, Harm, Node, Plan, Request, Step, Trouble};
use crate::dice::Dice;

/// When people begin, in milliseconds: the pools are full.
const BEGIN: u64 = 6_000;
/// The number of servers.
pub(crate) const SERVERS: usize = 3;
/// The number of operators.
pub(crate) const OPERATORS: usize = 2;
/// The people, each with the team.
pub(crate) const PEOPLE: [(&str, &str); 4] =
    [("ada", "blue"), ("bob", "blue"), ("cyd", "red"), ("dan", "red")];
/// The templates: two on demand, two pools, one of teams, one pool with a queue.
const TEMPLATES: [&str; 6] = ["desk", "note", "lab", "gpu", "hub", "line"];

/// A kind of trouble that a seed may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Statuses before and after the effect.
    Statuses,
    /// Answers that cannot be read.
    Unreadable,
    /// Slow and lost packets of servers.
    ServerPackets,
    /// Slow and lost packets of operators.
    OperatorPackets,
    /// Frozen processes.
    Freezes,
    /// Killed processes.
    Kills,
    /// Operators that are upgraded.
    Upgrades,
    /// Clocks that are wrong.
    Clocks,
    /// Watches that stall, end or fail.
    Watches,
    /// An admin who edits.
    Edits,
    /// An admin who deletes owner records.
    Records,
    /// An admin who deletes instances.
    Objects,
    /// A process that is killed with a request on its way.
    LastWords,
    /// Clients that hang up.
    HangUps,
    /// Pool members that change while they are claimed, and owners who remove them at once.
    Meetings,
}

const KINDS: [Kind; 15] = [
    Kind::Statuses,
    Kind::Unreadable,
    Kind::ServerPackets,
    Kind::OperatorPackets,
    Kind::Freezes,
    Kind::Kills,
    Kind::Upgrades,
    Kind::Clocks,
    Kind::Watches,
    Kind::Edits,
    Kind::Records,
    Kind::Objects,
    Kind::LastWords,
    Kind::HangUps,
    Kind::Meetings,
];

/// The plan of a seed.
pub(super) fn plan(seed: u64) -> Plan {
    let dice = Dice::of(seed, "plan");
    let length = dice.between(20_000, 60_000);
    let latency = *dice.pick(&[4, 15, 60, 400]);
    let mut drawing =
        Drawing { dice: dice.clone(), length, latency, steps: Vec::new(), troubles: Vec::new() };
    for _ in 0..dice.between(15, 45) {
        drawing.request();
    }
    let mut kinds = Vec::new();
    for _ in 0..*dice.pick(&[0, 1, 1, 1, 1, 2, 2, 3]) {
        let kind = *dice.pick(&KINDS);
        kinds.push(kind);
        for _ in 0..dice.between(1, 7) {
            drawing.trouble(kind);
        }
    }
    let Drawing { mut steps, troubles, .. } = drawing;
    steps.sort_by_key(|step| step.at);
    let kinds = kinds.iter().map(|kind| format!("{kind:?}")).collect();
    Plan { seed, latency, kinds, steps, troubles }
}

struct Drawing {
    dice: Dice,
    length: u64,
    latency: u64,
    steps: Vec<Step>,
    troubles: Vec<Trouble>,
}

impl Drawing {
    fn time(&self) -> u64 {
        BEGIN + self.dice.between(0, self.length)
    }

    fn server(&self) -> Node {
        Node::Server(self.number(SERVERS))
    }

    fn operator(&self) -> Node {
        Node::Operator(self.number(OPERATORS))
    }

    fn any_node(&self) -> Node {
        if self.dice.percent(50) { self.server() } else { self.operator() }
    }

    fn number(&self, below: usize) -> usize {
        usize::try_from(self.dice.between(0, below as u64)).unwrap_or_default()
    }

    fn step(&mut self, at: u64, what: Event) {
        self.steps.push(Step { at, what });
    }

    /// A request, or a volley of requests that meet.
    fn request(&mut self) {
        let (at, (who, _)) = (self.time(), *self.dice.pick(&PEOPLE));
        let template = *self.dice.pick(&TEMPLATES);
        let volley = if self.dice.percent(35) { self.dice.between(2, 5) } else { 1 };
        let usual = *self.dice.pick(&ASKS);
        for _ in 0..volley {
            let ask = if self.dice.percent(70) { usual } else { *self.dice.pick(&ASKS) };
            let at = at + self.dice.between(0, 60);
            let server = self.number(SERVERS);
            self.ask(at, (who, server), ask, template);
        }
    }

    /// This person sends a request to this server.
    fn ask(
        &mut self,
        at: u64,
        (who, server): (&'static str, usize),
        ask: Ask,
        template: &'static str,
    ) {
        let request = Request { who, server, ask, template, hang_up: None };
        self.step(at, Event::Request(request));
    }

    fn trouble(&mut self, kind: Kind) {
        let from = self.time();
        match kind {
            Kind::Statuses => self.status(from),
            Kind::Unreadable => {
                let call = *self.dice.pick(&WRITES);
                let what = *self.dice.pick(&[Harm::Cut, Harm::Page]);
                self.call(from, self.server(), call, what);
            }
            Kind::ServerPackets => self.packet(from, self.server()),
            Kind::OperatorPackets if self.dice.percent(30) => self.late_member(from),
            Kind::OperatorPackets => self.packet(from, self.operator()),
            Kind::Freezes => self.freeze(from),
            Kind::Kills => {
                let event = Event::Kill(self.any_node(), self.dice.between(100, 20_000));
                self.step(from, event);
            }
            Kind::Upgrades => self.upgrade(from),
            Kind::Clocks => {
                let ahead = i64::try_from(self.dice.between(0, 10_000)).unwrap_or_default();
                let event = Event::Skew(self.any_node(), ahead - 5_000);
                self.step(from, event);
            }
            Kind::Watches => self.watch(from),
            Kind::Edits => self.edit(from),
            Kind::Records => {
                let number = self.number(6);
                let restored = self.dice.percent(50);
                let change = if restored {
                    Admin::RestoreRecord(number)
                } else {
                    Admin::DeleteRecord(number)
                };
                self.step(from, Event::Admin(change));
            }
            Kind::Objects => self.object(from),
            Kind::LastWords => self.last_words(from),
            Kind::HangUps => self.hang_up(),
            Kind::Meetings if self.dice.percent(50) => self.meeting_in_a_queue(from),
            Kind::Meetings if self.dice.percent(30) => self.answer_after_the_end(from),
            Kind::Meetings => self.meeting(from),
        }
    }

    fn call(&mut self, from: u64, node: Node, call: Call, what: Harm) {
        self.troubles.push(Trouble { node, from, call, what });
    }

    fn status(&mut self, from: u64) {
        let status = *self.dice.pick(&[429, 500, 503, 503, 504]);
        let before = status == 429 || self.dice.percent(40);
        let what = if before { Harm::Refused(status) } else { Harm::RefusedAfter(status) };
        let node = self.any_node();
        let call = match node {
            Node::Server(_) => *self.dice.pick(&WRITES),
            Node::Operator(_) => *self.dice.pick(&OPERATORS_CALLS),
        };
        self.call(from, node, call, what);
    }

    fn packet(&mut self, from: u64, node: Node) {
        let late = *self.dice.pick(&[300, 2_500, 9_900, 12_000, 28_000]);
        let late = self.dice.between(late / 2, late);
        let what = *self.dice.pick(&[
            Harm::LateRequest(late),
            Harm::LateAnswer(late),
            Harm::LostRequest,
            Harm::LostAnswer,
        ]);
        let call = match node {
            Node::Server(_) => *self.dice.pick(&WRITES),
            Node::Operator(_) => *self.dice.pick(&OPERATORS_CALLS),
        };
        self.call(from, node, call, what);
    }

    fn watch(&mut self, from: u64) {
        let node = self.any_node();
        let stall = Event::StallWatches(node, self.dice.between(200, 30_000));
        match self.dice.between(0, 3) {
            0 => self.step(from, stall),
            1 => self.step(from, Event::EndWatches(node)),
            _ => {
                self.step(from, stall);
                self.step(from + self.dice.between(100, 5_000), Event::Compact);
            }
        }
    }

    fn edit(&mut self, from: u64) {
        let template = *self.dice.pick(&TEMPLATES);
        let change = match self.dice.between(0, 3) {
            0 => Admin::EditTemplate(template),
            1 => Admin::RecreateTemplate(template, self.dice.between(100, 20_000)),
            _ => Admin::SetQuota(u32::try_from(self.dice.between(2, 4)).unwrap_or_default()),
        };
        self.step(from, Event::Admin(change));
    }

    fn object(&mut self, from: u64) {
        let number = self.number(12);
        let change = match self.dice.between(0, 4) {
            0 => Admin::DeleteInstance(number),
            1 => Admin::DropFinalizers(number),
            2 => Admin::DeleteNamespace(number),
            _ => Admin::Annotate(number),
        };
        self.step(from, Event::Admin(change));
    }

    fn hang_up(&mut self) {
        let after = self.dice.between(1, 200);
        let chosen = self.number(self.steps.len());
        if let Some(Step { what: Event::Request(request), .. }) = self.steps.get_mut(chosen) {
            request.hang_up = Some(after);
        }
    }
}

const ASKS: [Ask; 8] = [
    Ask::Launch,
    Ask::Launch,
    Ask::Launch,
    Ask::Launch,
    Ask::Extend,
    Ask::Extend,
    Ask::Delete,
    Ask::Status,
];

const WRITES: [Call; 7] = [
    Call::Seats,
    Call::Seats,
    Call::Create,
    Call::Patch,
    Call::Delete,
    Call::CreateOwner,
    Call::Read,
];

const OPERATORS_CALLS: [Call; 10] = [
    Call::Create,
    Call::Patch,
    Call::Delete,
    Call::Status,
    Call::Lease,
    Call::Namespace,
    Call::Place,
    Call::Withdraw,
    Call::Write,
    Call::Read,
];
