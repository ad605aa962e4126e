//! Server-side apply.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};

use crate::bed::{Bed, error_of};

async fn apply(bed: &Bed, manager: &str, data: Value, force: bool) -> kube::Result<ConfigMap> {
    let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "m" }, "data": data });
    let params = PatchParams { force, ..PatchParams::apply(manager) };
    bed.config_maps().patch("m", &params, &Patch::Apply(object)).await
}

fn data(map: &ConfigMap) -> Value {
    json!(map.data)
}

#[tokio::test]
async fn managers_own_what_they_apply() {
    let bed = Bed::new().await;
    apply(&bed, "one", json!({ "a": "1", "b": "1" }), false).await.unwrap();
    let both = apply(&bed, "two", json!({ "c": "2" }), false).await.unwrap();
    assert_eq!(data(&both), json!({ "a": "1", "b": "1", "c": "2" }));
    let less = apply(&bed, "one", json!({ "a": "1" }), false).await.unwrap();
    assert_eq!(data(&less), json!({ "a": "1", "c": "2" }));
    let managers: Vec<_> =
        less.managed_fields().iter().filter_map(|entry| entry.manager.clone()).collect();
    assert_eq!(managers, ["one", "two"]);
}

#[tokio::test]
async fn a_field_of_another_manager_is_a_conflict_until_forced() {
    let bed = Bed::new().await;
    apply(&bed, "one", json!({ "a": "1" }), false).await.unwrap();
    let (code, reason, message) = error_of(apply(&bed, "two", json!({ "a": "2" }), false).await);
    assert_eq!((code, reason.as_str()), (409, "Conflict"));
    assert_eq!(message, "Apply failed with 1 conflict: conflict with \"one\": .data.a");
    let forced = apply(&bed, "two", json!({ "a": "2" }), true).await.unwrap();
    assert_eq!(data(&forced), json!({ "a": "2" }));
    let shared = apply(&bed, "three", json!({ "a": "2" }), false).await.unwrap();
    assert_ne!(shared.resource_version(), forced.resource_version());
}

#[tokio::test]
async fn a_repeated_apply_changes_nothing() {
    let bed = Bed::new().await;
    let first = apply(&bed, "one", json!({ "a": "1" }), false).await.unwrap();
    let again = apply(&bed, "one", json!({ "a": "1" }), false).await.unwrap();
    assert_eq!(first.resource_version(), again.resource_version());
}

#[tokio::test]
async fn an_update_takes_fields_over() {
    let bed = Bed::new().await;
    apply(&bed, "one", json!({ "a": "1" }), false).await.unwrap();
    let patch = Patch::Merge(json!({ "data": { "a": "2" } }));
    bed.config_maps()
        .patch(
            "m",
            &PatchParams { field_manager: Some("hand".into()), ..PatchParams::default() },
            &patch,
        )
        .await
        .unwrap();
    let (code, _, message) = error_of(apply(&bed, "one", json!({ "a": "1" }), false).await);
    assert_eq!(code, 409);
    assert!(message.contains("conflict with \"hand\" using v1: .data.a"), "{message}");
}
