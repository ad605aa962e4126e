//! Engine `manifests`.

use std::sync::Arc;

use clock::SystemClock;
use engines::{Blame, Engine, manifests::ManifestsEngine};
use k8s_openapi::api::{apps::v1::Deployment, core::v1::ConfigMap};
use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use localkube::LocalKube;
use resources::{EngineName, Health, OperatorConfigSpec, OrderRef, TemplateRevision};
use serde_json::json;

use super::conformance::{
    Fixture, INSTALLATION, conforms, listed, opened, order, order_of, place, withdrawn,
};

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: NAME }\ndata: { revision: 'REVISION' }\n---\n";
const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: '{{ .Namespace }}' }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'registry.example/web:1' }] }
";

struct Bed(Client);

impl Bed {
    fn new() -> Self {
        Self(LocalKube::in_memory(SystemClock::shared()).client("default"))
    }

    async fn config_maps(&self, order: &OrderRef) -> Vec<ConfigMap> {
        let api: Api<ConfigMap> = Api::namespaced(self.0.clone(), &order.namespace);
        let ours = ListParams::default().labels(&format!("dploy.dev/instance={}", order.instance));
        api.list(&ours).await.unwrap().items
    }

    async fn names(&self, order: &OrderRef) -> Vec<String> {
        self.config_maps(order).await.iter().map(ResourceExt::name_any).collect()
    }
}

fn revision_of(text: &str) -> TemplateRevision {
    TemplateRevision {
        engine: EngineName::Manifests,
        manifests: Some(text.into()),
        connection_url_template: "http://127.0.0.1".into(),
        ..TemplateRevision::default()
    }
}

fn config(name: &str, revision: u32) -> String {
    CONFIG.replace("NAME", name).replace("REVISION", &revision.to_string())
}

#[async_trait::async_trait]
impl Fixture for Bed {
    fn engine(&self) -> Arc<dyn Engine> {
        Arc::new(ManifestsEngine::new(self.0.clone()))
    }

    fn client(&self) -> Client {
        self.0.clone()
    }

    fn is_inside(&self) -> bool {
        true
    }

    fn template(&self, revision: u32) -> TemplateRevision {
        revision_of(&(config("settings", revision) + WEB))
    }

    async fn thrive(&self, order: &OrderRef) {
        let api: Api<Deployment> = Api::namespaced(self.0.clone(), &order.namespace);
        let status = json!({ "status": {
            "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1,
            "availableReplicas": 1,
        } });
        let params = PatchParams::default();
        api.patch_status("web", &params, &Patch::Merge(status)).await.unwrap();
    }

    async fn versions(&self, order: &OrderRef) -> Vec<String> {
        let api: Api<Deployment> = Api::namespaced(self.0.clone(), &order.namespace);
        let deployments = api.list(&ListParams::default()).await.unwrap().items;
        let maps = self.config_maps(order).await;
        let versions = deployments.into_iter().filter_map(|it| it.metadata.resource_version);
        versions.chain(maps.into_iter().filter_map(|it| it.metadata.resource_version)).collect()
    }
}

#[tokio::test]
async fn engine_manifests_conforms() {
    conforms(&Bed::new()).await;
}

/// The settings that allow these kinds outside of the environment's namespace.
fn allowing(kinds: serde_json::Value) -> OperatorConfigSpec {
    serde_json::from_value(json!({ "manifests": { "allowedKinds": kinds } })).unwrap()
}

fn namespace(name: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n---\n")
}

#[tokio::test]
async fn what_a_later_draft_no_longer_has_is_pruned() {
    let bed = Bed::new();
    let both = config("one", 1) + &config("two", 1);
    let before = order(&bed.0, "pruned", revision_of(&both)).await;
    let placement = place(&*bed.engine(), &before).await;
    let mut after =
        order_of("pruned", revision_of(&config("two", 1)), OperatorConfigSpec::default());
    after.reference.placement = placement;
    place(&*bed.engine(), &after).await;
    assert_eq!(bed.names(&after.reference).await, ["two"]);
}

#[tokio::test]
async fn a_place_that_failed_half_way_is_tried_again() {
    let bed = Bed::new();
    let invalid = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: NOT_A_NAME }\n";
    let broken = order(&bed.0, "halved", revision_of(&(config("one", 1) + invalid))).await;
    let engine = bed.engine();
    let error = engine.place(engine.draft(&broken).unwrap()).await.unwrap_err();
    assert_eq!(error.blame, Blame::Author, "{error:?}");
    assert_eq!(engine.observe(&broken.reference).await.unwrap().placed, None);
    let mended = order_of("halved", revision_of(&config("one", 1)), OperatorConfigSpec::default());
    let state = engine.place(engine.draft(&mended).unwrap()).await.unwrap();
    assert_eq!(state.placed, Some(engine.draft(&mended).unwrap().digest()));
    assert_eq!(bed.names(&mended.reference).await, ["one"]);
}

#[tokio::test]
async fn what_is_ready_at_once_is_so_without_a_look() {
    let bed = Bed::new();
    let order = order(&bed.0, "prompt", revision_of(&config("one", 1))).await;
    let engine = bed.engine();
    let state = engine.place(engine.draft(&order).unwrap()).await.unwrap();
    assert_eq!(state.health, Health::Healthy, "{state:?}");
}

/// What the tenant does in the namespace changes nothing of what is removed outside of it.
#[tokio::test]
async fn an_object_outside_of_the_namespace_is_recorded_before_it_is_placed_and_until_it_is_gone() {
    let bed = Bed::new();
    let allowed = allowing(json!([{ "kind": "Namespace" }]));
    let text = config("one", 1) + &namespace("outside-one") + &namespace("outside-two");
    let mut both = opened(&bed.0, order_of("spread", revision_of(&text), allowed.clone())).await;
    let engine = bed.engine();
    let outside = engine.outside(&engine.draft(&both).unwrap()).await.unwrap();
    let names: Vec<&str> = outside.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["outside-one", "outside-two"]);
    both.reference.placement = place(&*engine, &both).await;
    let text = config("one", 1) + &namespace("outside-two");
    let mut one = order_of("spread", revision_of(&text), allowed);
    one.reference.placement = both.reference.placement;
    let placement = place(&*bed.engine(), &one).await;
    let leaving: Vec<&str> = placement.leaving.iter().map(|it| it.name.as_str()).collect();
    assert!(leaving == ["outside-one"] || leaving.is_empty(), "{leaving:?}");
    one.reference.placement = placement;
    withdrawn(&*bed.engine(), &one.reference).await;
    let left = Api::<k8s_openapi::api::core::v1::Namespace>::all(bed.0.clone());
    for name in names {
        assert!(left.get_opt(name).await.unwrap().is_none(), "{name}");
    }
    assert_eq!(bed.names(&one.reference).await, ["one"], "it ends with the namespace");
}

#[tokio::test]
async fn nothing_leaves_the_namespace_unless_it_is_allowed() {
    let bed = Bed::new();
    let escape = "apiVersion: v1\nkind: Secret\nmetadata: { name: x, namespace: kube-system }\n";
    let escaping = order_of("escaping", revision_of(escape), OperatorConfigSpec::default());
    let refusal = bed.engine().draft(&escaping).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "manifests: Secret kube-system/x lies outside of the environment's namespace; leave \
         metadata.namespace out, or add group \"\", kind \"Secret\" to spec.manifests.allowedKinds \
         of OperatorConfig default"
    );
    for name in ["../../kube-system/secrets/x", "x/status", "..", "a b"] {
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{ name: '{name}' }}\n");
        let odd = order_of("escaping", revision_of(&text), OperatorConfigSpec::default());
        let refusal = bed.engine().draft(&odd).unwrap_err().to_string();
        assert!(refusal.ends_with("has a name that no object can have; mend it"), "{refusal}");
    }
    let text = "apiVersion: v1\nkind: Namespace\nmetadata: { name: beside }\n";
    let beside = order(&bed.0, "beside", revision_of(text)).await;
    let engine = bed.engine();
    let error = engine.place(engine.draft(&beside).unwrap()).await.unwrap_err();
    assert_eq!(
        (error.blame, error.to_string().as_str()),
        (Blame::Author, "could not place Namespace beside")
    );
    assert!(error.cause.to_string().contains("cluster-scoped"), "{}", error.cause);
    assert!(bed.names(&beside.reference).await.is_empty(), "nothing was written");
    let allowed = allowing(json!([{ "kind": "Namespace" }]));
    let mut beside = order_of("beside", revision_of(text), allowed);
    beside.reference.placement = place(&*engine, &beside).await;
    withdrawn(&*engine, &beside.reference).await;
    let left = Api::<k8s_openapi::api::core::v1::Namespace>::all(bed.0.clone());
    assert!(left.get_opt("beside").await.unwrap().is_none());
}

/// A late placement can outlive the instance that recorded the object.
#[tokio::test]
async fn an_object_outside_of_the_namespace_is_listed_by_its_labels() {
    let bed = Bed::new();
    let text = "apiVersion: v1\nkind: Namespace\nmetadata: { name: late }\n";
    let allowed = allowing(json!([{ "kind": "Namespace" }, { "group": "a.b", "kind": "C" }]));
    let late = order_of("late", revision_of(text), allowed);
    let metadata = json!({ "metadata": {
        "name": "late",
        "labels": late.reference.labels().collect::<std::collections::BTreeMap<_, _>>(),
    } });
    let namespaces = Api::<k8s_openapi::api::core::v1::Namespace>::all(bed.0.clone());
    namespaces
        .create(&Default::default(), &serde_json::from_value(metadata).unwrap())
        .await
        .unwrap();
    let engine = bed.engine();
    let found = listed(&*engine, INSTALLATION, &late).await;
    assert_eq!(found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["late"]);
    engine.discard(&found[0]).await.unwrap();
    crate::support::eventually("gone", || async {
        namespaces.get_opt("late").await.unwrap().is_none().then_some(())
    })
    .await;
}
