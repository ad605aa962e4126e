//! The port for Prometheus.

use std::net::SocketAddr;

use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Failure;
use crate::{
    config::variables,
    http::{self, MaxConnections},
    routes,
};

/// The listener of `METRICS_PORT`, when the port is enabled.
pub(super) struct MetricsPort(Option<TcpListener>);

impl MetricsPort {
    /// Listens on the address, if there is one. Called before the role starts its parts.
    pub(super) async fn bind(address: Option<SocketAddr>) -> Result<Self, Failure> {
        let Some(address) = address else { return Ok(Self(None)) };
        Ok(Self(Some(http::bind(address, variables::METRICS_PORT.name).await?)))
    }

    /// Serves metrics until `stopping` is cancelled.
    pub(super) async fn serve(
        self,
        registry: Registry,
        stopping: CancellationToken,
    ) -> Result<(), Failure> {
        let Some(listener) = self.0 else {
            stopping.cancelled().await;
            return Ok(());
        };
        if let Ok(address) = listener.local_addr() {
            tracing::info!(metrics = %address, "serving metrics");
        }
        let max = MaxConnections::OF_THE_CLUSTER;
        http::serve(listener, routes::metrics(registry), max, stopping).await;
        Ok(())
    }
}
