//! Plans that once failed, shrunk: each ran into a fault that is fixed.

use crate::plan::{Admin, Ask, Call, Event, Harm, Node, Plan, Request, Step, Trouble};

/// A plan that once failed.
pub(crate) struct Regression {
    /// What goes wrong in it.
    pub(crate) name: &'static str,
    /// The plan.
    pub(crate) plan: Plan,
}

/// When the pools are full and the first request is sent, in milliseconds.
const BEGIN: u64 = 10_000;

/// The number of the instance of template `hub` among all, by name, when the pools are full.
const HUB: usize = 1;

/// The number of bob's record among all, by name, when ada and bob have one.
const BOB: usize = 1;

/// All of them.
pub(crate) fn all() -> Vec<Regression> {
    let server = Node::Server(0);
    let leader = Node::Operator(0);
    [
        of("a deletion takes effect and is answered 504")
            .ask(Ask::Launch, "desk")
            .ask(Ask::Delete, "desk")
            .harm(server, Call::Delete, Harm::RefusedAfter(504)),
        of("an extension takes effect and is answered 503")
            .ask(Ask::Launch, "desk")
            .ask(Ask::Extend, "desk")
            .harm(server, Call::Patch, Harm::RefusedAfter(503)),
        of("the answer to a claim is cut")
            .ask(Ask::Launch, "lab")
            .harm(server, Call::Patch, Harm::Cut)
            .ask(Ask::Launch, "desk")
            .ask(Ask::Launch, "note"),
        of("a proxy answers a create with a page")
            .harm(server, Call::Create, Harm::Page)
            .ask(Ask::Launch, "desk")
            .ask(Ask::Launch, "desk"),
        of("a server sleeps for eleven minutes between the seat and the create")
            .harm(server, Call::Seats, Harm::Freeze(660_000))
            .ask(Ask::Launch, "desk"),
        of("an owner record is deleted")
            .ask(Ask::Launch, "note")
            .happens(Event::Admin(Admin::DeleteRecord(0)))
            .ask(Ask::Status, "note"),
        of("an owner record is restored without its status")
            .ask(Ask::Launch, "note")
            .happens(Event::Admin(Admin::RestoreRecord(0)))
            .ask(Ask::Launch, "desk")
            .ask(Ask::Launch, "lab"),
        of("a leader is killed with the create of a namespace on its way")
            .harm(leader, Call::Namespace, Harm::Kill(80_000))
            .ask(Ask::Launch, "desk"),
        of("a leader is killed with a placement on its way")
            .harm(leader, Call::Place, Harm::Kill(87_000))
            .ask(Ask::Launch, "desk"),
        of("a leader is killed with the create of a pool member on its way")
            .harm(leader, Call::Create, Harm::Kill(34_000))
            .ask(Ask::Launch, "lab"),
        of("an operator loses the answer to a placement")
            .harm(leader, Call::Place, Harm::LostAnswer)
            .ask(Ask::Launch, "desk"),
        of("an instance and its finalizers are deleted without a leader, and its seat is fenced")
            .ask(Ask::Launch, "hub")
            .happens(Event::Kill(Node::Operator(0), 60_000))
            .happens(Event::Kill(Node::Operator(1), 20_000))
            .happens(Event::Admin(Admin::DeleteInstance(HUB)))
            .happens(Event::Admin(Admin::DropFinalizers(0))),
        of("the watch of a new leader lacks the last creation of the former one")
            .harm(leader, Call::Place, Harm::Kill(60_000))
            .ask(Ask::Launch, "lab")
            .by("dan")
            .ask(Ask::Launch, "lab")
            .happens(Event::StallWatches(Node::Operator(1), 45_000)),
        lost_deletion_of_a_place("the deletion of a served place is lost, and its owner extends")
            .ask(Ask::Status, "line")
            .ask(Ask::Extend, "line"),
        lost_deletion_of_a_place("the deletion of a served place is lost, then the record is")
            .happens(Event::Admin(Admin::DeleteRecord(BOB)))
            .later(10_000)
            .ask(Ask::Launch, "note"),
        of("the record of the first owner in a queue is lost and comes back")
            .happens(Event::StallWatches(Node::Server(0), 20_000))
            .at_server(1)
            .ask(Ask::Launch, "line")
            .happens(Event::StallWatches(Node::Operator(0), 10_000))
            .happens(Event::StallWatches(Node::Operator(1), 10_000))
            .at_server(0)
            .by("bob")
            .ask(Ask::Launch, "line")
            .happens(Event::Admin(Admin::DeleteRecord(BOB)))
            .later(10_000)
            .ask(Ask::Launch, "note")
            .later(6_000)
            .at_server(1)
            .by("cyd")
            .ask(Ask::Launch, "line"),
    ]
    .into_iter()
    .map(|it| Regression { name: it.name, plan: it.plan })
    .collect()
}

/// A plan in the making: its requests are two seconds apart. They are ada's at one server first.
struct Making {
    name: &'static str,
    plan: Plan,
    who: &'static str,
    server: usize,
    at: u64,
}

fn of(name: &'static str) -> Making {
    let plan =
        Plan { seed: 1, latency: 60, kinds: Vec::new(), steps: Vec::new(), troubles: Vec::new() };
    Making { name, plan, who: "ada", server: 0, at: BEGIN }
}

/// Bob waits for a member at a server that does not see that one is ready. The operator gives it to
/// him, and loses the request that deletes his place.
fn lost_deletion_of_a_place(name: &'static str) -> Making {
    of(name)
        .happens(Event::StallWatches(Node::Server(0), 20_000))
        .at_server(1)
        .ask(Ask::Launch, "line")
        .ask(Ask::Status, "line")
        .at_server(0)
        .by("bob")
        .harm(Node::Operator(0), Call::Delete, Harm::LostRequest)
        .ask(Ask::Launch, "line")
}

impl Making {
    fn ask(self, ask: Ask, template: &'static str) -> Self {
        let Self { who, server, .. } = self;
        self.happens(Event::Request(Request { who, server, ask, template, hang_up: None }))
    }

    /// The next requests are of this person.
    const fn by(mut self, who: &'static str) -> Self {
        self.who = who;
        self
    }

    /// The next requests go to this server.
    const fn at_server(mut self, server: usize) -> Self {
        self.server = server;
        self
    }

    /// The next request comes so many milliseconds later.
    const fn later(mut self, by: u64) -> Self {
        self.at += by;
        self
    }

    fn happens(mut self, what: Event) -> Self {
        self.plan.steps.push(Step { at: self.at, what });
        self.at += 2_000;
        self
    }

    /// Something happens to the next such call. Both operators meet it, because either may lead.
    fn harm(mut self, node: Node, call: Call, what: Harm) -> Self {
        let from = self.at.saturating_sub(1_000);
        let others = [Node::Operator(1)].into_iter().filter(|_| matches!(node, Node::Operator(_)));
        let nodes = std::iter::once(node).chain(others);
        self.plan.troubles.extend(nodes.map(|node| Trouble { node, from, call, what }));
        self
    }
}
