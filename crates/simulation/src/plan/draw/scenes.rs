//! Troubles of several parts: what people do at the moment at which something goes wrong.

use super::{
    super::{Admin, Ask, Call, Event, Harm, Node},
    Drawing, OPERATORS, PEOPLE, SERVERS, TEMPLATES, WRITES,
};

/// The writes of a launch.
const LAUNCHING: [Call; 4] = [Call::Seats, Call::Seats, Call::Create, Call::Patch];

impl Drawing {
    /// A process is killed with a request on its way, often that of a launch.
    pub(super) fn last_words(&mut self, from: u64) {
        let late = Harm::Kill(self.dice.between(10_000, 90_000));
        if self.dice.percent(50) {
            let call = *self.dice.pick(&[Call::Namespace, Call::Place, Call::Create]);
            self.call(from, self.operator(), call, late);
        } else {
            let server = self.number(SERVERS);
            self.call(from, Node::Server(server), *self.dice.pick(&LAUNCHING), late);
            self.launch(from, server);
        }
    }

    /// Somebody launches at this server.
    fn launch(&mut self, at: u64, server: usize) {
        let (who, _) = *self.dice.pick(&PEOPLE);
        let template = *self.dice.pick(&TEMPLATES);
        self.ask(at, (who, server), Ask::Launch, template);
    }

    /// Something happens to the next such call of each operator, because either may lead.
    fn leaders_call(&mut self, from: u64, call: Call, what: Harm) {
        (0..OPERATORS).for_each(|number| self.call(from, Node::Operator(number), call, what));
    }

    /// Somebody waits at a server that does not see the ready member, and somebody else claims that
    /// member at another server. The deletion of the place may be lost, and the owner extends.
    pub(super) fn meeting_in_a_queue(&mut self, from: u64) {
        let (first, server) = (self.number(PEOPLE.len()), self.number(SERVERS));
        let person = |number: usize| PEOPLE[(first + number) % PEOPLE.len()].0;
        let other = (server + 1) % SERVERS;
        self.step(from, Event::StallWatches(Node::Server(server), 20_000));
        self.ask(from + 100, (person(0), other), Ask::Launch, "line");
        let at = from + 4_000 + 8 * self.latency;
        self.ask(at, (person(1), server), Ask::Launch, "line");
        if self.dice.percent(50) {
            self.leaders_call(at, Call::Delete, Harm::LostRequest);
            let extends = at + self.dice.between(1_000, 9_000);
            self.ask(extends, (person(1), server), Ask::Extend, "line");
        } else {
            let claims = at + self.dice.between(0, 200 + 8 * self.latency);
            self.ask(claims, (person(2), other), Ask::Launch, "line");
        }
    }

    /// An operator is replaced. The first lists of the next one may take long.
    pub(super) fn upgrade(&mut self, from: u64) {
        let number = self.number(OPERATORS);
        self.step(from, Event::Replace(number));
        if self.dice.percent(50) {
            for _ in 0..6 {
                let late = Harm::LateAnswer(self.dice.between(100, 9_000));
                self.call(from, Node::Operator(number), Call::Read, late);
            }
        }
    }

    /// A member is claimed, and the creation of the next one arrives when the leader has given it
    /// up.
    pub(super) fn late_member(&mut self, from: u64) {
        let late = Harm::LateRequest(self.dice.between(11_000, 28_000));
        self.leaders_call(from, Call::Create, late);
        let ((who, _), server) = (*self.dice.pick(&PEOPLE), self.number(SERVERS));
        let template = *self.dice.pick(&["lab", "line"]);
        self.ask(from, (who, server), Ask::Launch, template);
    }

    /// A claim, a deletion at another server, and changes of members, within a few calls.
    pub(super) fn meeting(&mut self, from: u64) {
        let (who, _) = *self.dice.pick(&PEOPLE);
        let template = *self.dice.pick(&["lab", "gpu"]);
        let call = 2 * self.latency;
        let server = self.number(SERVERS);
        self.ask(from, (who, server), Ask::Launch, template);
        let (at, server) = (from + self.dice.between(0, 2 * call), (server + 1) % SERVERS);
        self.ask(at, (who, server), Ask::Delete, template);
        for _ in 0..self.dice.between(2, 8) {
            let at = from + self.dice.between(0, 2 * call);
            let change = Admin::Annotate(self.number(12));
            self.step(at, Event::Admin(change));
        }
    }

    /// A server extends an environment that another server deletes. The answer to the extension
    /// arrives when the environment is gone.
    pub(super) fn answer_after_the_end(&mut self, from: u64) {
        let (who, _) = *self.dice.pick(&PEOPLE);
        let template = *self.dice.pick(&["desk", "note", "lab"]);
        let server = self.number(SERVERS);
        self.ask(from, (who, server), Ask::Launch, template);
        let extends = from + 2_000 + 8 * self.latency;
        let late = Harm::LateAnswer(self.dice.between(5_000, 9_500));
        self.call(extends, Node::Server(server), Call::Patch, late);
        self.ask(extends, (who, server), Ask::Extend, template);
        let deletes = extends + 4 * self.latency + self.dice.between(0, 1_000);
        self.ask(deletes, (who, (server + 1) % SERVERS), Ask::Delete, template);
    }

    /// A few seconds, or longer than a void instance exists.
    pub(super) fn freeze(&mut self, from: u64) {
        let long = self.dice.percent(25);
        let length =
            if long { self.dice.between(630_000, 700_000) } else { self.dice.between(500, 45_000) };
        if long && self.dice.percent(50) {
            let server = self.number(SERVERS);
            let what = Harm::Freeze(length);
            self.call(from, Node::Server(server), *self.dice.pick(&LAUNCHING), what);
            self.launch(from, server);
            return;
        }
        let (node, call) = (self.any_node(), *self.dice.pick(&WRITES));
        if self.dice.percent(70) {
            self.call(from, node, call, Harm::Freeze(length));
        } else {
            self.step(from, Event::Freeze(node, length));
        }
    }
}
