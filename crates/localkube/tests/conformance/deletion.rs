//! Finalizers, garbage collection and the deletion of namespaces.

use k8s_openapi::{
    api::core::v1::{ConfigMap, Namespace},
    apimachinery::pkg::apis::meta::v1::OwnerReference,
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use rstest::rstest;
use serde_json::json;

use crate::bed::{Bed, Writer, config_map, error_of, eventually, named, unique};

fn merge(value: serde_json::Value) -> Patch<serde_json::Value> {
    Patch::Merge(value)
}

#[rstest]
#[tokio::test]
async fn an_object_is_deleted_with_its_last_finalizer(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let (maps, params) = (bed.config_maps(), PatchParams::default());
    bed.config_map("held", "a").await;
    let hold = merge(json!({ "metadata": { "finalizers": ["dploy.dev/test"] } }));
    maps.patch("held", &params, &hold).await.unwrap();
    let marked = maps.delete("held", &DeleteParams::default()).await.unwrap().left().unwrap();
    assert!(marked.metadata.deletion_timestamp.is_some());
    let again = maps.delete("held", &DeleteParams::default()).await.unwrap().left().unwrap();
    assert_eq!(again.resource_version(), marked.resource_version());
    let more = merge(json!({ "metadata": { "finalizers": ["dploy.dev/test", "dploy.dev/more"] } }));
    let (code, _, message) = error_of(maps.patch("held", &params, &more).await);
    assert_eq!(code, 422);
    assert!(message.contains("metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted"), "{message}");
    let release = merge(json!({ "metadata": { "finalizers": null } }));
    maps.patch("held", &params, &release).await.unwrap();
    assert!(maps.get_opt("held").await.unwrap().is_none());
}

async fn owned(bed: &Bed, name: &str, owner: &ConfigMap, blocks: bool) {
    let mut object = config_map(name, "owned");
    object.metadata.owner_references = Some(vec![OwnerReference {
        api_version: "v1".into(),
        kind: "ConfigMap".into(),
        name: owner.name_any(),
        uid: owner.uid().unwrap(),
        block_owner_deletion: Some(blocks),
        controller: None,
    }]);
    bed.config_maps().create(&PostParams::default(), &object).await.unwrap();
}

async fn gone(bed: &Bed, name: &str) {
    let maps = bed.config_maps();
    eventually("it is gone", || async { maps.get_opt(name).await.unwrap().is_none() }).await;
}

#[rstest]
#[tokio::test]
async fn dependents_are_deleted_after_their_owner(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let owner = bed.config_map("owner", "a").await;
    owned(&bed, "child", &owner, false).await;
    let child = bed.config_maps().get("child").await.unwrap();
    owned(&bed, "grandchild", &child, false).await;
    bed.config_maps().delete("owner", &DeleteParams::background()).await.unwrap();
    gone(&bed, "child").await;
    gone(&bed, "grandchild").await;
}

#[rstest]
#[tokio::test]
async fn a_foreground_deletion_waits_for_the_dependents(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let owner = bed.config_map("owner", "a").await;
    owned(&bed, "child", &owner, true).await;
    let hold = merge(json!({ "metadata": { "finalizers": ["dploy.dev/test"] } }));
    bed.config_maps().patch("child", &PatchParams::default(), &hold).await.unwrap();
    bed.config_maps().delete("owner", &DeleteParams::foreground()).await.unwrap();
    let maps = bed.config_maps();
    eventually("the child is marked", || async {
        maps.get("child").await.unwrap().metadata.deletion_timestamp.is_some()
    })
    .await;
    assert_eq!(maps.get("owner").await.unwrap().finalizers(), ["foregroundDeletion"]);
    let release = merge(json!({ "metadata": { "finalizers": null } }));
    maps.patch("child", &PatchParams::default(), &release).await.unwrap();
    gone(&bed, "owner").await;
}

#[rstest]
#[tokio::test]
async fn orphaned_dependents_stay(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    let owner = bed.config_map("owner", "a").await;
    owned(&bed, "child", &owner, false).await;
    bed.config_maps().delete("owner", &DeleteParams::orphan()).await.unwrap();
    gone(&bed, "owner").await;
    let child = bed.config_maps().get("child").await.unwrap();
    assert!(child.owner_references().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_dependent_of_an_absent_owner_is_collected(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let mut ghost = config_map("ghost", "a");
    ghost.metadata.uid = Some("00000000-0000-4000-8000-000000000001".into());
    owned(&bed, "child", &ghost, false).await;
    gone(&bed, "child").await;
}

#[rstest]
#[tokio::test]
async fn a_namespace_is_deleted_with_its_contents(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let spaces: Api<Namespace> = Api::all(bed.client.clone());
    let name = unique("leaving");
    let space = Namespace { metadata: named(&name), ..Namespace::default() };
    let space = spaces.create(&PostParams::default(), &space).await.unwrap();
    assert_eq!(space.status.unwrap().phase.as_deref(), Some("Active"));
    let maps: Api<ConfigMap> = Api::namespaced(bed.client.clone(), &name);
    let mut held = config_map("held", "a");
    held.metadata.finalizers = Some(vec!["dploy.dev/test".into()]);
    maps.create(&PostParams::default(), &held).await.unwrap();
    maps.create(&PostParams::default(), &config_map("free", "a")).await.unwrap();
    spaces.delete(&name, &DeleteParams::default()).await.unwrap();
    eventually("the contents are marked", || async {
        maps.get("held").await.unwrap().metadata.deletion_timestamp.is_some()
    })
    .await;
    let (code, _, message) =
        error_of(maps.create(&PostParams::default(), &config_map("late", "a")).await);
    assert_eq!(code, 403);
    assert!(message.contains("because it is being terminated"), "{message}");
    let left = spaces.get(&name).await.unwrap();
    assert_eq!(left.status.unwrap().phase.as_deref(), Some("Terminating"));
    let release = merge(json!({ "metadata": { "finalizers": null } }));
    maps.patch("held", &PatchParams::default(), &release).await.unwrap();
    eventually("the namespace is gone", || async {
        spaces.get_opt(&name).await.unwrap().is_none()
    })
    .await;
}
