//! The whole operator with engine `argocd`, while its settings change.

use std::sync::Arc;

use engines::{Engines, argocd::ArgocdEngine};
use kube::{
    Api, ResourceExt,
    api::{DynamicObject, ListParams, Patch, PatchParams, PostParams},
};
use resources::{EngineName, OperatorConfig, OperatorConfigSpec};
use serde_json::json;

use crate::{
    bed::{Bed, launched},
    crds::{self, Definition},
    support::eventually,
};

const APPLICATION: Definition = ("argoproj.io", "v1alpha1", "Application", "applications");

/// The withdrawal looks where the Application stands, not where the setting points by then.
#[tokio::test]
async fn an_environment_is_withdrawn_from_a_former_namespace_of_argo_cd() {
    let bed = Bed::new().await;
    for namespace in ["argocd", "elsewhere"] {
        crds::open(&bed.client, namespace).await;
    }
    crds::install(&bed.client, &[APPLICATION], false).await;
    let config = OperatorConfig::new("default", OperatorConfigSpec::default());
    let configs: Api<OperatorConfig> = Api::all(bed.client.clone());
    configs.create(&PostParams::default(), &config).await.unwrap();
    let engine = Arc::new(ArgocdEngine::new(bed.client.clone()));
    let _operator = bed.operate_with("one", Engines::default().with(EngineName::Argocd, engine));
    let mut instance = launched("ada", "0123abcd");
    bed.revise(&mut instance, |it| it.engine = EngineName::Argocd).await;
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    let name = "lab-0123abcd";
    bed.until(name, "placed", |it| {
        it.status.as_ref().is_some_and(|status| status.engine_ref.is_some())
    })
    .await;
    let moved = Patch::Merge(json!({ "spec": { "argocd": { "namespace": "elsewhere" } } }));
    configs.patch("default", &PatchParams::default(), &moved).await.unwrap();
    bed.delete(name).await;
    let everywhere: Api<DynamicObject> =
        Api::all_with(bed.client.clone(), &crds::resource(APPLICATION));
    // What Argo CD does: it deletes what it has synced, then drops its finalizer.
    eventually("no Application", || async {
        let applications = everywhere.list(&ListParams::default()).await.unwrap().items;
        for it in &applications {
            let api: Api<DynamicObject> = Api::namespaced_with(
                bed.client.clone(),
                &it.namespace().unwrap(),
                &crds::resource(APPLICATION),
            );
            if it.metadata.deletion_timestamp.is_some() {
                let gone = Patch::Merge(json!({ "metadata": { "finalizers": [] } }));
                let _ = api.patch(&it.name_any(), &PatchParams::default(), &gone).await;
            }
        }
        applications.is_empty().then_some(())
    })
    .await;
    bed.gone(name).await;
}
