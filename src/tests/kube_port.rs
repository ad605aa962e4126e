//! Who may use the Kubernetes API of `dploy dev`.

use std::os::unix::fs::PermissionsExt as _;

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, api::ListParams, config::Kubeconfig};
use reqwest::{Client, StatusCode};

use super::program::Home;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_reads_the_kubeconfig_uses_the_api() {
    let home = Home::new();
    let dev = home.start().await;
    let file = dev.kubeconfig();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let namespaces: Api<Namespace> = Api::all(dev.kube().await);
    assert!(!namespaces.list(&ListParams::default()).await.unwrap().items.is_empty());

    let config = Kubeconfig::read_from(&file).unwrap();
    let cluster = config.clusters[0].cluster.as_ref().and_then(|it| it.server.clone()).unwrap();
    // kubectl sends no credentials over plain HTTP: the address is all that it may need.
    assert!(config.auth_infos[0].auth_info.as_ref().is_some_and(|it| it.token.is_none()));
    let (server, _secret) = cluster.rsplit_once('/').unwrap();
    // What the form of any web page can send.
    let templates = "/apis/dploy.dev/v1alpha1/namespaces/dploy-system/dploytemplates";
    let post = Client::new().post(format!("{server}{templates}"));
    let foreign = post
        .try_clone()
        .unwrap()
        .header("origin", "https://evil.test")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    dev.stop().await;
}
