//! Engine `flux`, with a test that plays Flux.

use std::sync::Arc;

use clock::SystemClock;
use engines::{Blame, Engine, Order, Withdrawal, flux::FluxEngine};
use faultnet::Network;
use futures::{StreamExt, future::join_all};
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
};
use localkube::LocalKube;
use resources::{
    Chart, ChartType, EngineName, Health, OperatorConfigSpec, OrderRef, TemplateRevision,
};
use serde_json::{Value, json};

use super::{
    conformance::{Fixture, INSTALLATION, conforms, listed, order, order_of, place, withdrawn},
    crds::{self, Definition},
};
use crate::support::eventually;

const FLUX: [Definition; 5] = [
    ("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
    ("source.toolkit.fluxcd.io", "v1", "HelmRepository", "helmrepositories"),
    ("source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories"),
    ("source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories"),
    ("source.toolkit.fluxcd.io", "v1", "HelmChart", "helmcharts"),
];
const HOME: &str = "flux-system";
const FINALIZER: &str = "finalizers.fluxcd.io";

struct Bed(Client);

impl Bed {
    async fn new() -> Self {
        let client = LocalKube::in_memory(SystemClock::shared()).client("default");
        crds::open(&client, HOME).await;
        crds::install(&client, &FLUX, true).await;
        Self(client)
    }

    fn api(&self, kind: &str, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.0.clone(), namespace, &resource(kind))
    }

    fn releases(&self) -> Api<DynamicObject> {
        self.api("HelmRelease", HOME)
    }

    async fn sources(&self) -> Vec<DynamicObject> {
        let mut found = Vec::new();
        for kind in ["HelmRepository", "GitRepository", "OCIRepository"] {
            found.extend(self.api(kind, HOME).list(&ListParams::default()).await.unwrap().items);
        }
        found
    }

    async fn has_no_sources(&self) {
        eventually("no sources", || async { self.sources().await.is_empty().then_some(()) }).await;
    }

    /// Flux says this of the order's release.
    async fn says(&self, order: &OrderRef, conditions: Value) {
        let release = self.releases().get(&order.namespace).await.unwrap();
        let mut conditions = conditions;
        for condition in conditions.as_array_mut().unwrap() {
            condition["observedGeneration"] = release.metadata.generation.into();
        }
        let status = Patch::Merge(json!({ "status": { "conditions": conditions } }));
        let params = PatchParams::default();
        self.releases().patch_status(&order.namespace, &params, &status).await.unwrap();
    }

    async fn holds(&self, order: &OrderRef, finalizers: &[&str]) {
        let change = Patch::Merge(json!({ "metadata": { "finalizers": finalizers } }));
        self.releases().patch(&order.namespace, &PatchParams::default(), &change).await.unwrap();
    }
}

fn resource(kind: &str) -> ApiResource {
    crds::resource(FLUX.into_iter().find(|it| it.2 == kind).unwrap())
}

fn revision_of(chart: &str, values: &str) -> TemplateRevision {
    TemplateRevision {
        engine: EngineName::Flux,
        chart: Some(Chart {
            chart_type: ChartType::Helm,
            repo_url: "https://charts.example".into(),
            chart: chart.into(),
            ..Chart::default()
        }),
        values_template: values.into(),
        connection_url_template: "http://127.0.0.1".into(),
        ..TemplateRevision::default()
    }
}

fn failed(message: &str) -> Value {
    json!([{ "type": "Ready", "status": "False", "reason": "InstallFailed", "message": message }])
}

#[async_trait::async_trait]
impl Fixture for Bed {
    fn engine(&self) -> Arc<dyn Engine> {
        Arc::new(FluxEngine::new(self.0.clone()))
    }

    fn client(&self) -> Client {
        self.0.clone()
    }

    fn template(&self, revision: u32) -> TemplateRevision {
        revision_of("web", &format!("revision: {revision}\nname: '{{{{ .UUID }}}}'"))
    }

    async fn thrive(&self, order: &OrderRef) {
        self.says(order, json!([{ "type": "Ready", "status": "True", "reason": "Fine" }])).await;
    }

    async fn versions(&self, order: &OrderRef) -> Vec<String> {
        let release = self.releases().get_opt(&order.namespace).await.unwrap();
        let Some(release) = release else { return Vec::new() };
        let sources = self.sources().await.into_iter();
        sources.chain([release]).filter_map(|it| it.metadata.resource_version).collect()
    }
}

#[tokio::test]
async fn engine_flux_conforms() {
    conforms(&Bed::new().await).await;
}

#[tokio::test]
async fn a_release_says_what_to_install_where_and_as_whom() {
    let bed = Bed::new().await;
    let config: OperatorConfigSpec = serde_json::from_value(json!({
        "flux": { "serviceAccountName": "installer", "interval": "1m" },
    }))
    .unwrap();
    let order = order_of("said", revision_of("web", "host: '{{ .UUID }}'"), config);
    place(&*bed.engine(), &order).await;
    let release = bed.releases().get(&order.reference.namespace).await.unwrap();
    let source = &bed.sources().await[0];
    assert_eq!(release.labels()["dploy.dev/instance"], order.reference.instance);
    assert_eq!(release.labels()["dploy.dev/source"], source.name_any());
    let expected = json!({
        "interval": "1m",
        "releaseName": "said-0123abcd",
        "targetNamespace": "ada-said-0123abcd",
        "storageNamespace": "ada-said-0123abcd",
        "serviceAccountName": "installer",
        "chart": { "spec": {
            "chart": "web",
            "version": "*",
            "sourceRef": {
                "kind": "HelmRepository", "name": source.name_any(), "namespace": HOME,
            },
        } },
        "install": { "remediation": { "retries": 3 } },
        "upgrade": { "remediation": { "retries": 3 } },
        "values": { "host": "0123abcd" },
    });
    assert_eq!(release.data["spec"], expected);
    let repository = json!({ "url": "https://charts.example", "interval": "1m" });
    assert_eq!(source.data["spec"], repository);
}

#[tokio::test]
async fn a_source_is_shared_and_goes_with_its_last_release() {
    let bed = Bed::new().await;
    let engine = bed.engine();
    let one = order(&bed.0, "one", revision_of("web", "")).await;
    let two = order(&bed.0, "two", revision_of("mail", "")).await;
    place(&*engine, &one).await;
    place(&*engine, &two).await;
    assert_eq!(bed.sources().await.len(), 1);
    withdrawn(&*engine, &one.reference).await;
    assert_eq!(bed.sources().await.len(), 1, "two uses it");
    withdrawn(&*engine, &two.reference).await;
    bed.has_no_sources().await;
}

/// What a kill between the source and the release leaves behind goes with the order.
#[tokio::test]
async fn a_place_that_ended_half_way_is_picked_up_or_withdrawn() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "halved", revision_of("web", "")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    bed.releases().delete(&order.reference.namespace, &DeleteParams::default()).await.unwrap();
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
    place(&*engine, &order).await;
    let source = bed.sources().await.remove(0);
    bed.api("HelmRepository", HOME)
        .delete(&source.name_any(), &DeleteParams::default())
        .await
        .unwrap();
    let look = engine.observe(&order.reference).await.unwrap();
    assert_eq!(look.placed, None, "a release without its source is placed again");
    place(&*engine, &order).await;
    bed.releases().delete(&order.reference.namespace, &DeleteParams::default()).await.unwrap();
    let engine = bed.engine();
    withdrawn(&*engine, &order.reference).await;
    bed.has_no_sources().await;
}

#[tokio::test]
async fn a_crowd_of_withdrawals_lists_the_releases_of_all_once() {
    let bed = Bed::new().await;
    let network = Network::default();
    let engine = FluxEngine::new(network.before(bed.0.clone()));
    let mut crowd = Vec::new();
    for number in 0..20 {
        let mut order = order(&bed.0, &format!("crowd{number}"), revision_of("web", "")).await;
        place(&engine, &order).await;
        order.reference.engine_ref = engine.observe(&order.reference).await.unwrap().engine_ref;
        crowd.push(order.reference);
    }
    let _ = network.take();
    join_all(crowd.iter().map(|order| withdrawn(&engine, order))).await;
    bed.has_no_sources().await;
    let lists =
        |plural: &'static str| network.count(|it| it.is_read() && it.path.ends_with(plural));
    // The releases of all, and those of the one source.
    assert_eq!((lists("/helmreleases"), lists("/gitrepositories")), (2, 1));
}

#[tokio::test]
async fn places_and_withdrawals_at_once_neither_strand_a_release_nor_leak_a_source() {
    let bed = Bed::new().await;
    let engine = bed.engine();
    let template = revision_of("web", "");
    for round in 0..10 {
        let leaving = order(&bed.0, &format!("leaving{round}"), template.clone()).await;
        let coming = order(&bed.0, &format!("coming{round}"), template.clone()).await;
        place(&*engine, &leaving).await;
        tokio::join!(withdrawn(&*engine, &leaving.reference), place(&*engine, &coming));
        let digest = engine.observe(&coming.reference).await.unwrap().placed;
        assert_eq!(digest, Some(engine.draft(&coming).unwrap().digest()), "its source stands");
        withdrawn(&*engine, &coming.reference).await;
        bed.has_no_sources().await;
    }
}

#[tokio::test]
async fn a_withdrawal_waits_for_helm_and_says_what_holds_it_up() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "held", revision_of("web", "")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    bed.holds(&order.reference, &[FINALIZER]).await;
    let still = |withdrawal| match withdrawal {
        Withdrawal::StillGoing(what) => what,
        Withdrawal::Done => String::new(),
    };
    let first = still(engine.withdraw(&order.reference).await.unwrap());
    assert!(first.starts_with("HelmRelease flux-system/ada-held-0123abcd"), "{first}");
    let again = still(engine.withdraw(&order.reference).await.unwrap());
    assert!(again.ends_with("check that its helm-controller runs."), "{again}");
    assert_eq!(bed.sources().await.len(), 1, "Flux may need it until the end");
    let why = json!([{
        "type": "Ready", "status": "False", "reason": "UninstallFailed", "message": "a hook failed",
    }]);
    bed.says(&order.reference, why).await;
    let stuck = still(engine.withdraw(&order.reference).await.unwrap());
    assert!(stuck.ends_with("cannot be uninstalled: a hook failed"), "{stuck}");
    bed.holds(&order.reference, &[]).await;
    withdrawn(&*engine, &order.reference).await;
}

#[tokio::test]
async fn what_flux_says_is_told_and_seen() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "told", revision_of("web", "")).await;
    let engine = bed.engine();
    let mut changes = engine.changes();
    place(&*engine, &order).await;
    bed.says(&order.reference, failed("Helm install failed: bad values")).await;
    assert_eq!(changes.next().await, Some(order.reference.clone()));
    let look = engine.observe(&order.reference).await.unwrap();
    assert_eq!(
        (look.health, look.reason.as_str(), look.message.as_str(), look.engine_ref.as_deref()),
        (
            Health::Degraded,
            "InstallFailed",
            "Helm install failed: bad values",
            Some("HelmRelease flux-system/ada-told-0123abcd")
        )
    );
}

#[tokio::test]
async fn a_release_follows_the_setting_of_its_namespace() {
    let bed = Bed::new().await;
    crds::open(&bed.0, "gitops").await;
    let before = order(&bed.0, "moved", revision_of("web", "")).await;
    let engine = bed.engine();
    place(&*engine, &before).await;
    let config = json!({ "flux": { "namespace": "gitops" } });
    let after = order_of("moved", revision_of("web", ""), serde_json::from_value(config).unwrap());
    let error = engine.place(engine.draft(&after).unwrap()).await.unwrap_err();
    assert_eq!(error.blame, Blame::World, "{error:?}");
    place(&*engine, &after).await;
    let moved = bed.api("HelmRelease", "gitops").get(&after.reference.namespace).await.unwrap();
    assert_eq!(moved.data["spec"]["chart"]["spec"]["sourceRef"]["namespace"], "gitops");
    withdrawn(&*engine, &after.reference).await;
    bed.has_no_sources().await;
}

#[tokio::test]
async fn a_cluster_without_flux_is_said_to_have_none() {
    let client = LocalKube::in_memory(SystemClock::shared()).client("default");
    let order = order(&client, "nowhere", revision_of("web", "")).await;
    let engine = FluxEngine::new(client);
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
    let error = engine.place(engine.draft(&order).unwrap()).await.unwrap_err();
    let expected = "Flux is not installed in this cluster, which has no kind HelmRepository in \
                    source.toolkit.fluxcd.io/v1";
    assert_eq!((error.blame, error.cause.to_string().as_str()), (Blame::World, expected));
    assert_eq!(engine.withdraw(&order.reference).await.unwrap(), Withdrawal::Done);
}

#[tokio::test]
async fn a_template_without_a_whole_chart_is_refused() {
    let engine = Bed::new().await.engine();
    let refusal = |change: fn(&mut TemplateRevision)| {
        let mut template = revision_of("web", "");
        change(&mut template);
        let order: Order = order_of("refused", template, OperatorConfigSpec::default());
        engine.draft(&order).unwrap_err().to_string()
    };
    assert_eq!(refusal(|it| it.chart = None), "the template has no spec.chart");
    let no_name = refusal(|it| it.chart.as_mut().unwrap().chart.clear());
    assert_eq!(no_name, "the template has no spec.chart.chart");
    let no_values = refusal(|it| it.values_template = "- a list".into());
    assert_eq!(no_values, "the template cannot be rendered");
}

#[tokio::test]
async fn a_source_is_listed_once_no_release_uses_it_and_discarded() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "left", revision_of("web", "")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    let kinds = || async {
        let listed = engine.list(INSTALLATION, &order.config).await.unwrap();
        listed.into_iter().map(|it| it.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["HelmRelease"]);
    engine.discard(&listed(&*engine, INSTALLATION, &order).await[0]).await.unwrap();
    assert_eq!(kinds().await, ["HelmRepository"]);
    let source = engine.list(INSTALLATION, &order.config).await.unwrap().remove(0);
    place(&*engine, &order).await;
    engine.discard(&source).await.unwrap();
    assert_eq!(bed.sources().await.len(), 1, "a release uses it again");
    bed.releases().delete(&order.reference.namespace, &DeleteParams::default()).await.unwrap();
    engine.discard(&source).await.unwrap();
    assert!(bed.sources().await.is_empty());
}
