//! A client of the configured cluster.

use kube::{Client, Config};

use super::Failure;

/// A client of the cluster of `KUBECONFIG`, `~/.kube/config` or this pod's service account.
///
/// The client has no rate limit: the API server's priority and fairness limits it.
pub(super) async fn client() -> Result<Client, Failure> {
    let config = Config::infer().await.map_err(|cause| Failure::Cluster(cause.into()))?;
    let client = kubeclient::connect(config).map_err(|cause| Failure::Cluster(cause.into()))?;
    Ok(client.build())
}
