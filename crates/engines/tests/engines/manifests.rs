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
use resources::{EngineName, OperatorConfigSpec, OrderRef, TemplateRevision};
use serde_json::json;

use super::conformance::{
    Fixture, INSTALLATION, conforms, listed, order, order_of, place, withdrawn,
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

#[tokio::test]
async fn what_a_later_draft_no_longer_has_is_pruned() {
    let bed = Bed::new();
    let both = config("one", 1) + &config("two", 1);
    let before = order(&bed.0, "pruned", revision_of(&both)).await;
    place(&*bed.engine(), &before).await;
    let after = order_of("pruned", revision_of(&config("two", 1)), OperatorConfigSpec::default());
    place(&*bed.engine(), &after).await;
    assert_eq!(bed.names(&after.reference).await, ["dploy-inventory", "two"]);
}

#[tokio::test]
async fn a_place_that_failed_half_way_is_picked_up_and_withdrawn() {
    let bed = Bed::new();
    let invalid = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: NOT_A_NAME }\n";
    let broken = order(&bed.0, "halved", revision_of(&(config("one", 1) + invalid))).await;
    let engine = bed.engine();
    let error = engine.place(engine.draft(&broken).unwrap()).await.unwrap_err();
    assert_eq!(error.blame, Blame::Author, "{error:?}");
    assert_eq!(engine.observe(&broken.reference).await.unwrap().placed, None);
    assert_eq!(bed.names(&broken.reference).await, ["dploy-inventory", "one"]);
    let mended = order_of("halved", revision_of(&config("two", 1)), OperatorConfigSpec::default());
    place(&*bed.engine(), &mended).await;
    assert_eq!(bed.names(&mended.reference).await, ["dploy-inventory", "two"]);
    let _ = engine.place(engine.draft(&broken).unwrap()).await.unwrap_err();
    withdrawn(&*bed.engine(), &broken.reference).await;
    assert!(bed.names(&broken.reference).await.is_empty());
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
    let allowed: OperatorConfigSpec = serde_json::from_value(json!({
        "manifests": { "allowedKinds": [{ "kind": "Namespace" }] },
    }))
    .unwrap();
    let beside = order_of("beside", revision_of(text), allowed);
    place(&*engine, &beside).await;
    withdrawn(&*engine, &beside.reference).await;
    let left = Api::<k8s_openapi::api::core::v1::Namespace>::all(bed.0.clone());
    assert!(left.get_opt("beside").await.unwrap().is_none());
}

/// A late placement can outlive the inventory that listed the object.
#[tokio::test]
async fn an_object_outside_of_the_namespace_is_listed_without_its_inventory() {
    let bed = Bed::new();
    let text = "apiVersion: v1\nkind: Namespace\nmetadata: { name: late }\n";
    let allowed: OperatorConfigSpec = serde_json::from_value(json!({
        "manifests": { "allowedKinds": [{ "kind": "Namespace" }, { "group": "a.b", "kind": "C" }] },
    }))
    .unwrap();
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
