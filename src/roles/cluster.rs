use kube::{Client, Config, client::ClientBuilder};

use super::{Failure, watches::Watches};

/// A client for the cluster of `KUBECONFIG`, `~/.kube/config` or this pod's service account.
///
/// Priority and fairness is the API server's business, so the client sets no limits of its own. `watches` listens to its watches.
pub(super) async fn client(watches: &Watches) -> Result<Client, Failure> {
    let config = Config::infer().await.map_err(|cause| Failure::Cluster(cause.into()))?;
    let client = ClientBuilder::try_from(config).map_err(|cause| Failure::Cluster(cause.into()))?;
    Ok(client.with_layer(watches).build())
}
