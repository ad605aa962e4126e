//! Custom resources: schema, status, generation.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams, PostParams, TypeMeta},
};
use serde_json::{Value, json};

use crate::bed::{Bed, Widgets, error_of};

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["color"],
        "properties": {
            "color": { "type": "string", "enum": ["red", "green"] },
            "size": { "type": "integer", "default": 3, "minimum": 1, "maximum": 9 },
            "code": { "type": "string", "pattern": "^[a-z]+$", "maxLength": 5 },
            "port": { "x-kubernetes-int-or-string": true },
            "free": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
            "parts": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": { "name": { "type": "string" }, "weight": { "type": "integer" } },
                },
            },
            "fixed": { "type": "string" },
        },
        "x-kubernetes-validations": [
            { "rule": "!has(oldSelf.fixed) || self.fixed == oldSelf.fixed", "message": "fixed cannot be changed" },
            { "rule": "self.size < 9 || self.color == 'red'", "message": "only red comes in 9" },
        ],
    })
}

#[tokio::test]
async fn defaults_are_set_and_unknown_fields_removed() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    let spec =
        json!({ "color": "red", "nonsense": 1, "free": { "anything": [1] }, "port": "http" });
    let made = widgets.create(&PostParams::default(), &widgets.widget("w", spec)).await.unwrap();
    let expected =
        json!({ "color": "red", "size": 3, "free": { "anything": [1] }, "port": "http" });
    assert_eq!(made.data["spec"], expected);
}

async fn error_message(widgets: &Widgets, spec: Value) -> String {
    let (code, reason, message) =
        error_of(widgets.create(&PostParams::default(), &widgets.widget("w", spec)).await);
    assert_eq!((code, reason.as_str()), (422, "Invalid"));
    message
}

#[tokio::test]
async fn each_invalid_field_is_reported() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    for (spec, sentence) in [
        (json!({}), "spec.color: Required value"),
        (
            json!({ "color": "blue" }),
            "spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\"",
        ),
        (
            json!({ "color": "red", "size": 0 }),
            "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
        ),
        (
            json!({ "color": "red", "size": "big" }),
            "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"",
        ),
        (
            json!({ "color": "red", "code": "A1" }),
            "spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'",
        ),
        (
            json!({ "color": "red", "parts": [{ "name": "a" }, { "name": "a" }] }),
            "spec.parts[1]: Duplicate value: {\"name\":\"a\"}",
        ),
        (
            json!({ "color": "red", "parts": [{ "weight": 1 }] }),
            "spec.parts[0].name: Required value",
        ),
        (
            json!({ "color": "green", "size": 9 }),
            "spec: Invalid value: \"object\": only red comes in 9",
        ),
    ] {
        let message = error_message(&widgets, spec).await;
        assert!(message.contains(sentence), "{message}\n{sentence}");
    }
}

#[tokio::test]
async fn a_transition_rule_sees_the_old_object() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    let spec = json!({ "color": "red", "fixed": "a" });
    widgets.create(&PostParams::default(), &widgets.widget("w", spec)).await.unwrap();
    let patch = Patch::Merge(json!({ "spec": { "fixed": "b" } }));
    let (code, _, message) = error_of(widgets.patch("w", &PatchParams::default(), &patch).await);
    assert_eq!(code, 422);
    assert!(message.contains("fixed cannot be changed"), "{message}");
}

#[tokio::test]
async fn status_and_spec_have_separate_endpoints() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    let mut object = widgets.widget("w", json!({ "color": "red" }));
    object.data["status"] = json!({ "phase": "Forged" });
    let made = widgets.create(&PostParams::default(), &object).await.unwrap();
    assert!(made.data.get("status").is_none());
    assert_eq!(made.metadata.generation, Some(1));
    let both = Patch::Merge(json!({ "spec": { "size": 5 }, "status": { "phase": "Ready" } }));
    let params = PatchParams::default();
    let spec = widgets.patch("w", &params, &both).await.unwrap();
    assert_eq!((spec.metadata.generation, spec.data.get("status")), (Some(2), None));
    let both = Patch::Merge(json!({ "spec": { "size": 6 }, "status": { "phase": "Ready" } }));
    let status = widgets.patch_status("w", &params, &both).await.unwrap();
    assert_eq!(status.data["spec"]["size"], 5);
    assert_eq!(status.data["status"]["phase"], "Ready");
    assert_eq!(status.metadata.generation, Some(2));
    let labels = Patch::Merge(json!({ "metadata": { "labels": { "a": "b" } } }));
    let labelled = widgets.patch("w", &params, &labels).await.unwrap();
    assert_eq!(labelled.metadata.generation, Some(2));
}

#[tokio::test]
async fn a_replace_needs_the_resource_version() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    let object = widgets.widget("w", json!({ "color": "red" }));
    widgets.create(&PostParams::default(), &object).await.unwrap();
    assert_eq!(error_of(widgets.replace("w", &PostParams::default(), &object).await).0, 422);
}

#[tokio::test]
async fn field_selectors_use_selectable_fields() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    for (name, color) in [("a", "red"), ("b", "green")] {
        widgets
            .create(&PostParams::default(), &widgets.widget(name, json!({ "color": color })))
            .await
            .unwrap();
    }
    let green = widgets.list(&ListParams::default().fields("spec.color=green")).await.unwrap();
    assert_eq!(green.items.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), ["b"]);
    let unknown = widgets.list(&ListParams::default().fields("spec.size=3")).await;
    assert_eq!(error_of(unknown).0, 400);
}

#[tokio::test]
async fn strict_validation_reports_unknown_fields() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    widgets
        .create(&PostParams::default(), &widgets.widget("w", json!({ "color": "red" })))
        .await
        .unwrap();
    let patch = Patch::Merge(json!({ "spec": { "nonsense": 1 } }));
    let (code, _, message) =
        error_of(widgets.patch("w", &PatchParams::default().validation_strict(), &patch).await);
    assert_eq!(code, 422);
    assert!(message.contains("unknown field \"spec.nonsense\""), "{message}");
}

#[tokio::test]
async fn a_custom_resource_requires_kind_and_version() {
    let bed = Bed::new().await;
    let widgets = bed.kind(schema()).await;
    let whole = widgets.widget("w", json!({ "color": "red" }));
    let types = whole.types.clone().unwrap();
    for (api_version, kind, sentence) in [
        (types.api_version.as_str(), "", "Object 'Kind' is missing"),
        ("", types.kind.as_str(), "the API version in the data () does not match the expected"),
    ] {
        let mut object = whole.clone();
        object.types =
            Some(TypeMeta { api_version: api_version.to_owned(), kind: kind.to_owned() });
        let (code, _, message) = error_of(widgets.create(&PostParams::default(), &object).await);
        assert_eq!(code, 400);
        assert!(message.contains(sentence), "{message}");
    }
}
