//! The nodes: replicas of the server and of the operator, which start, freeze and die.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clock::{SeededEntropy, World};
use engines::{Engines, fake::Fake};
use environments::Environments;
use resources::EngineName;
use tokio::{
    task::{AbortHandle, JoinHandle},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clients,
    dice::Dice,
    engine::RemoteEngine,
    history::History,
    network::{Network, NodeState, Thawed},
    plan::{Node, Request},
};

/// The namespace of Dploy's resources.
pub(crate) const NAMESPACE: &str = "dploy";

/// A running node.
struct Running {
    state: Arc<NodeState>,
    process: Process,
}

enum Process {
    Server(Environments, Vec<(usize, AbortHandle)>),
    /// Its task, and the signal to stop.
    Operator(JoinHandle<()>, CancellationToken),
}

/// All nodes.
pub(crate) struct Nodes {
    seed: u64,
    start: Instant,
    pub(crate) network: Network,
    pub(crate) fake: Arc<Fake>,
    pub(crate) history: History,
    running: BTreeMap<Node, Running>,
    started: BTreeMap<Node, usize>,
}

impl Nodes {
    pub(crate) fn new(seed: u64, start: Instant, network: Network, history: History) -> Self {
        let (running, started) = (BTreeMap::new(), BTreeMap::new());
        Self { seed, start, network, fake: Arc::default(), history, running, started }
    }

    /// Starts a node that does not run.
    pub(crate) fn start(&mut self, node: Node) {
        if self.running.contains_key(&node) {
            return;
        }
        let incarnation = self.started.entry(node).or_default();
        let state = NodeState::new(self.seed, node, *incarnation, self.start);
        *incarnation += 1;
        self.network.trace.note(&state.name(), "starts");
        let seed = Dice::of(self.seed, &state.name()).between(0, u64::MAX);
        let world = World { clock: state.clock.clone(), entropy: SeededEntropy::shared(seed) };
        let client = self.network.client(&state, NAMESPACE, world.clone());
        let process = match node {
            Node::Server(_) => {
                let environments = Environments::start(client, server_settings(), world);
                Process::Server(environments, Vec::new())
            }
            Node::Operator(_) => {
                let engine = RemoteEngine::new(&self.fake, &self.network, &state);
                let engines = Engines::default().with(EngineName::Flux, Arc::new(engine));
                let settings = operator::Settings::new(NAMESPACE, state.name().replace('\'', "x"));
                let operator = operator::Operator::new(client, settings, engines, world);
                let (running, trace) = (state.clone(), self.network.trace.clone());
                let stop = CancellationToken::new();
                let run = operator.run(stop.clone());
                let task = tokio::spawn(async move {
                    let ended = Thawed::new(&running, run).await;
                    trace.note(&running.name(), format!("ended: {ended:?}"));
                });
                Process::Operator(task, stop)
            }
        };
        self.running.insert(node, Running { state, process });
    }

    /// Ends a node without a word.
    pub(crate) fn kill(&mut self, node: Node) {
        let Some(Running { state, process }) = self.running.remove(&node) else { return };
        self.network.trace.note(&state.name(), "is killed");
        state.dies();
        match process {
            Process::Server(environments, requests) => {
                for (number, request) in requests {
                    request.abort();
                    self.history.abandoned(number);
                }
                drop(environments);
            }
            Process::Operator(task, _) => task.abort(),
        }
    }

    /// Lets an operator end as it does for an upgrade, and starts the one that follows.
    pub(crate) fn replace(&mut self, operator: Node) {
        let Some(Running { state, process }) = self.running.remove(&operator) else { return };
        self.network.trace.note(&state.name(), "is asked to stop");
        if let Process::Operator(_, stop) = process {
            stop.cancel();
        }
        self.start(operator);
    }

    pub(crate) fn state(&self, node: Node) -> Option<Arc<NodeState>> {
        self.running.get(&node).map(|it| Arc::clone(&it.state))
    }

    /// The servers that run.
    pub(crate) fn servers(&self) -> Vec<(String, Environments)> {
        let running = self.running.values();
        running
            .filter_map(|it| match &it.process {
                Process::Server(environments, _) => Some((it.state.name(), environments.clone())),
                Process::Operator(..) => None,
            })
            .collect()
    }

    /// Sends a request to a server, if that runs.
    pub(crate) fn send(&mut self, request: &Request) {
        let (trace, history) = (self.network.trace.clone(), self.history.clone());
        let Some(running) = self.running.get_mut(&Node::Server(request.server)) else { return };
        let state = Arc::clone(&running.state);
        let Process::Server(environments, requests) = &mut running.process else { return };
        let (environments, request) = (environments.clone(), request.clone());
        let number = history.sent(&request, trace.now());
        let what = format!("#{number} {} {:?} {}", request.who, request.ask, request.template);
        let task = tokio::spawn(async move {
            trace.note(&state.name(), format!("{what}?"));
            let asking = Thawed::new(&state, clients::ask(&environments, &request));
            let patience =
                request.hang_up.map_or(Duration::from_secs(86_400), Duration::from_millis);
            match timeout(patience, asking).await {
                Ok(answer) => {
                    trace.note(&state.name(), format!("{what}: {answer:?}"));
                    history.answered(number, trace.now(), answer);
                }
                Err(_) => {
                    trace.note(&state.name(), format!("{what}: the client hangs up"));
                    history.abandoned(number);
                }
            }
        });
        requests.push((number, task.abort_handle()));
    }
}

fn server_settings() -> environments::Settings {
    environments::Settings {
        namespace: NAMESPACE.to_owned(),
        max_environments: 2,
        default_ttl: 90,
        extend_ttl: 30,
        max_changes: None,
        inherit_by_name: false,
        features: wire::UiConfig::ALL,
    }
}
