//! A network between a replica and its API server that tests break.
//!
//! A request is recorded, waits at a gate if one was set for it, then meets a fault if there is
//! one: the first of [`Network::next`] that fits it, otherwise that of the rule of
//! [`Network::breaks`].

mod call;
mod deliver;
mod gate;

#[cfg(test)]
mod tests;

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{Method, Request, StatusCode};
use kube::{Client, client::Body};
use tokio::sync::watch;
use tower::{BoxError, service_fn, util::BoxCloneService};

pub use self::{call::Call, deliver::Answer, gate::Gate};

type Rule = Box<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;
/// For the next request with this method whose path contains this part.
type ForNext<T> = Mutex<Vec<(Method, String, T)>>;

/// The network of one replica. Clones are the same network.
#[derive(Clone, Default)]
pub struct Network(Arc<State>);

#[derive(Default)]
struct State {
    calls: Mutex<Vec<Call>>,
    gates: ForNext<(Gate, Held)>,
    faults: ForNext<Fault>,
    rule: watch::Sender<Option<Rule>>,
}

/// Where a request waits. It decides what happens if the sender gives up.
#[derive(Clone, Copy)]
enum Held {
    Unsent,
    Sent,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not answered, and its watch is silent, until the rule changes. Then its connection is
    /// reset.
    Hang,
    /// It is never answered.
    Swallow,
    /// It has no effect, and is answered with this status.
    Refused(StatusCode),
    /// It has no effect, and a proxy answers with a page of this status.
    Page(StatusCode),
    /// It takes effect, and is answered with this status.
    Lost(StatusCode),
    /// It takes effect, and a proxy answers with a page.
    Unreadable,
    /// It takes effect. A proxy loses the answer, sends the request again, and passes the second
    /// answer on.
    Replayed,
    /// It is answered with this status at once, and takes effect after this time.
    Late(StatusCode, Duration),
    /// It is sent after this time, unless its sender has given up.
    Slow(Duration),
}

impl Network {
    /// A client that sends through this network to `client`, and has its default namespace.
    #[must_use]
    pub fn before(&self, client: Client) -> Client {
        let namespace = client.default_namespace().to_owned();
        Client::new(self.service(client), namespace)
    }

    /// A service that sends through this network to `client`.
    #[must_use]
    pub fn service(&self, client: Client) -> BoxCloneService<Request<Body>, Answer, BoxError> {
        let network = self.clone();
        let carry = move |request| network.clone().carry(client.clone(), request);
        BoxCloneService::new(service_fn(carry))
    }

    /// Breaks the network: from now on, the rule chooses what happens to each request. It is also
    /// called before each message of an open watch, which only [`Fault::Hang`] affects.
    pub fn breaks(&self, rule: impl Fn(&Call) -> Option<Fault> + Send + Sync + 'static) {
        self.0.rule.send_replace(Some(Box::new(rule)));
    }

    /// Removes the rule.
    pub fn heals(&self) {
        self.0.rule.send_replace(None);
    }

    /// The next request with this method whose path contains this part meets this fault.
    pub fn next(&self, method: Method, path_part: &str, fault: Fault) {
        locked(&self.0.faults).push((method, path_part.to_owned(), fault));
    }

    /// Whether every fault of [`Self::next`] has met its request.
    #[must_use]
    pub fn all_met(&self) -> bool {
        locked(&self.0.faults).is_empty()
    }

    /// Stops the next request with this method whose path contains this part before it is sent. It
    /// is never sent if its sender gives up.
    pub fn hold_unsent(&self, method: Method, path_part: &str) -> Gate {
        self.hold(method, path_part, Held::Unsent)
    }

    /// Stops the next request with this method whose path contains this part on its way. It arrives
    /// when the gate opens, even if its sender has given up.
    pub fn hold_sent(&self, method: Method, path_part: &str) -> Gate {
        self.hold(method, path_part, Held::Sent)
    }

    fn hold(&self, method: Method, path_part: &str, held: Held) -> Gate {
        let gate = Gate::default();
        locked(&self.0.gates).push((method, path_part.to_owned(), (gate.clone(), held)));
        gate
    }

    /// The number of recorded requests that fulfil the condition.
    pub fn count(&self, is: impl Fn(&Call) -> bool) -> usize {
        locked(&self.0.calls).iter().filter(|call| is(call)).count()
    }

    /// Returns the recorded requests, and forgets them.
    pub fn take(&self) -> Vec<Call> {
        mem::take(&mut locked(&self.0.calls))
    }

    /// The last `count` recorded requests.
    #[must_use]
    pub fn last(&self, count: usize) -> Vec<Call> {
        let calls = locked(&self.0.calls);
        calls[calls.len().saturating_sub(count)..].to_vec()
    }
}

/// Removes the first entry for this request.
fn take_first<T>(entries: &ForNext<T>, call: &Call) -> Option<T> {
    let mut entries = locked(entries);
    let at = entries.iter().position(|(method, path_part, _)| call.is(method, path_part))?;
    Some(entries.remove(at).2)
}

/// Ignores poison: the replicas of a test that fails go on until it ends.
fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
