//! Runs a plan: starts the nodes, executes the steps, lets everything come to rest, and checks.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clock::{SeededEntropy, World};
use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};
use localkube::LocalKube;
use resources::{
    Chart, DployTemplate, DployTemplateSpec, LaunchDefaults, Method, OperatorConfig,
    OperatorConfigSpec, Pool, Ttl, WhenEmpty, meta,
};
use tokio::{
    runtime::Builder,
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    check::{self, Violation, rest::Rest},
    clients::AdminClient,
    dice::Dice,
    history::History,
    network::{Network, NodeState, Order},
    nodes::{NAMESPACE, Nodes},
    plan::{Event, Node, OPERATORS, PEOPLE, Plan, SERVERS, Step},
    record::Recorder,
    sim_clock::SimClock,
    trace::Trace,
};

/// The stack of a simulation's thread, in bytes: unoptimized futures are large.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// The time after which everything is at rest: longer than the sweep delay, the grace of orphans
/// and the longest pause before a retry together.
const COMES_TO_REST: Duration = Duration::from_secs(130);
/// The pause before what seems not to be at rest is looked at again.
const A_WHILE: Duration = Duration::from_secs(7);
/// The time after the last trouble by which what a former leader left behind is found twice and
/// deleted: the lease, three sweeps and the one that confirms.
const ALL_IS_SWEPT: Duration = Duration::from_secs(260);
/// The time after the last deadline by which everything is gone.
const ALL_IS_OVER: Duration = Duration::from_secs(60);
/// The time after which void instances are gone.
const VOIDS_ARE_OVER: Duration = Duration::from_secs(640);
/// The time in which a system at rest is watched for writes.
const IDLE: Duration = Duration::from_secs(40);

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The schedule.
    pub trace: Trace,
    /// What did not hold.
    pub violations: Vec<Violation>,
}

/// Runs a plan on a thread of its own, whose hash maps then have the same keys as in every run.
///
/// # Panics
/// When the thread does, which is a defect of the simulation or of the code that it runs.
#[must_use]
pub fn run(plan: &Plan) -> Outcome {
    let plan = plan.clone();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // kube draws the jitter of its watchers' pauses from it.
        fastrand::seed(plan.seed);
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(simulate(&plan))
    });
    thread.expect("a thread").join().expect("a simulation that does not panic")
}

async fn simulate(plan: &Plan) -> Outcome {
    let start = Instant::now();
    let trace = Trace::from(start);
    let world = World {
        clock: SimClock::from(start),
        entropy: SeededEntropy::shared(plan.seed.rotate_left(17)),
    };
    let (server, chores) = LocalKube::simulated(world, 4_096);
    let terminating = Dice::of(plan.seed, "chores");
    tokio::spawn(async move {
        chores.run(8, || Duration::from_millis(terminating.between(1, 1_500))).await;
    });
    let client = server.client(NAMESPACE);
    set_up(&client).await;
    let (orders, received) = mpsc::unbounded_channel();
    let history = History::default();
    let network = Network::new(client.clone(), plan, orders, history.clone(), trace.clone());
    let recorder = Recorder::start(&client, NAMESPACE, &trace);
    let nodes = Nodes::new(plan.seed, start, network, history.clone());
    let admin = AdminClient { client: client.clone(), history, trace: trace.clone() };
    let driver = Driver {
        start,
        server,
        admin: Arc::new(admin),
        nodes,
        orders: received,
        restarts: BTreeMap::new(),
    };
    let rest = Rest { client, recorder, trace: trace.clone() };
    let violations = driver.drive(plan, &rest).await;
    Outcome { trace, violations }
}

struct Driver {
    start: Instant,
    server: LocalKube,
    admin: Arc<AdminClient>,
    nodes: Nodes,
    orders: mpsc::UnboundedReceiver<Order>,
    /// Killed nodes, by the time at which they start again.
    restarts: BTreeMap<Instant, Node>,
}

impl Driver {
    async fn drive(mut self, plan: &Plan, rest: &Rest) -> Vec<Violation> {
        (0..SERVERS).for_each(|number| self.nodes.start(Node::Server(number)));
        (0..OPERATORS).for_each(|number| self.nodes.start(Node::Operator(number)));
        for Step { at, what } in &plan.steps {
            self.until(self.start + Duration::from_millis(*at)).await;
            self.happens(what);
        }
        let longest = plan.longest_disturbance();
        self.until(Instant::now() + Duration::from_millis(longest) + Duration::from_secs(15)).await;
        self.nodes.network.calm();
        // A frozen node has computed with the time at which its freeze ends.
        while let Some(end) = self.frozen_until() {
            self.until(end).await;
        }
        self.calm();
        let swept = Instant::now() + ALL_IS_SWEPT;
        self.until(Instant::now() + COMES_TO_REST).await;
        let mut violations = check::over_time(plan, &rest.recorder, &self.nodes.history);
        violations.extend(self.at_rest(rest).await);
        if !violations.is_empty() {
            return violations;
        }
        violations.extend(self.until_all_is_over(rest).await);
        let voids = if rest.has_voids().await { VOIDS_ARE_OVER } else { Duration::ZERO };
        self.until(swept.max(Instant::now() + voids)).await;
        let idle_from = rest.trace.now();
        self.until(Instant::now() + IDLE).await;
        violations.extend(rest.check_end(&self.nodes, idle_from).await);
        violations
    }

    /// Lets every environment end. Those who wait in a queue are served meanwhile, one after the
    /// other.
    async fn until_all_is_over(&mut self, rest: &Rest) -> Option<Violation> {
        for _ in 0..PEOPLE.len() {
            self.until(rest.last_deadline(self.start) + ALL_IS_OVER).await;
            let places = rest.places().await;
            if places.is_empty() && rest.last_deadline(self.start) <= Instant::now() {
                return None;
            }
        }
        let places = rest.places().await;
        (!places.is_empty()).then(|| Violation::of("who waits is served", format!("{places:?}")))
    }

    /// Checks what holds at rest. A deadline that is just over is given some time.
    async fn at_rest(&mut self, rest: &Rest) -> Vec<Violation> {
        let mut violations = rest.check(&self.nodes).await;
        for _ in 0..5 {
            if violations.is_empty() {
                break;
            }
            self.until(Instant::now() + A_WHILE).await;
            violations = rest.check(&self.nodes).await;
        }
        violations
    }

    /// Lets time pass, starts killed nodes again and obeys orders.
    async fn until(&mut self, end: Instant) {
        loop {
            let restart = self.restarts.first_key_value().map(|(at, node)| (*at, *node));
            let next = restart.map_or(end, |(at, _)| at.min(end));
            tokio::select! {
                biased;
                Some(Order::Kill(node, pause)) = self.orders.recv() => self.kill(node, pause),
                () = sleep_until(next) => match restart {
                    Some((at, node)) if at <= next => {
                        self.restarts.remove(&at);
                        self.nodes.start(node);
                    }
                    _ => return,
                },
            }
        }
    }

    fn kill(&mut self, node: Node, pause: u64) {
        self.nodes.kill(node);
        let mut at = Instant::now() + Duration::from_millis(pause);
        while self.restarts.contains_key(&at) {
            at += Duration::from_millis(1);
        }
        self.restarts.insert(at, node);
    }

    fn happens(&mut self, what: &Event) {
        let note = |text: String| self.nodes.network.trace.note("world", text);
        match what {
            Event::Request(request) => self.nodes.send(request),
            Event::Kill(node, pause) => self.kill(*node, *pause),
            Event::Replace(number) => self.nodes.replace(Node::Operator(*number)),
            Event::Admin(act) => {
                let (admin, act) = (Arc::clone(&self.admin), act.clone());
                tokio::spawn(async move { admin.act(&act).await });
            }
            Event::Compact => {
                note("the API server forgets its history".to_owned());
                self.server.compact();
            }
            Event::Freeze(node, _)
            | Event::Skew(node, _)
            | Event::StallWatches(node, _)
            | Event::EndWatches(node) => {
                note(format!("{what:?}"));
                let Some(state) = self.nodes.state(*node) else { return };
                match what {
                    Event::Freeze(_, length) => state.freeze(*length),
                    Event::Skew(_, ahead) => state.clock.skew(*ahead),
                    Event::StallWatches(_, length) => state.stall_watches(*length),
                    _ => state.watches.send_modify(|ends| *ends += 1),
                }
            }
        }
    }

    /// Ends all troubles.
    fn calm(&mut self) {
        self.nodes.network.trace.note("world", "the troubles end");
        for node in std::mem::take(&mut self.restarts).into_values() {
            self.nodes.start(node);
        }
        for state in self.states() {
            state.calm();
            state.clock.skew(0);
        }
    }

    /// When the last freeze ends; `None` if no node is frozen.
    fn frozen_until(&self) -> Option<Instant> {
        self.states().filter_map(|state| state.frozen_until()).max()
    }

    /// The nodes that run.
    fn states(&self) -> impl Iterator<Item = Arc<NodeState>> {
        let nodes = (0..SERVERS).map(Node::Server).chain((0..OPERATORS).map(Node::Operator));
        nodes.filter_map(|node| self.nodes.state(node))
    }
}

/// Creates what a cluster with Dploy has.
async fn set_up(client: &Client) {
    let params = PostParams::default();
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    for definition in resources::custom_resource_definitions() {
        definitions.create(&params, &definition).await.expect("a definition");
    }
    let metadata = ObjectMeta { name: Some(NAMESPACE.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(client.clone()).create(&params, &namespace).await.expect("a namespace");
    let defaults = LaunchDefaults { max_instances_per_user: 2, ..LaunchDefaults::default() };
    let spec = OperatorConfigSpec { defaults, ..OperatorConfigSpec::default() };
    let config = OperatorConfig::new(meta::CONFIG_NAME, spec);
    Api::all(client.clone()).create(&params, &config).await.expect("a configuration");
    let templates: Api<DployTemplate> = Api::namespaced(client.clone(), NAMESPACE);
    for template in templates_of_the_cluster() {
        templates.create(&params, &template).await.expect("a template");
    }
    // The definitions are served a moment after they are created.
    sleep(Duration::from_millis(1)).await;
}

fn templates_of_the_cluster() -> [DployTemplate; 6] {
    let pool =
        |size, max_size, recycle, when_empty| Some(Pool { size, max_size, recycle, when_empty });
    let mut hub = template("hub", 240, None);
    hub.spec.owner_claim = "team".to_owned();
    [
        template("desk", 60, None),
        template("note", 600, None),
        template("lab", 90, pool(2, 4, true, WhenEmpty::Refuse)),
        template("gpu", 120, pool(1, 2, false, WhenEmpty::Refuse)),
        hub,
        template("line", 45, pool(1, 2, true, WhenEmpty::Queue)),
    ]
}

fn template(name: &str, seconds: i64, pool: Option<Pool>) -> DployTemplate {
    let chart = Chart { repo_url: "https://example.org/charts".into(), ..Chart::default() };
    let ttl = Ttl {
        seconds: Some(seconds),
        extend_seconds: Some(30),
        max_extends: Some(3),
        ..Ttl::default()
    };
    DployTemplate::new(
        name,
        DployTemplateSpec {
            enabled: true,
            visible: true,
            chart: Some(chart),
            method: if pool.is_some() { Method::Pool } else { Method::OnDemand },
            pool,
            ttl,
            ..DployTemplateSpec::default()
        },
    )
}
