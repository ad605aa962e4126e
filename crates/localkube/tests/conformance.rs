//! What a kube-apiserver does, asked of this one.

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::{
    Api,
    api::{
        DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams, WatchEvent,
        WatchParams,
    },
};
use localkube::LocalKube;

#[tokio::test]
async fn smoke() {
    let kube = LocalKube::in_memory(clock::SystemClock::shared());
    let client = kube.client("default");
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let map = ConfigMap {
        metadata: ObjectMeta { generate_name: Some("m-".into()), ..Default::default() },
        ..Default::default()
    };
    let made = maps.create(&PostParams::default(), &map).await.unwrap();
    let name = made.metadata.name.clone().unwrap();
    let list = maps.list(&ListParams::default()).await.unwrap();
    assert_eq!(list.items.len(), 1);
    let mut watch = maps
        .watch(&WatchParams::default(), &list.metadata.resource_version.unwrap())
        .await
        .unwrap()
        .boxed();
    let patch = serde_json::json!({"data": {"a": "b"}});
    maps.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    assert!(matches!(watch.try_next().await.unwrap(), Some(WatchEvent::Modified(_))));
    let mut stale = made.clone();
    stale.data = Some([("x".to_owned(), "y".to_owned())].into());
    let error = maps.replace(&name, &PostParams::default(), &stale).await.unwrap_err();
    assert!(matches!(error, kube::Error::Api(status) if status.code == 409));
    maps.delete(&name, &DeleteParams::default()).await.unwrap();
    let spaces: Api<Namespace> = Api::all(client);
    assert_eq!(spaces.list(&ListParams::default()).await.unwrap().items.len(), 4);
}
