use std::{net::SocketAddr, sync::Arc};

use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Failure;
use crate::{
    config::variables,
    http::{self, metrics_router},
};

/// The port for Prometheus, where there is to be one.
pub(super) struct MetricsPort(Option<TcpListener>);

impl MetricsPort {
    /// Listens, before anything else is started.
    pub(super) async fn bind(address: Option<SocketAddr>) -> Result<Self, Failure> {
        let Some(address) = address else { return Ok(Self(None)) };
        http::bind(address, variables::METRICS_PORT.name).await.map(|it| Self(Some(it)))
    }

    /// Answers until `stopping` is cancelled.
    pub(super) async fn serve(
        self,
        registry: Registry,
        stopping: CancellationToken,
    ) -> Result<(), Failure> {
        match self.0 {
            Some(listener) => {
                if let Ok(address) = listener.local_addr() {
                    tracing::info!(metrics = %address, "metrics for Prometheus");
                }
                http::serve(listener, metrics_router(Arc::new(registry)), stopping).await
            }
            None => {
                stopping.cancelled().await;
                Ok(())
            }
        }
    }
}
