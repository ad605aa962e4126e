//! The test bed: a cluster, replicas of the server on it, and callers.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clock::{Clock, ManualClock, SystemClock, World, random_hex};
use environments::{Caller, Environments, Refusal, RefusalKind, Settings};
use faultnet::{Fault, Network};
use futures::future::join_all;
use http::StatusCode;
use jiff::SignedDuration;
use k8s_openapi::{
    api::{apps::v1::ControllerRevision, core::v1::Namespace},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Config, ResourceExt,
    api::{ListParams, ObjectMeta, Patch, PatchParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use ledger::order::{Origin, pool_member};
use localkube::LocalKube;
use resources::{
    DployInstance, DployOwner, DployOwnerSpec, DployTemplate, DployTemplateSpec, Identity,
    LaunchDefaults, Method, Pool, Seat, TemplateRevision, WhenEmpty,
};
use serde_json::{Map, Value, json};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Barrier,
    time::{Instant, sleep},
};
use wire::{CatalogEntry, Run, UiConfig};

/// How long a condition may take to become true.
const CONDITION_TIMEOUT: Duration = Duration::from_secs(10);

/// The launch defaults of servers and operators.
const DEFAULTS: LaunchDefaults = LaunchDefaults {
    ttl_seconds: 3_600,
    extend_seconds: 600,
    max_extends: 0,
    max_instances_per_user: 5,
};

pub(crate) struct Bed {
    pub(crate) client: Client,
    pub(crate) namespace: String,
    pub(crate) clock: Arc<ManualClock>,
    replicas: Vec<(Environments, Network)>,
}

impl Bed {
    /// An empty cluster with this many replicas.
    pub(crate) async fn with(replicas: usize) -> Self {
        let clock = ManualClock::at(SystemClock.now());
        let client = cluster(Arc::clone(&clock)).await;
        let namespace = format!("rules-{}", random_hex::<4>());
        create(
            &Api::all(client.clone()),
            &Namespace {
                metadata: ObjectMeta { name: Some(namespace.clone()), ..ObjectMeta::default() },
                ..Namespace::default()
            },
        )
        .await;
        let mut bed = Self { client, namespace, clock, replicas: Vec::new() };
        for _ in 0..replicas {
            bed.replicas.push(bed.another_replica());
        }
        for (environments, _) in &bed.replicas {
            eventually("it is ready", async || environments.ready().await.is_ok()).await;
        }
        bed
    }

    pub(crate) fn another_replica(&self) -> (Environments, Network) {
        self.replica_with(|_| ())
    }

    /// Another replica with other settings.
    pub(crate) fn replica_with(
        &self,
        change: impl FnOnce(&mut Settings),
    ) -> (Environments, Network) {
        let network = Network::default();
        let mut settings = Settings {
            namespace: self.namespace.clone(),
            max_environments: DEFAULTS.max_instances_per_user,
            default_ttl: DEFAULTS.ttl_seconds,
            extend_ttl: DEFAULTS.extend_seconds,
            max_changes: None,
            inherit_by_name: false,
            features: UiConfig::ALL,
        };
        change(&mut settings);
        let service = network.service(self.client.clone());
        let client = kubeclient::over(service, &self.namespace, World::of_the_machine()).build();
        let clock: clock::SharedClock = self.clock.clone();
        (Environments::start(client, settings, clock), network)
    }

    /// The replica that gets the `n`th request.
    pub(crate) fn replica(&self, n: usize) -> &Environments {
        &self.replicas[n % self.replicas.len()].0
    }

    pub(crate) fn network(&self, n: usize) -> &Network {
        &self.replicas[n % self.replicas.len()].1
    }

    /// Forgets the calls of the first replica, and returns the method and the last part of the path
    /// of each that is no watch.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        let calls = self.network(0).take().into_iter().filter(|call| !call.is_watch);
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        calls.map(|call| format!("{} {}", call.method, last(&call.path))).collect()
    }

    /// From now on, the answer to every third write of each replica is lost, unreadable or that of
    /// a repetition.
    pub(crate) fn lose_answers(&self) {
        let kinds =
            [Fault::Replayed, Fault::Lost(StatusCode::SERVICE_UNAVAILABLE), Fault::Unreadable];
        for (_, network) in &self.replicas {
            let writes = AtomicUsize::new(0);
            network.breaks(move |call| {
                let write = call.is_write().then(|| 1 + writes.fetch_add(1, Ordering::SeqCst))?;
                write.is_multiple_of(3).then(|| kinds[write / 3 % kinds.len()])
            });
        }
    }

    pub(crate) fn templates(&self) -> Api<DployTemplate> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub(crate) fn instances(&self) -> Api<DployInstance> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub(crate) fn owners(&self) -> Api<DployOwner> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Creates a template with its revision and waits until every replica has it in its cache.
    pub(crate) async fn template(&self, name: &str, change: impl FnOnce(&mut DployTemplateSpec)) {
        self.unpublished(name, change).await;
        self.publish(name).await;
    }

    /// Creates a template without a revision and waits until every replica has it in its cache.
    pub(crate) async fn unpublished(
        &self,
        name: &str,
        change: impl FnOnce(&mut DployTemplateSpec),
    ) {
        let mut template = DployTemplate::new(
            name,
            DployTemplateSpec {
                enabled: true,
                visible: true,
                manifests: Some("{}".to_owned()),
                ..DployTemplateSpec::default()
            },
        );
        change(&mut template.spec);
        create(&self.templates(), &template).await;
        self.everywhere(|it| catalog(it).iter().any(|entry| entry.name == name)).await;
    }

    /// Creates a template that the catalog does not show, and waits until every replica has it.
    pub(crate) async fn hidden_template(&self, name: &str) {
        let spec = DployTemplateSpec {
            enabled: true,
            visible: false,
            manifests: Some("{}".to_owned()),
            ..DployTemplateSpec::default()
        };
        create(&self.templates(), &DployTemplate::new(name, spec)).await;
        let admin = Caller { admin: true, ..person("root") };
        self.everywhere(|it| {
            let proof = it.as_admin(&admin).expect("an admin");
            it.all_templates(proof).templates.iter().any(|row| row.name == name)
        })
        .await;
        self.publish(name).await;
    }

    /// Writes the revision of a template, as the operator does when the template changes.
    pub(crate) async fn publish(&self, template: &str) -> TemplateRevision {
        let found = self.templates().get(template).await.expect("the template");
        let revision = rendering::revision(&found, None, DEFAULTS);
        let revisions: Api<ControllerRevision> =
            Api::namespaced(self.client.clone(), &self.namespace);
        let apply = PatchParams::apply("rules");
        let object = Patch::Apply(revision.object(1));
        revisions.patch(&revision.name(), &apply, &object).await.expect("a revision");
        let generation = found.metadata.generation;
        let status = json!({ "revision": revision.name(), "observedGeneration": generation });
        let patch = Patch::Merge(json!({ "status": status }));
        let written =
            self.templates().patch_status(template, &PatchParams::default(), &patch).await;
        written.expect("a status that can be written");
        revision
    }

    /// Creates a template with a pool of this many warm members.
    pub(crate) async fn pool(&self, name: &str, members: u32) {
        self.template(name, |spec| {
            spec.method = Method::Pool;
            spec.pool = Some(Pool {
                size: members.max(1),
                max_size: 0,
                recycle: true,
                when_empty: WhenEmpty::Refuse,
            });
        })
        .await;
        join_all((0..members).map(|_| self.member(name))).await;
        let is_warm = |it: &Environments| {
            catalog(it).iter().any(|entry| entry.name == name && entry.ready == Some(members))
        };
        self.everywhere(is_warm).await;
    }

    /// Creates a warm member, and waits until every replica has it in its cache.
    pub(crate) async fn warm_member(&self, template: &str) -> DployInstance {
        let ready = |it: &Environments| {
            let entry = catalog(it).into_iter().find(|entry| entry.name == template);
            entry.and_then(|entry| entry.ready).unwrap_or_default()
        };
        let before = ready(self.replica(0));
        let name = self.member(template).await;
        self.everywhere(|it| ready(it) == before + 1).await;
        self.instances().get(&name).await.expect("the member")
    }

    async fn member(&self, template: &str) -> String {
        let revision = self.publish(template).await;
        let origin = Origin {
            revision: revision.name(),
            ttl_seconds: revision.ttl_seconds,
            seed: random_hex::<16>(),
        };
        let member = pool_member(template, &random_hex::<4>(), origin);
        let name = member.name_any();
        create(&self.instances(), &member).await;
        self.report(&name, json!({ "phase": "Available", "health": "Healthy" })).await;
        name
    }

    /// Writes an instance's status, as the operator would.
    pub(crate) async fn report(&self, instance: &str, status: Value) {
        let patch = Patch::Merge(json!({ "status": status }));
        let written =
            self.instances().patch_status(instance, &PatchParams::default(), &patch).await;
        written.expect("a status that can be written");
    }

    /// Removes an instance's finalizers, as the operator does when the workload is gone.
    pub(crate) async fn finish(&self, instance: &str) {
        let patch = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
        let written = self.instances().patch(instance, &PatchParams::default(), &patch).await;
        written.expect("finalizers that can be dropped");
    }

    /// Waits until the condition holds on every replica.
    pub(crate) async fn everywhere(&self, condition: impl Fn(&Environments) -> bool) {
        eventually("every replica agrees", async || {
            self.replicas.iter().all(|(environments, _)| condition(environments))
        })
        .await;
    }

    /// The instances that have an owner and no deletion timestamp.
    pub(crate) async fn owned(&self) -> Vec<DployInstance> {
        let all = self.instances().list(&ListParams::default()).await.expect("a list").items;
        all.into_iter()
            .filter(|it| !it.spec.owner.is_empty() && it.metadata.deletion_timestamp.is_none())
            .collect()
    }

    /// Binds the owner key that the caller would get to somebody else, and waits until every
    /// replica knows.
    pub(crate) async fn take_key(&self, key: &str, caller: &Caller) {
        let value = format!("somebody {key}");
        let identity = Identity { claim: "sub".to_owned(), value, ..Identity::default() };
        let record = DployOwner::new(key, DployOwnerSpec { identity, max_instances: None });
        create(&self.owners(), &record).await;
        for (environments, _) in &self.replicas {
            eventually("every replica knows the record", async || {
                environments.me(caller).await.is_ok_and(|me| me.owner != key)
            })
            .await;
        }
    }

    /// The issuer in the owner's record.
    pub(crate) async fn owner_issuer(&self, owner: &str) -> Option<String> {
        let record = self.owners().get(owner).await.expect("the owner's record");
        record.spec.identity.issuer
    }

    pub(crate) async fn seats(&self, owner: &str) -> Vec<Seat> {
        let record = self.owners().get(owner).await.expect("the owner's record");
        record.status.unwrap_or_default().seats
    }

    /// Checks that the seats name exactly the owned instances.
    pub(crate) async fn assert_balanced(&self) {
        let records = self.owners().list(&ListParams::default()).await.expect("a list").items;
        let mut seated: Vec<(String, String)> = records
            .iter()
            .flat_map(|record| {
                let seats = record.status.clone().unwrap_or_default().seats;
                seats.into_iter().map(|seat| (record.name_any(), seat.instance))
            })
            .collect();
        let owned = self.owned().await;
        let mut owned: Vec<(String, String)> =
            owned.iter().map(|it| (it.spec.owner.clone(), it.name_any())).collect();
        seated.sort();
        owned.sort();
        assert_eq!(seated, owned, "seats on the left, owned instances on the right");
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

async fn cluster(clock: Arc<ManualClock>) -> Client {
    #[expect(clippy::disallowed_methods, reason = "tests take their cluster from the environment")]
    let client = match std::env::var("DPLOY_CLUSTER_KUBECONFIG") {
        Ok(path) => real_cluster(&path).await,
        Err(_) => LocalKube::in_memory(clock).client("default"),
    };
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    for definition in resources::custom_resource_definitions() {
        let apply = PatchParams::apply("rules").force();
        let name = definition.name_any();
        definitions.patch(&name, &apply, &Patch::Apply(&definition)).await.expect("a definition");
    }
    eventually("the kinds are served", async || {
        let owners: Api<DployOwner> = Api::default_namespaced(client.clone());
        owners.list(&ListParams::default()).await.is_ok()
    })
    .await;
    client
}

async fn real_cluster(path: &str) -> Client {
    // Another test of this process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let kubeconfig = Kubeconfig::read_from(path).expect("a kubeconfig");
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    Client::try_from(config.expect("a usable kubeconfig")).expect("a client")
}

async fn create<K>(api: &Api<K>, object: &K)
where
    K: kube::Resource + Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    api.create(&PostParams::default(), object).await.expect("an object that can be created");
}

/// The catalog of a replica.
pub(crate) fn catalog(environments: &Environments) -> Vec<CatalogEntry> {
    environments.catalog().expect("a catalog that is enabled")
}

/// Waits until the condition holds.
pub(crate) async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + CONDITION_TIMEOUT;
    while !condition().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(2)).await;
    }
}

/// Runs `n` requests that start at the same moment, on as many tasks.
pub(crate) async fn at_once<F, T>(n: usize, request: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(n));
    let tasks = (0..n).map(|i| {
        let (barrier, request) = (Arc::clone(&barrier), request(i));
        tokio::spawn(async move {
            barrier.wait().await;
            request.await
        })
    });
    let answers = join_all(tasks.collect::<Vec<_>>()).await;
    answers.into_iter().map(|answer| answer.expect("a request that does not panic")).collect()
}

/// How often each race is run.
pub(crate) fn rounds() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the environment sets the number of rounds")]
    let rounds = std::env::var("RACE_ROUNDS");
    rounds.ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

/// A caller whose `sub` is the name.
pub(crate) fn person(name: &str) -> Caller {
    called(name, name)
}

/// A caller with this `sub` and this name.
pub(crate) fn called(subject: &str, name: &str) -> Caller {
    let claims = json!({ "sub": subject, "name": name });
    Caller {
        subject: subject.to_owned(),
        issuer: None,
        username: Some(name.to_owned()),
        username_claim: "name".to_owned(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        admin: false,
    }
}

/// The caller of another issuer than the configured one.
pub(crate) fn from_issuer(issuer: &str, caller: Caller) -> Caller {
    Caller { issuer: Some(issuer.to_owned()), ..caller }
}

/// The caller with additional claims.
pub(crate) fn with_claims(mut caller: Caller, claims: Value) -> Caller {
    let more: Map<String, Value> = claims.as_object().cloned().unwrap_or_default();
    caller.claims.extend(more);
    caller
}

pub(crate) fn nothing() -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// A launch without parameters that can run on a task of its own.
pub(crate) fn launch(
    environments: &Environments,
    caller: &Caller,
    template: &str,
) -> impl Future<Output = Result<Run, Refusal>> + Send + use<> {
    let (environments, caller, template) =
        (environments.clone(), caller.clone(), template.to_owned());
    async move { environments.launch(&caller, &template, &nothing()).await }
}

/// Splits answers into the successful ones and the kinds of the refusals.
pub(crate) fn sorted<T>(answers: Vec<Result<T, Refusal>>) -> (Vec<T>, Vec<RefusalKind>) {
    let mut granted = Vec::new();
    let mut refused = Vec::new();
    for answer in answers {
        match answer {
            Ok(it) => granted.push(it),
            Err(refusal) => refused.push(refusal.kind()),
        }
    }
    (granted, refused)
}

/// A replica in a runtime of its own. It dies like a process that is killed: nothing of it runs on.
pub(crate) struct Mortal {
    runtime: Runtime,
    environments: Environments,
    pub(crate) network: Network,
}

impl Bed {
    /// Another replica, which a test can kill. It knows the templates that exist.
    pub(crate) async fn mortal(&self) -> Mortal {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (environments, network) = {
            let _inside = runtime.enter();
            self.another_replica()
        };
        eventually("it is ready", async || environments.ready().await.is_ok()).await;
        Mortal { runtime, environments, network }
    }
}

impl Mortal {
    /// Begins a launch, which ends with the replica.
    pub(crate) fn launch(&self, caller: &Caller, template: &str) {
        self.runtime.spawn(launch(&self.environments, caller, template));
    }

    /// Kills the replica.
    pub(crate) fn kill(self) {
        self.runtime.shutdown_background();
    }
}
