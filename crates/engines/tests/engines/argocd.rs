//! Engine `argocd`, with a test that plays Argo CD.

use std::sync::Arc;

use clock::SystemClock;
use engines::{Blame, Engine, Order, Withdrawal, argocd::ArgocdEngine};
use futures::StreamExt;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, ResourceExt,
    api::{DynamicObject, ListParams, Patch, PatchParams, PostParams},
    runtime::{WatchStreamExt, watcher},
};
use localkube::LocalKube;
use resources::{
    Chart, ChartType, EngineName, Health, OperatorConfig, OperatorConfigSpec, OrderRef,
    TemplateRevision,
};
use serde_json::{Value, json};

use super::{
    conformance::{Fixture, conforms, order, order_of, place, withdrawn},
    crds::{self, Definition},
};

const ARGOCD: [Definition; 1] = [("argoproj.io", "v1alpha1", "Application", "applications")];
const HOME: &str = "argocd";
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

struct Bed(Client);

impl Bed {
    async fn new() -> Self {
        let client = LocalKube::in_memory(SystemClock::shared()).client("default");
        crds::open(&client, HOME).await;
        crds::install(&client, &ARGOCD, false).await;
        Self(client)
    }

    /// Deletes what Applications placed before they go, as the application controller does.
    /// Overlooks so many changes of those that are leaving.
    async fn with_a_controller(mut overlooked: usize) -> Self {
        let bed = Self::new().await;
        let applications = bed.applications();
        tokio::spawn(async move {
            let changes = watcher(applications.clone(), watcher::Config::default());
            let mut changes = changes.applied_objects().boxed();
            while let Some(Ok(application)) = changes.next().await {
                if application.metadata.deletion_timestamp.is_none() {
                    continue;
                }
                if overlooked > 0 {
                    overlooked -= 1;
                } else {
                    let gone = Patch::Merge(json!({ "metadata": { "finalizers": [] } }));
                    let name = application.name_any();
                    let _ = applications.patch(&name, &PatchParams::default(), &gone).await;
                }
            }
        });
        bed
    }

    fn applications(&self) -> Api<DynamicObject> {
        Api::namespaced_with(self.0.clone(), HOME, &crds::resource(ARGOCD[0]))
    }

    async fn change(&self, order: &OrderRef, change: Value) {
        let (params, change) = (PatchParams::default(), Patch::Merge(change));
        self.applications().patch(&order.namespace, &params, &change).await.unwrap();
    }

    /// Argo CD compared it and says this.
    async fn says(&self, order: &OrderRef, sync: &str, health: &str) {
        let application = self.applications().get(&order.namespace).await.unwrap();
        let spec = &application.data["spec"];
        let compared = json!({ "source": spec["source"], "destination": spec["destination"] });
        let status = json!({
            "sync": { "status": sync, "comparedTo": compared }, "health": { "status": health },
        });
        self.change(order, json!({ "status": status })).await;
    }
}

fn revision_of(values: &str) -> TemplateRevision {
    TemplateRevision {
        engine: EngineName::Argocd,
        chart: Some(Chart {
            chart_type: ChartType::Git,
            repo_url: "https://git.example/charts".into(),
            path: "/charts/web".into(),
            ..Chart::default()
        }),
        values_template: values.into(),
        connection_url_template: "http://127.0.0.1".into(),
        ..TemplateRevision::default()
    }
}

#[async_trait::async_trait]
impl Fixture for Bed {
    fn engine(&self) -> Arc<dyn Engine> {
        Arc::new(ArgocdEngine::new(self.0.clone()))
    }

    fn client(&self) -> Client {
        self.0.clone()
    }

    fn template(&self, revision: u32) -> TemplateRevision {
        revision_of(&format!("revision: {revision}"))
    }

    async fn thrive(&self, order: &OrderRef) {
        self.says(order, "Synced", "Healthy").await;
    }

    async fn versions(&self, order: &OrderRef) -> Vec<String> {
        let found = self.applications().get_opt(&order.namespace).await.unwrap();
        found.and_then(|it| it.metadata.resource_version).into_iter().collect()
    }
}

#[tokio::test]
async fn engine_argocd_conforms() {
    conforms(&Bed::with_a_controller(0).await).await;
}

#[tokio::test]
async fn a_deletion_that_argo_cd_overlooks_is_brought_to_its_attention() {
    let bed = Bed::with_a_controller(1).await;
    let order = order(&bed.0, "overlooked", revision_of("")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    withdrawn(&*engine, &order.reference).await;
}

#[tokio::test]
async fn an_application_says_what_to_sync_and_where() {
    let bed = Bed::new().await;
    let config = json!({ "argocd": { "project": "labs", "server": "https://cluster.example" } });
    let config: OperatorConfigSpec = serde_json::from_value(config).unwrap();
    let mut template = revision_of("host: '{{ .UUID }}'");
    template.value_files = vec!["small.yaml".into()];
    let order = order_of("said", template, config);
    place(&*bed.engine(), &order).await;
    let application = bed.applications().get(&order.reference.namespace).await.unwrap();
    assert_eq!(application.labels()["dploy.dev/instance"], order.reference.instance);
    assert_eq!(application.finalizers(), [FINALIZER]);
    let expected = json!({
        "project": "labs",
        "destination": { "server": "https://cluster.example", "namespace": "ada-said-0123abcd" },
        "source": {
            "repoURL": "https://git.example/charts",
            "path": "charts/web",
            "targetRevision": "HEAD",
            "helm": {
                "releaseName": "said-0123abcd",
                "valueFiles": ["small.yaml"],
                "valuesObject": { "host": "0123abcd" },
            },
        },
        "syncPolicy": {
            "automated": { "prune": true, "selfHeal": true },
            "retry": {
                "limit": 3, "backoff": { "duration": "5s", "factor": 2, "maxDuration": "1m" },
            },
        },
    });
    assert_eq!(application.data["spec"], expected);
}

#[tokio::test]
async fn a_chart_of_a_repository_is_named_without_a_path() {
    let engine = Bed::new().await.engine();
    let source = |url: &str| {
        let mut template = revision_of("");
        template.chart = Some(Chart {
            chart_type: ChartType::Helm,
            repo_url: url.into(),
            chart: "web".into(),
            ..Chart::default()
        });
        let order = order_of("charted", template, OperatorConfigSpec::default());
        engine.draft(&order).unwrap().documents[0]["spec"]["source"].clone()
    };
    let helm = json!({ "releaseName": "charted-0123abcd" });
    let expected =
        |url| json!({ "repoURL": url, "chart": "web", "targetRevision": "*", "helm": helm });
    assert_eq!(source("https://charts.example"), expected("https://charts.example"));
    assert_eq!(source("oci://registry.example/charts"), expected("registry.example/charts"));
}

#[tokio::test]
async fn a_withdrawal_waits_for_argo_cd_and_says_what_holds_it_up() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "held", revision_of("")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    let still = |withdrawal| match withdrawal {
        Withdrawal::StillGoing(what) => what,
        Withdrawal::Done => String::new(),
    };
    let first = still(engine.withdraw(&order.reference).await.unwrap());
    assert_eq!(first, "Application argocd/ada-held-0123abcd is being deleted.");
    let again = still(engine.withdraw(&order.reference).await.unwrap());
    assert!(again.ends_with("check that its application controller runs."), "{again}");
    let error = json!([{ "type": "DeletionError", "message": "no answer" }]);
    bed.change(&order.reference, json!({ "status": { "conditions": error } })).await;
    let stuck = still(engine.withdraw(&order.reference).await.unwrap());
    assert!(stuck.ends_with("cannot be deleted: no answer"), "{stuck}");
    bed.change(&order.reference, json!({ "metadata": { "finalizers": [] } })).await;
    withdrawn(&*engine, &order.reference).await;
}

#[tokio::test]
async fn what_argo_cd_says_is_told_and_seen() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "told", revision_of("")).await;
    let engine = bed.engine();
    let mut changes = engine.changes();
    place(&*engine, &order).await;
    bed.says(&order.reference, "Synced", "Degraded").await;
    assert_eq!(changes.next().await, Some(order.reference.clone()));
    let look = engine.observe(&order.reference).await.unwrap();
    assert_eq!(
        (look.health, look.reason.as_str(), look.engine_ref.as_deref()),
        (Health::Degraded, "Degraded", Some("Application argocd/ada-told-0123abcd"))
    );
}

/// Another's Application of the same name is neither looked at nor deleted.
#[tokio::test]
async fn an_application_of_somebody_else_is_left_alone() {
    let bed = Bed::new().await;
    let order = order(&bed.0, "foreign", revision_of("")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    let labels = json!({ "metadata": { "labels": { "dploy.dev/instance": "another" } } });
    bed.change(&order.reference, labels).await;
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
    assert_eq!(engine.withdraw(&order.reference).await.unwrap(), Withdrawal::Done);
    assert_eq!(bed.versions(&order.reference).await.len(), 1);
}

/// The cluster's OperatorConfig with this namespace for Applications, and an order after the edit.
async fn moved(bed: &Bed, order: &Order, namespace: &str) -> Order {
    let spec = json!({ "argocd": { "namespace": namespace } });
    let definitions: Api<CustomResourceDefinition> = Api::all(bed.0.clone());
    for definition in resources::custom_resource_definitions() {
        definitions.create(&PostParams::default(), &definition).await.unwrap();
    }
    let spec: OperatorConfigSpec = serde_json::from_value(spec).unwrap();
    let config = OperatorConfig::new("default", spec.clone());
    Api::all(bed.0.clone()).create(&PostParams::default(), &config).await.unwrap();
    Order { config: Arc::new(spec), ..order.clone() }
}

/// The setting does not say where an Application stands: the status of its instance does.
#[tokio::test]
async fn an_application_stays_where_it_stands_and_is_withdrawn_from_there() {
    let bed = Bed::with_a_controller(0).await;
    let mut order = order(&bed.0, "moved", revision_of("")).await;
    let engine = bed.engine();
    place(&*engine, &order).await;
    order.reference.engine_ref = engine.observe(&order.reference).await.unwrap().engine_ref;
    crds::open(&bed.0, "elsewhere").await;
    let order = moved(&bed, &order, "elsewhere").await;
    place(&*engine, &order).await;
    let look = bed.engine().observe(&order.reference).await.unwrap();
    assert_eq!(look.placed, Some(engine.draft(&order).unwrap().digest()));
    assert_eq!(look.engine_ref, order.reference.engine_ref);
    withdrawn(&*bed.engine(), &order.reference).await;
    let everywhere: Api<DynamicObject> = Api::all_with(bed.0.clone(), &crds::resource(ARGOCD[0]));
    assert!(everywhere.list(&ListParams::default()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_cluster_without_argo_cd_is_said_to_have_none() {
    let client = LocalKube::in_memory(SystemClock::shared()).client("default");
    let order = order(&client, "nowhere", revision_of("")).await;
    let engine = ArgocdEngine::new(client);
    assert_eq!(engine.observe(&order.reference).await.unwrap().placed, None);
    let error = engine.place(engine.draft(&order).unwrap()).await.unwrap_err();
    let expected = "Argo CD is not installed in this cluster, which has no kind Application in \
                    argoproj.io/v1alpha1";
    assert_eq!((error.blame, error.cause.to_string().as_str()), (Blame::World, expected));
    assert_eq!(engine.withdraw(&order.reference).await.unwrap(), Withdrawal::Done);
}
