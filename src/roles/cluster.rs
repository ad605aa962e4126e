use kube::{Client, Config};

use super::Failure;

/// A client for the cluster of `KUBECONFIG`, `~/.kube/config` or this pod's service account.
///
/// Priority and fairness is the API server's business, so the client sets no limits of its own.
pub(super) async fn client() -> Result<Client, Failure> {
    let config = Config::infer().await.map_err(|cause| Failure::Cluster(cause.into()))?;
    Client::try_from(config).map_err(|cause| Failure::Cluster(cause.into()))
}
