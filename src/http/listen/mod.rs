//! Listens on ports and serves until the process stops.

mod connection;
mod limits;
mod meter;

use std::{future::ready, io, net::SocketAddr, time::Duration};

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use self::limits::Connections;
pub(crate) use self::limits::MaxConnections;

/// How long pending requests may take after the server was asked to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);
/// The pause after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Why a port cannot be served.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another process listens on the port.
    #[error("port {port} is in use; stop what uses it, or choose another with {choice}")]
    PortInUse {
        /// The port.
        port: u16,
        /// The argument or variable that sets the port.
        choice: &'static str,
    },
    /// The address cannot be bound.
    #[error("could not listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The cause.
        #[source]
        cause: io::Error,
    },
}

/// Listens on an address. `choice` names the argument or variable that sets its port.
///
/// # Errors
/// [`ListenError::PortInUse`] and [`ListenError::Bind`].
pub(crate) async fn bind(
    address: SocketAddr,
    choice: &'static str,
) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => ListenError::PortInUse { port: address.port(), choice },
        _ => ListenError::Bind { address, cause },
    })
}

/// Serves until `stopping` is cancelled, then lets pending requests finish within
/// [`SHUTDOWN_TIMEOUT`].
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    max: MaxConnections,
    stopping: CancellationToken,
) {
    serve_and_finish(listener, router, max, stopping, ready(())).await;
}

/// Like [`serve`], and afterwards awaits `unfinished`, the work of clients that have hung up,
/// within the same time.
pub(crate) async fn serve_and_finish(
    listener: TcpListener,
    router: Router,
    max: MaxConnections,
    stopping: CancellationToken,
    unfinished: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    accept(listener, router, max, &connections, &stopping).await;
    let finished = async {
        connections.shutdown().await;
        unfinished.await;
    };
    if timeout(SHUTDOWN_TIMEOUT, finished).await.is_err() {
        tracing::warn!("cut off pending requests after {} s", SHUTDOWN_TIMEOUT.as_secs());
    }
}

/// Serves each connection in a task of its own, until `stopping` is cancelled. A connection beyond
/// the limits is closed at once.
async fn accept(
    listener: TcpListener,
    router: Router,
    max: MaxConnections,
    connections: &GracefulShutdown,
    stopping: &CancellationToken,
) {
    // A `Router` with a state would be copied with all its routes and layers for every connection.
    let router: Router = router.with_state(());
    let (builder, places) = (connection::builder(), Connections::new(max));
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                after_failed_accept(&error).await;
                continue;
            }
        };
        let Some(place) = places.place(from.ip()) else {
            tracing::debug!(%from, "closed a connection beyond the limits");
            continue;
        };
        let (builder, router, watcher) = (builder.clone(), router.clone(), connections.watcher());
        tokio::spawn(async move {
            connection::serve(builder, stream, router, watcher).await;
            drop(place);
        });
    }
}

/// Waits a little when the process has too many open files: accepting fails until one is closed.
async fn after_failed_accept(error: &io::Error) {
    let is_of_the_client = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    );
    if !is_of_the_client {
        tracing::error!(error = error as &dyn std::error::Error, "could not accept a connection");
        sleep(ACCEPT_PAUSE).await;
    }
}
