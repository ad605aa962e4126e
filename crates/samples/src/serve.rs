//! What all samples share: listening, waiting for a signal, and serving a router.

use axum::{Router, middleware};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{
    Listen, SampleError,
    guard::{self, Guard},
};

/// Listens and logs the address.
pub(super) async fn listen(listen: Listen) -> Result<TcpListener, SampleError> {
    let address = listen.address();
    let listener =
        TcpListener::bind(address).await.map_err(|cause| SampleError::Listen { address, cause })?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    Ok(listener)
}

/// A token that SIGTERM or Ctrl-C cancels.
pub(super) fn stop_signal() -> Result<CancellationToken, SampleError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(SampleError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(SampleError::Signals)?;
    let stop = CancellationToken::new();
    let on_signal = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        on_signal.cancel();
    });
    Ok(stop)
}

/// Serves `app` to requests of its own origin until `stop` is cancelled.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    stop: CancellationToken,
) -> Result<(), SampleError> {
    let address = listener.local_addr().map_err(SampleError::Serve)?;
    let guard = Guard::at(address.ip());
    let app = app.layer(middleware::from_fn_with_state(guard, guard::own_origin_only));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .map_err(SampleError::Serve)
}
