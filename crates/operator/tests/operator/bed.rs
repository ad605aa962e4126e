//! An operator with a fake engine on an embedded API server.

use std::{fmt::Debug, sync::Arc, time::Duration};

use clock::{SharedClock, SystemClock};
use engines::{Engines, fake::Fake};
use faultnet::Network;
use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::Time,
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams},
    core::NamespaceResourceScope,
};
use localkube::LocalKube;
use operator::{LeaseTimings, LeftoverTimings, Readiness, RevisionTimings, Settings};
use prometheus_client::{encoding::text::encode, registry::Registry};
use resources::{
    Chart, DployInstance, DployInstanceSpec, DployOwner, DployOwnerSpec, DployTemplate,
    DployTemplateSpec, EngineName, Identity, Method, Phase, Pool, Revision, Seat, TemplateRevision,
    WhenEmpty, meta,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::eventually;

pub(crate) const NAMESPACE: &str = "dploy-system";

pub(crate) struct Bed {
    pub(crate) client: Client,
    pub(crate) clock: SharedClock,
    pub(crate) fake: Arc<Fake>,
    /// When the operators sweep leftovers.
    pub(crate) leftovers: LeftoverTimings,
    /// When the operators sweep unused revisions.
    pub(crate) revisions: RevisionTimings,
}

/// A running operator; dropping it is its crash.
pub(crate) struct Operator {
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<Result<(), operator::OperatorError>>,
    pub(crate) readiness: Readiness,
    metrics: Registry,
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Operator {
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        (&mut self.task).await.unwrap().unwrap();
    }

    /// The value of the metric `dploy_leader`.
    pub(crate) fn leader_metric(&self) -> Option<String> {
        self.metric("dploy_leader ")
    }

    /// The value of the series, whose text ends with a space.
    pub(crate) fn metric(&self, series: &str) -> Option<String> {
        let mut text = String::new();
        encode(&mut text, &self.metrics).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(series));
        value.map(ToOwned::to_owned)
    }
}

impl Bed {
    pub(crate) async fn new() -> Self {
        Self::with_clock(SystemClock::shared()).await
    }

    pub(crate) async fn with_clock(clock: SharedClock) -> Self {
        Self::with_definitions(clock, resources::custom_resource_definitions()).await
    }

    pub(crate) async fn with_definitions(
        clock: SharedClock,
        definitions: Vec<CustomResourceDefinition>,
    ) -> Self {
        let client = LocalKube::in_memory(clock.clone()).client(NAMESPACE);
        let bed = Self {
            client,
            clock,
            fake: Arc::default(),
            leftovers: LeftoverTimings::default(),
            revisions: RevisionTimings::default(),
        };
        let namespaces: Api<Namespace> = Api::all(bed.client.clone());
        let metadata = ObjectMeta { name: Some(NAMESPACE.into()), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        // There from the start in `dploy dev`'s cluster, and maybe here.
        let _ = namespaces.create(&PostParams::default(), &namespace).await;
        for definition in definitions {
            let api: Api<CustomResourceDefinition> = Api::all(bed.client.clone());
            api.create(&PostParams::default(), &definition).await.unwrap();
        }
        bed.create(&revision().object(1)).await;
        bed
    }

    /// Gives the instance a revision of its template that differs from [`revision`].
    pub(crate) async fn revise(
        &self,
        instance: &mut DployInstance,
        change: impl FnOnce(&mut TemplateRevision),
    ) {
        let mut revision = revision();
        change(&mut revision);
        instance.spec.revision = self.create(&revision.object(2)).await.metadata.name;
    }

    /// The revision that the operator has published for the template.
    pub(crate) async fn published(&self, template: &str) -> TemplateRevision {
        eventually("a published revision", || async {
            let template: DployTemplate = self.api().get(template).await.unwrap();
            let status = template
                .status
                .filter(|it| it.observed_generation == template.metadata.generation)?;
            let revision: Revision = self.api().get(&status.revision?).await.unwrap();
            Some(TemplateRevision::clone(&revision.data))
        })
        .await
    }

    /// A bed with a running operator.
    pub(crate) async fn running() -> (Self, Operator) {
        let bed = Self::new().await;
        let operator = bed.operate("one");
        (bed, operator)
    }

    pub(crate) fn operate(&self, identity: &str) -> Operator {
        self.operate_with(identity, self.fake_engine())
    }

    pub(crate) fn operate_with(&self, identity: &str, engines: Engines) -> Operator {
        self.operate_through(self.client.clone(), identity, engines)
    }

    /// An operator with the fake engine whose requests pass this network.
    pub(crate) fn operate_behind(&self, network: &Network, identity: &str) -> Operator {
        self.operate_over(network, self.settings(identity))
    }

    pub(crate) fn operate_through(
        &self,
        client: Client,
        identity: &str,
        engines: Engines,
    ) -> Operator {
        self.start(client, self.settings(identity), engines)
    }

    /// Like [`Self::operate_behind`], with these settings.
    pub(crate) fn operate_over(&self, network: &Network, settings: Settings) -> Operator {
        self.start(network.before(self.client.clone()), settings, self.fake_engine())
    }

    fn fake_engine(&self) -> Engines {
        let fake: Arc<Fake> = Arc::clone(&self.fake);
        Engines::default().with(EngineName::Flux, fake)
    }

    /// Settings with short timings.
    pub(crate) fn settings(&self, identity: &str) -> Settings {
        let mut settings = Settings::new(NAMESPACE, identity);
        settings.lease = LeaseTimings {
            duration: Duration::from_secs(2),
            renew_every: Duration::from_millis(100),
        };
        settings.leftovers = self.leftovers;
        settings.revisions = self.revisions;
        settings
    }

    pub(crate) fn start(&self, client: Client, settings: Settings, engines: Engines) -> Operator {
        let shutdown = CancellationToken::new();
        let running = operator::Operator::new(client, settings, engines, self.clock.clone());
        let mut metrics = Registry::default();
        running.register_metrics(&mut metrics);
        let readiness = running.readiness();
        let task = tokio::spawn(running.run(shutdown.clone()));
        Operator { task, shutdown, readiness, metrics }
    }

    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), NAMESPACE)
    }

    pub(crate) async fn create<K>(&self, object: &K) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + Debug
            + Serialize
            + DeserializeOwned,
    {
        self.api().create(&PostParams::default(), object).await.unwrap()
    }

    pub(crate) async fn patch<K>(&self, name: &str, change: Value) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + Debug
            + DeserializeOwned,
    {
        let params = PatchParams::default();
        self.api().patch(name, &params, &Patch::Merge(change)).await.unwrap()
    }

    pub(crate) async fn instance(&self, name: &str) -> Option<DployInstance> {
        self.api().get_opt(name).await.unwrap()
    }

    pub(crate) async fn instances(&self) -> Vec<DployInstance> {
        self.api().list(&ListParams::default()).await.unwrap().items
    }

    pub(crate) async fn namespace(&self, name: &str) -> Option<Namespace> {
        Api::all(self.client.clone()).get_opt(name).await.unwrap()
    }

    /// Waits until the instance fulfils the condition.
    pub(crate) async fn until(
        &self,
        name: &str,
        what: &str,
        is: impl Fn(&DployInstance) -> bool,
    ) -> DployInstance {
        eventually(what, || async { self.instance(name).await.filter(|it| is(it)) }).await
    }

    pub(crate) async fn ready(&self, name: &str) -> DployInstance {
        self.until(name, "ready", |it| phase(it) == Some(Phase::Ready)).await
    }

    pub(crate) async fn gone(&self, name: &str) {
        eventually("gone", || async { self.instance(name).await.is_none().then_some(()) }).await;
    }

    pub(crate) async fn delete(&self, name: &str) {
        let api = self.api::<DployInstance>();
        api.delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// What a server writes at a launch: the seat, then the instance.
    pub(crate) async fn launch(&self, owner: &str, uuid: &str) -> DployInstance {
        let instance = launched(owner, uuid);
        self.seat(owner, &instance).await;
        self.create(&instance).await
    }

    /// Takes a seat for the instance. Retries on conflicts.
    pub(crate) async fn seat(&self, owner: &str, instance: &DployInstance) {
        let seat = Seat {
            template: instance.spec.template_ref.clone(),
            instance: instance.name_any(),
            uuid: instance.spec.uuid.clone().unwrap(),
            since: Time(self.clock.now()),
            chosen_at: instance.metadata.resource_version.clone(),
            ticket: None,
        };
        if self.api::<DployOwner>().get_opt(owner).await.unwrap().is_none() {
            self.create(&record(owner)).await;
        }
        self.write_seats(owner, |seats| seats.push(seat.clone())).await;
    }

    async fn write_seats(&self, owner: &str, change: impl Fn(&mut Vec<Seat>)) {
        eventually("a seat", || async {
            let api = self.api::<DployOwner>();
            let mut record = api.get(owner).await.unwrap();
            change(&mut record.status.get_or_insert_default().seats);
            api.replace_status(owner, &PostParams::default(), &record).await.ok()
        })
        .await;
    }

    pub(crate) async fn seats(&self, owner: &str) -> Vec<String> {
        let record: DployOwner = self.api().get(owner).await.unwrap();
        let seats = record.status.unwrap_or_default().seats;
        seats.into_iter().map(|seat| seat.instance).collect()
    }

    pub(crate) async fn free_seats(&self, owner: &str) {
        self.write_seats(owner, Vec::clear).await;
    }
}

pub(crate) fn phase(instance: &DployInstance) -> Option<Phase> {
    instance.status.as_ref()?.phase
}

pub(crate) fn reason(instance: &DployInstance) -> &str {
    let status = instance.status.as_ref();
    let ready = status.and_then(|it| it.conditions.iter().find(|it| it.type_ == "Ready"));
    ready.map_or("", |it| it.reason.as_str())
}

pub(crate) fn record(owner: &str) -> DployOwner {
    let identity = Identity { claim: "sub".into(), value: owner.into(), ..Identity::default() };
    DployOwner::new(owner, DployOwnerSpec { identity, max_instances: None })
}

pub(crate) fn template(name: &str) -> DployTemplate {
    let chart = Chart { repo_url: "https://example.org/lab".into(), ..Chart::default() };
    DployTemplate::new(
        name,
        DployTemplateSpec {
            enabled: true,
            visible: true,
            chart: Some(chart),
            ..DployTemplateSpec::default()
        },
    )
}

pub(crate) fn pool(name: &str, size: u32, max_size: u32) -> DployTemplate {
    let mut template = template(name);
    template.spec.method = Method::Pool;
    template.spec.pool =
        Some(Pool { size, max_size, recycle: true, when_empty: WhenEmpty::Refuse });
    template
}

/// The revision of [`template`] `lab`, which each bed has.
pub(crate) fn revision() -> TemplateRevision {
    rendering::revision(&template("lab"), None, Settings::new(NAMESPACE, "test").defaults)
}

/// An instance of template `lab` as a server makes it.
pub(crate) fn launched(owner: &str, uuid: &str) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: owner.into(),
        uuid: Some(uuid.into()),
        revision: Some(revision().name()),
        seed: Some("0f".repeat(16)),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new(&resources::names::instance_name("lab", uuid), spec);
    instance.metadata.finalizers = Some(vec![meta::FINALIZER.into()]);
    instance.metadata.labels = Some(
        [(meta::MANAGED, meta::TRUE), (meta::OWNER, owner), (meta::TEMPLATE, "lab")]
            .map(|(name, value)| (name.into(), value.into()))
            .into(),
    );
    instance
}

/// A write that wakes the operator and changes nothing that it acts on.
pub(crate) fn nudge() -> Value {
    json!({ "metadata": { "annotations": { "example.org/nudge": clock::random_hex::<4>() } } })
}
