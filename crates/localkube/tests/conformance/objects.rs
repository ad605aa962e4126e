//! Create, read, update, patch, delete and list.

use k8s_openapi::api::{coordination::v1::Lease, core::v1::ConfigMap};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions},
};
use rstest::rstest;
use serde_json::json;

use crate::bed::{Bed, Writer, config_map, error_of, unique};

fn post() -> PostParams {
    PostParams::default()
}

#[rstest]
#[tokio::test]
async fn a_name_is_unique(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    bed.config_map("one", "a").await;
    let (code, reason, message) =
        error_of(bed.config_maps().create(&post(), &config_map("one", "a")).await);
    assert_eq!((code, reason.as_str()), (409, "AlreadyExists"));
    assert_eq!(message, "configmaps \"one\" already exists");
}

#[rstest]
#[tokio::test]
async fn a_missing_object_is_404_with_details(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let Err(kube::Error::Api(status)) = bed.config_maps().get("none").await else { panic!() };
    assert_eq!((status.code, status.reason.as_str()), (404, "NotFound"));
    assert_eq!(status.message, "configmaps \"none\" not found");
    assert_eq!(
        status.details.map(|d| (d.name, d.kind)),
        Some(("none".into(), "configmaps".into()))
    );
}

#[rstest]
#[tokio::test]
async fn a_create_in_a_missing_namespace_is_404(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let elsewhere: Api<ConfigMap> = Api::namespaced(bed.client.clone(), &unique("nowhere"));
    let (code, _, message) = error_of(elsewhere.create(&post(), &config_map("one", "a")).await);
    assert_eq!(code, 404);
    assert!(message.starts_with("namespaces \"nowhere-"), "{message}");
}

#[rstest]
#[tokio::test]
async fn names_are_generated_and_validated(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let mut object = config_map("x", "a");
    object.metadata.name = None;
    object.metadata.generate_name = Some("job-".into());
    let made = bed.config_maps().create(&post(), &object).await.unwrap();
    assert!(made.name_any().len() == 9 && made.name_any().starts_with("job-"));
    assert!(made.uid().is_some() && made.creation_timestamp().is_some());
    let (code, reason, message) =
        error_of(bed.config_maps().create(&post(), &config_map("No_Way", "a")).await);
    assert_eq!((code, reason.as_str()), (422, "Invalid"));
    assert!(message.starts_with("ConfigMap \"No_Way\" is invalid: metadata.name: Invalid value: \"No_Way\": a lowercase RFC 1123 subdomain"), "{message}");
}

#[rstest]
#[tokio::test]
async fn a_stale_write_conflicts(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    let stale = bed.config_map("one", "a").await;
    let mut fresh = stale.clone();
    fresh.data = Some([("key".into(), "other".into())].into());
    bed.config_maps().replace("one", &post(), &fresh).await.unwrap();
    let (code, reason, message) = error_of(bed.config_maps().replace("one", &post(), &stale).await);
    assert_eq!((code, reason.as_str()), (409, "Conflict"));
    assert!(
        message.contains(
            "the object has been modified; please apply your changes to the latest version"
        )
    );
    let patch = json!({ "metadata": { "resourceVersion": stale.resource_version() }, "data": { "key": "x" } });
    let patched =
        bed.config_maps().patch("one", &PatchParams::default(), &Patch::Merge(&patch)).await;
    assert_eq!(error_of(patched).0, 409);
}

#[rstest]
#[tokio::test]
async fn a_lease_is_replaced_only_with_its_resource_version(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let leases: Api<Lease> = Api::namespaced(bed.client.clone(), &bed.namespace);
    let lease = Lease { metadata: crate::bed::named("leader"), ..Lease::default() };
    let made = leases.create(&post(), &lease).await.unwrap();
    let (code, _, message) = error_of(leases.replace("leader", &post(), &lease).await);
    assert_eq!(code, 422);
    assert!(
        message.contains(
            "metadata.resourceVersion: Invalid value: 0: must be specified for an update"
        ) || message.contains(
            "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"
        ),
        "{message}"
    );
    leases.replace("leader", &post(), &made).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_write_that_changes_nothing_keeps_the_resource_version(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let made = bed.config_map("one", "a").await;
    let patch = json!({ "data": { "key": "value" } });
    let same = bed
        .config_maps()
        .patch("one", &PatchParams::default(), &Patch::Merge(&patch))
        .await
        .unwrap();
    assert_eq!(same.resource_version(), made.resource_version());
    let same = bed.config_maps().replace("one", &post(), &made).await.unwrap();
    assert_eq!(same.resource_version(), made.resource_version());
}

#[rstest]
#[tokio::test]
async fn a_json_patch_with_a_failed_test_changes_nothing(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    bed.config_map("one", "a").await;
    let patch = |expected: &str| -> Patch<ConfigMap> {
        Patch::Json(
            serde_json::from_value(json!([
                { "op": "test", "path": "/data/key", "value": expected },
                { "op": "replace", "path": "/data/key", "value": "new" },
            ]))
            .unwrap(),
        )
    };
    let params = PatchParams::default();
    let failed = bed.config_maps().patch("one", &params, &patch("wrong")).await;
    assert_eq!(error_of(failed).0, 422);
    let done = bed.config_maps().patch("one", &params, &patch("value")).await.unwrap();
    assert_eq!(done.data.unwrap()["key"], "new");
}

#[rstest]
#[tokio::test]
async fn selectors_filter_lists(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    for (name, label) in [("a", "red"), ("b", "green"), ("c", "blue")] {
        bed.config_map(name, label).await;
    }
    for (labels, fields, names) in [
        ("app=red", "", vec!["a"]),
        ("app!=red,app", "", vec!["b", "c"]),
        ("app in (red, green)", "", vec!["a", "b"]),
        ("app notin (red),app", "", vec!["b", "c"]),
        ("!other,app=blue", "", vec!["c"]),
        ("app", "metadata.name=b", vec!["b"]),
        ("app", "metadata.name!=b", vec!["a", "c"]),
    ] {
        let list = bed
            .config_maps()
            .list(&ListParams::default().labels(labels).fields(fields))
            .await
            .unwrap();
        let found: Vec<_> = list.items.iter().map(ResourceExt::name_any).collect();
        assert_eq!(found, names, "{labels} {fields}");
    }
}

#[rstest]
#[tokio::test]
async fn pages_share_the_resource_version_of_the_first(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    for name in ["a", "b", "c", "d", "e"] {
        bed.config_map(name, "page").await;
    }
    let params = ListParams::default().labels("app=page").limit(2);
    let first = bed.config_maps().list(&params).await.unwrap();
    bed.config_maps().delete("d", &DeleteParams::default()).await.unwrap();
    bed.config_map("cc", "page").await;
    let mut names: Vec<_> = first.items.iter().map(ResourceExt::name_any).collect();
    let mut token = first.metadata.continue_;
    while let Some(next) = token.filter(|token| !token.is_empty()) {
        let page = bed.config_maps().list(&params.clone().continue_token(&next)).await.unwrap();
        assert_eq!(page.metadata.resource_version, first.metadata.resource_version);
        names.extend(page.items.iter().map(ResourceExt::name_any));
        token = page.metadata.continue_;
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[rstest]
#[tokio::test]
async fn a_deletion_checks_its_preconditions(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let made = bed.config_map("one", "a").await;
    let on = |uid: Option<&str>, version: Option<&str>| DeleteParams {
        preconditions: Some(Preconditions {
            uid: uid.map(str::to_owned),
            resource_version: version.map(str::to_owned),
        }),
        ..DeleteParams::default()
    };
    let maps = bed.config_maps();
    assert_eq!(error_of(maps.delete("one", &on(None, Some("1"))).await).0, 409);
    assert_eq!(error_of(maps.delete("one", &on(Some("other"), None)).await).0, 409);
    let right = on(made.metadata.uid.as_deref(), made.metadata.resource_version.as_deref());
    maps.delete("one", &right).await.unwrap();
    assert!(maps.get_opt("one").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn a_dry_run_changes_nothing(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    let dry = PostParams { dry_run: true, ..post() };
    bed.config_maps().create(&dry, &config_map("one", "a")).await.unwrap();
    assert!(bed.config_maps().get_opt("one").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn metadata_of_the_server_cannot_be_changed(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let made = bed.config_map("one", "a").await;
    let patch =
        json!({ "metadata": { "creationTimestamp": "2001-01-01T00:00:00Z", "generation": 7 } });
    let same = bed
        .config_maps()
        .patch("one", &PatchParams::default(), &Patch::Merge(&patch))
        .await
        .unwrap();
    assert_eq!(same.metadata.creation_timestamp, made.metadata.creation_timestamp);
    let patch = json!({ "metadata": { "uid": "00000000-0000-4000-8000-000000000000" } });
    let refusal =
        bed.config_maps().patch("one", &PatchParams::default(), &Patch::Merge(&patch)).await;
    assert_eq!(error_of(refusal).0, 422);
    let mut another = made.clone();
    another.metadata.uid = Some("00000000-0000-4000-8000-000000000000".to_owned());
    assert_eq!(error_of(bed.config_maps().replace("one", &post(), &another).await).0, 409);
}

#[rstest]
#[tokio::test]
async fn only_one_of_many_conditional_writers_wins(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let made = bed.config_map("one", "a").await;
    let writes = (0..20).map(|n| {
        let mut mine = made.clone();
        mine.data = Some([("winner".to_owned(), n.to_string())].into());
        let maps = bed.config_maps();
        async move { maps.replace("one", &post(), &mine).await.is_ok() }
    });
    let won = futures::future::join_all(writes).await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
}

#[rstest]
#[tokio::test]
async fn a_collection_is_deleted_by_selector(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    for (name, label) in [("a", "old"), ("b", "old"), ("c", "new")] {
        bed.config_map(name, label).await;
    }
    let old = ListParams::default().labels("app=old");
    bed.config_maps().delete_collection(&DeleteParams::default(), &old).await.unwrap();
    let left = bed.config_maps().list(&ListParams::default().labels("app")).await.unwrap();
    assert_eq!(left.items.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), ["c"]);
}

#[tokio::test]
async fn events_are_served_by_two_groups() {
    use k8s_openapi::api::{core::v1::Event as Core, events::v1::Event};
    let bed = Bed::new().await;
    let newer: Api<Event> = Api::namespaced(bed.client.clone(), &bed.namespace);
    let older: Api<Core> = Api::namespaced(bed.client.clone(), &bed.namespace);
    let event: Event = serde_json::from_value(json!({
        "metadata": ObjectMeta { name: Some("e".into()), namespace: Some(bed.namespace.clone()), ..ObjectMeta::default() },
        "eventTime": "2026-01-01T00:00:00.000000Z", "action": "Launch", "reason": "Launched", "type": "Normal",
        "note": "it runs", "reportingController": "dploy.dev/operator", "reportingInstance": "one",
        "regarding": { "kind": "ConfigMap", "namespace": bed.namespace, "name": "one", "apiVersion": "v1" },
    })).unwrap();
    newer.create(&post(), &event).await.unwrap();
    let seen = older.get("e").await.unwrap();
    assert_eq!(seen.message.as_deref(), Some("it runs"));
    assert_eq!(seen.involved_object.name.as_deref(), Some("one"));
    assert_eq!(newer.get("e").await.unwrap().note.as_deref(), Some("it runs"));
}
