//! What happens in a run, apart from the latency of the network: a list of steps with times, and a
//! list of troubles that wait for a call. Both can be shortened, which is how a plan is shrunk.

mod draw;

use std::fmt;

pub(crate) use draw::{OPERATORS, PEOPLE, SERVERS};

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A replica of `serve`.
    Server(usize),
    /// A replica of `operate`.
    Operator(usize),
}

/// What happens in a run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed that the plan was drawn from. It also seeds the nodes and the latency.
    pub seed: u64,
    /// The longest usual latency of one way, in milliseconds.
    pub latency: u64,
    /// The kinds of trouble that were drawn.
    pub kinds: Vec<String>,
    /// What people and the admin do, and what happens to nodes; sorted by time.
    pub steps: Vec<Step>,
    /// What happens to calls.
    pub troubles: Vec<Trouble>,
}

/// Something that happens at a time.
#[derive(Debug, Clone)]
pub struct Step {
    /// Milliseconds since the start.
    pub at: u64,
    /// What happens.
    pub what: Event,
}

/// What happens at a time.
#[derive(Debug, Clone)]
pub enum Event {
    /// A person sends a request to a server.
    Request(Request),
    /// A process stands still: it computes nothing, but packets still reach its machine.
    Freeze(Node, u64),
    /// A process ends without a word. A new one starts after a pause.
    Kill(Node, u64),
    /// This operator is upgraded: it is asked to stop, and the next one starts at once.
    Replace(usize),
    /// A node's clock is ahead by this many milliseconds.
    Skew(Node, i64),
    /// A node's watches report nothing for a while.
    StallWatches(Node, u64),
    /// A node's watches end.
    EndWatches(Node),
    /// The API server forgets its history, so that watches that are behind fail with 410.
    Compact,
    /// The admin does something.
    Admin(Admin),
}

/// A person's request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The person.
    pub who: &'static str,
    /// The server that gets it.
    pub server: usize,
    /// What is asked for.
    pub ask: Ask,
    /// The template.
    pub template: &'static str,
    /// The client hangs up after this many milliseconds.
    pub hang_up: Option<u64>,
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// A launch or a claim.
    Launch,
    /// The status of one environment.
    Status,
    /// A later deadline.
    Extend,
    /// The deletion.
    Delete,
}

/// What the admin does. A number chooses among the objects that there are.
#[derive(Debug, Clone)]
pub enum Admin {
    /// Gives a template another chart.
    EditTemplate(&'static str),
    /// Deletes a template and creates it again after a while.
    RecreateTemplate(&'static str, u64),
    /// Sets the cluster's quota.
    SetQuota(u32),
    /// Deletes an owner record.
    DeleteRecord(usize),
    /// Restores an owner record without its status, as a backup tool does.
    RestoreRecord(usize),
    /// Deletes an instance.
    DeleteInstance(usize),
    /// Removes the finalizers of an instance that is being deleted.
    DropFinalizers(usize),
    /// Deletes the namespace of a workload.
    DeleteNamespace(usize),
    /// Adds an annotation to an instance.
    Annotate(usize),
}

/// Something that happens to the next matching call of a node.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// The node whose call it is.
    pub node: Node,
    /// It waits from this time on, in milliseconds.
    pub from: u64,
    /// The calls that match.
    pub call: Call,
    /// What happens.
    pub what: Harm,
}

/// Calls to the API server or the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Any read that is no watch.
    Read,
    /// Any write but that of a lease.
    Write,
    /// The write of an owner's seats.
    Seats,
    /// The creation of an owner record.
    CreateOwner,
    /// The creation of an instance.
    Create,
    /// The patch of an instance: a claim or an extension.
    Patch,
    /// The deletion of an instance.
    Delete,
    /// The status of an instance.
    Status,
    /// A lease.
    Lease,
    /// The creation of a namespace.
    Namespace,
    /// A placement by the engine.
    Place,
    /// A withdrawal by the engine.
    Withdraw,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// The request arrives late, even if its sender does not wait for it any more.
    LateRequest(u64),
    /// The answer arrives late.
    LateAnswer(u64),
    /// The request is lost.
    LostRequest,
    /// The call takes effect, and its answer is lost.
    LostAnswer,
    /// The call is answered with this status and takes no effect.
    Refused(u16),
    /// The call takes effect and is answered with this status.
    RefusedAfter(u16),
    /// The call takes effect, and half of its answer arrives.
    Cut,
    /// The call takes effect, and a proxy answers 200 with a page.
    Page,
    /// The node freezes when the answer has arrived.
    Freeze(u64),
    /// The node is killed while the request is on its way, which takes this long.
    Kill(u64),
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        draw::plan(seed)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(number) => write!(f, "server-{number}"),
            Self::Operator(number) => write!(f, "operator-{number}"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, latency up to {} ms, {:?}", self.seed, self.latency, self.kinds)?;
        for Step { at, what } in &self.steps {
            writeln!(f, "  {at:>7} ms  {what:?}")?;
        }
        for Trouble { node, from, call, what } in &self.troubles {
            writeln!(f, "  {from:>7} ms  {node}: the next {call:?} call: {what:?}")?;
        }
        Ok(())
    }
}

impl Plan {
    /// The longest freeze, delay or pause of the plan, in milliseconds.
    pub(crate) fn longest_disturbance(&self) -> u64 {
        let steps = self.steps.iter().map(|step| match step.what {
            Event::Freeze(_, length) | Event::StallWatches(_, length) | Event::Kill(_, length) => {
                length
            }
            Event::Admin(Admin::RecreateTemplate(_, length)) => length,
            _ => 0,
        });
        let troubles = self.troubles.iter().map(|trouble| match trouble.what {
            Harm::LateRequest(late) | Harm::LateAnswer(late) => late,
            Harm::Freeze(length) | Harm::Kill(length) => length,
            _ => 0,
        });
        steps.chain(troubles).max().unwrap_or_default()
    }

    /// Whether the creation of a pool member may arrive after the term of its operator. No version
    /// fences it, so it exceeds the maximum until the next leader deletes a member.
    pub(crate) fn has_late_creations(&self) -> bool {
        self.operators_troubles().any(|trouble| {
            let is_creation = matches!(trouble.call, Call::Create | Call::Write);
            let is_late = match trouble.what {
                Harm::Kill(_) => true,
                Harm::LateRequest(_) => self.ends_terms(),
                _ => false,
            };
            is_creation && is_late
        })
    }

    /// How often an operator is killed while it calls.
    pub(crate) fn operators_kills(&self) -> u64 {
        self.operators_troubles().filter(|it| matches!(it.what, Harm::Kill(_))).count() as u64
    }

    /// Whether something may keep an operator from noticing a change between these two times, in
    /// milliseconds.
    pub(crate) fn disturbs_operators(&self, from: u64, to: u64) -> bool {
        let mut spans = self.steps.iter().filter_map(operators_disturbance);
        spans.any(|(begin, end)| begin <= to && end >= from)
            || self.operators_troubles().any(|it| it.from <= to)
    }

    /// Whether an operator may lose the lease or give it back.
    fn ends_terms(&self) -> bool {
        self.steps.iter().any(|step| operators_disturbance(step).is_some())
            || self.operators_troubles().any(|trouble| {
                trouble.call == Call::Lease
                    || matches!(trouble.what, Harm::Kill(_) | Harm::Freeze(_))
            })
    }

    fn operators_troubles(&self) -> impl Iterator<Item = &Trouble> {
        self.troubles.iter().filter(|trouble| matches!(trouble.node, Node::Operator(_)))
    }

    /// Whether the admin removes finalizers.
    pub(crate) fn drops_finalizers(&self) -> bool {
        let drops = |step: &Step| matches!(step.what, Event::Admin(Admin::DropFinalizers(_)));
        self.steps.iter().any(drops)
    }

    /// Whether the admin deletes an owner record, or restores one without its seats.
    pub(crate) fn loses_records(&self) -> bool {
        self.steps.iter().any(|step| {
            matches!(step.what, Event::Admin(Admin::DeleteRecord(_) | Admin::RestoreRecord(_)))
        })
    }

    /// The largest quota that is ever in force.
    pub(crate) fn largest_quota(&self) -> usize {
        let quotas = self.steps.iter().filter_map(|step| match step.what {
            Event::Admin(Admin::SetQuota(quota)) => Some(quota as usize),
            _ => None,
        });
        quotas.max().unwrap_or_default().max(2)
    }
}

/// From when to when the step may disturb an operator, in milliseconds. `None`: it disturbs none.
fn operators_disturbance(step: &Step) -> Option<(u64, u64)> {
    match step.what {
        Event::Freeze(Node::Operator(_), length)
        | Event::StallWatches(Node::Operator(_), length)
        | Event::Kill(Node::Operator(_), length) => Some((step.at, step.at + length)),
        Event::Replace(_) => Some((step.at, u64::MAX)),
        _ => None,
    }
}
