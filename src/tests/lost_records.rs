//! Servers and an operator that lose every owner record while they run: nobody loses an
//! environment.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clock::{Clock, ManualClock, SharedClock, SystemClock};
use engines::{Engines, manifests::ManifestsEngine};
use environments::{Caller, Environments, RefusalKind};
use jiff::SignedDuration;
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    core::NamespaceResourceScope,
};
use localkube::LocalKube;
use operator::Operator;
use resources::{
    DployInstance, DployOwner, DployOwnerSpec, DployTemplate, DployTemplateSpec, EngineName,
    Method, Pool, WhenEmpty, meta,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use testbed::eventually;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

const NAMESPACE: &str = "dploy-system";
const WORKLOAD: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: notes }
data: { uuid: {{ .UUID | quote }} }
";
/// The environments that one owner may have.
const LIMIT: u32 = 2;

struct Bed {
    client: Client,
    clock: Arc<ManualClock>,
    servers: Vec<Environments>,
    _operator: AbortOnDropHandle<()>,
}

impl Bed {
    async fn start() -> Self {
        let clock = ManualClock::at(SystemClock.now());
        let client = LocalKube::in_memory(clock.clone()).client(NAMESPACE);
        let definitions = Api::all(client.clone());
        for definition in resources::custom_resource_definitions() {
            definitions.create(&PostParams::default(), &definition).await.expect("a definition");
        }
        let metadata = ObjectMeta { name: Some(NAMESPACE.to_owned()), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        // The embedded API server may have it from the start.
        let _ = Api::all(client.clone()).create(&PostParams::default(), &namespace).await;
        let shared: SharedClock = clock.clone();
        let engine = Arc::new(ManifestsEngine::new(client.clone()));
        let engines = Engines::default().with(EngineName::Manifests, engine);
        let settings = operator::Settings::new(NAMESPACE, "one");
        let operator = Operator::new(client.clone(), settings, engines, shared.clone());
        let run = async move { operator.run(CancellationToken::new()).await.expect("no end") };
        let servers = (0..2).map(|_| {
            let settings = environments::Settings {
                namespace: NAMESPACE.to_owned(),
                max_environments: LIMIT,
                default_ttl: 86_400,
                extend_ttl: 600,
                max_changes: None,
                inherit_by_name: false,
                features: wire::UiConfig::ALL,
            };
            Environments::start(client.clone(), settings, shared.clone())
        });
        let servers: Vec<_> = servers.collect();
        let operator = AbortOnDropHandle::new(tokio::spawn(run));
        Self { client, clock, servers, _operator: operator }
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::default_namespaced(self.client.clone())
    }

    async fn all<K>(&self) -> Vec<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned,
    {
        self.api().list(&ListParams::default()).await.expect("a list").items
    }

    async fn create<K>(&self, object: &K)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + std::fmt::Debug
            + Serialize
            + DeserializeOwned,
    {
        self.api().create(&PostParams::default(), object).await.expect("a created object");
    }

    async fn template(&self, name: &str, change: impl FnOnce(&mut DployTemplateSpec)) {
        let mut spec = DployTemplateSpec {
            enabled: true,
            visible: true,
            engine: Some(EngineName::Manifests),
            manifests: Some(WORKLOAD.to_owned()),
            ..DployTemplateSpec::default()
        };
        change(&mut spec);
        self.create(&DployTemplate::new(name, spec)).await;
    }

    async fn lose_all_records(&self) -> Vec<DployOwner> {
        let lost = self.all::<DployOwner>().await;
        for record in &lost {
            // A request may have replaced it, which loses nothing either.
            let _ =
                self.api::<DployOwner>().delete(&record.name_any(), &DeleteParams::default()).await;
        }
        lost
    }

    /// The time passes all delays, and the operator looks at every instance and record again.
    async fn pass_the_delays(&self) {
        for _ in 0..3 {
            self.clock.advance(SignedDuration::from_secs(31));
            let orphan = self.orphan().await;
            for instance in self.all::<DployInstance>().await {
                self.nudge::<DployInstance>(&instance.name_any()).await;
            }
            for record in self.all::<DployOwner>().await {
                self.nudge::<DployOwner>(&record.name_any()).await;
            }
            self.clock.advance(SignedDuration::from_secs(31));
            eventually("the operator has deleted what nobody has", || async {
                self.nudge::<DployInstance>(&orphan).await;
                let found = self.api::<DployInstance>().get_opt(&orphan).await.expect("a read");
                found.is_none_or(|it| it.metadata.deletion_timestamp.is_some()).then_some(())
            })
            .await;
        }
    }

    /// A copy of zed's environment that no seat names.
    async fn orphan(&self) -> String {
        let living = self.all::<DployInstance>().await;
        let zeds = living
            .into_iter()
            .find(|it| it.spec.owner == "zed" && it.metadata.deletion_timestamp.is_none());
        let DployInstance { metadata, mut spec, status: _ } = zeds.expect("zed's environment");
        let uuid = clock::World::of_the_machine().random_hex::<4>();
        let name = format!("{}-{uuid}", spec.template_ref);
        spec.uuid = Some(uuid);
        let mut orphan = DployInstance::new(&name, spec);
        orphan.metadata.labels = metadata.labels;
        orphan.metadata.annotations = metadata.annotations;
        self.create(&orphan).await;
        name
    }

    async fn nudge<K>(&self, name: &str)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + std::fmt::Debug
            + DeserializeOwned,
    {
        let mark = clock::World::of_the_machine().random_hex::<4>();
        let change = json!({ "metadata": { "annotations": { "example.org/nudge": mark } } });
        let _ = self.api::<K>().patch(name, &PatchParams::default(), &Patch::Merge(change)).await;
    }
}

/// A person of team blue.
fn person(subject: &str, name: &str) -> Caller {
    let claims = json!({ "sub": subject, "name": name, "team": "blue" });
    Caller {
        subject: subject.to_owned(),
        issuer: None,
        username: Some(name.to_owned()),
        username_claim: "name".to_owned(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        admin: false,
    }
}

async fn uuids(server: &Environments, caller: &Caller) -> Vec<String> {
    let list = server.list(caller).await.expect("a list");
    let mut uuids: Vec<_> = list.environments.into_iter().map(|it| it.uuid).collect();
    uuids.sort();
    uuids
}

/// Asks for everything again and again, as pages and clients do.
fn keep_asking(server: &Environments, caller: &Caller) -> AbortOnDropHandle<()> {
    let (server, caller) = (server.clone(), caller.clone());
    AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            for template in ["notes", "warm", "shared"] {
                let _ = server.launch(&caller, template, &BTreeMap::new()).await;
                let _ = server.status(&caller, template).await;
            }
            let _ = server.list(&caller).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_installation_that_loses_every_owner_record_loses_no_environment() {
    let bed = Bed::start().await;
    bed.template("notes", |_| ()).await;
    bed.template("shared", |spec| spec.owner_claim = "team".to_owned()).await;
    bed.template("third", |_| ()).await;
    bed.template("warm", |spec| {
        spec.method = Method::Pool;
        spec.pool =
            Some(Pool { size: 4, max_size: 8, recycle: true, when_empty: WhenEmpty::Refuse });
    })
    .await;
    // ada and eve have names that give one key.
    let people = [person("sub-1", "ada"), person("sub-2", "Ada"), person("sub-3", "bob")];
    let zed = person("sub-9", "zed");
    let [one, two] = &bed.servers[..] else { panic!("two servers") };
    for caller in &people {
        for template in ["notes", "warm", "shared"] {
            eventually("an environment", || async {
                one.launch(caller, template, &BTreeMap::new()).await.ok()
            })
            .await;
        }
    }
    two.extend(&people[0], "notes").await.expect("an extension");
    let mut before = Vec::new();
    for caller in &people {
        before.push(uuids(one, caller).await);
    }

    let asking: Vec<_> =
        people.iter().flat_map(|it| [keep_asking(one, it), keep_asking(two, it)]).collect();
    for _ in 0..5 {
        bed.lose_all_records().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(asking);
    one.launch(&zed, "third", &BTreeMap::new()).await.expect("an environment");
    bed.pass_the_delays().await;

    for (caller, uuids_before) in people.iter().zip(&before) {
        for server in &bed.servers {
            let now = uuids(server, caller).await;
            assert_eq!(&now, uuids_before, "{caller:?}");
            server.extend(caller, "notes").await.expect("an extension");
            let full = server.launch(caller, "third", &BTreeMap::new()).await;
            assert_eq!(full.expect_err("the limit").kind(), RefusalKind::Forbidden);
        }
    }
    let deleting = bed
        .all::<DployInstance>()
        .await
        .into_iter()
        .filter(|it| it.metadata.deletion_timestamp.is_some() && it.spec.owner != "zed");
    assert_eq!(deleting.map(|it| it.name_any()).collect::<Vec<_>>(), Vec::<String>::new());
    for caller in &people {
        two.remove(caller, "notes").await.expect("hers to delete");
        one.launch(caller, "third", &BTreeMap::new()).await.expect("room for another");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_operator_gives_seats_back_without_a_visitor() {
    let bed = Bed::start().await;
    bed.template("notes", |_| ()).await;
    bed.template("third", |_| ()).await;
    let (ada, zed) = (person("sub-1", "ada"), person("sub-9", "zed"));
    let server = &bed.servers[0];
    let run = eventually("an environment", || async {
        server.launch(&ada, "notes", &BTreeMap::new()).await.ok()
    })
    .await;
    let lost = bed.lose_all_records().await.remove(0);
    // What a backup tool restores: another object, without a status.
    let mut copy = DployOwner::new("ada", DployOwnerSpec { ..lost.spec.clone() });
    copy.metadata.labels = lost.metadata.labels;
    bed.create(&copy).await;
    eventually("the seat is back", || async {
        let record = bed.api::<DployOwner>().get("ada").await.expect("ada's record");
        let seats = record.status.unwrap_or_default().seats;
        seats.iter().any(|seat| seat.uuid == run.uuid).then_some(())
    })
    .await;
    server.launch(&zed, "third", &BTreeMap::new()).await.expect("an environment");
    bed.pass_the_delays().await;
    let name = format!("notes-{}", run.uuid);
    let instance = bed.api::<DployInstance>().get(&name).await.expect("the instance");
    assert_eq!(instance.metadata.deletion_timestamp, None);
    assert!(instance.labels().contains_key(meta::IDENTITY));
    assert_eq!(server.status(&ada, "notes").await.expect("hers").uuid, run.uuid);
}
