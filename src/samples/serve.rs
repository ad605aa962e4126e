//! What the programs have in common: listening on loopback, and ending in good order.

use std::net::Ipv4Addr;

use axum::{Router, middleware};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{Listen, SampleError, guard};

/// Listens on loopback and says where.
pub(super) async fn listen(listen: &Listen) -> Result<TcpListener, SampleError> {
    let port = listen.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|cause| SampleError::Listen { port, cause })?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    Ok(listener)
}

/// A token that is cancelled by SIGTERM or Ctrl-C.
pub(super) fn stop_signal() -> Result<CancellationToken, SampleError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(SampleError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(SampleError::Signals)?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

/// Serves `app` to its own origin until `stop` is cancelled.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    stop: CancellationToken,
) -> Result<(), SampleError> {
    let app = app.layer(middleware::from_fn(guard::own_origin_only));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .map_err(SampleError::Serve)
}
