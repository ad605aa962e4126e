//! Listens on ports and serves until the process stops.

use std::{future::ready, io, net::SocketAddr, time::Duration};

use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long pending requests may take after the server was asked to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

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
    /// Connections can no longer be accepted.
    #[error("could not go on serving")]
    Accept(#[source] io::Error),
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
///
/// # Errors
/// [`ListenError::Accept`].
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
) -> Result<(), ListenError> {
    serve_and_finish(listener, router, stopping, ready(())).await
}

/// Like [`serve`], and afterwards awaits `unfinished`, the work of clients that have hung up,
/// within the same time.
///
/// # Errors
/// [`ListenError::Accept`].
pub(crate) async fn serve_and_finish(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
    unfinished: impl Future<Output = ()>,
) -> Result<(), ListenError> {
    let server = async {
        let stopped = stopping.clone().cancelled_owned();
        // A `Router` would be copied with all its routes and layers for every connection.
        let server = axum::serve(listener, router.into_make_service());
        server.with_graceful_shutdown(stopped).await?;
        unfinished.await;
        Ok(())
    };
    let timed_out = async {
        stopping.cancelled().await;
        tokio::time::sleep(SHUTDOWN_TIMEOUT).await;
    };
    tokio::select! {
        ended = server => ended.map_err(ListenError::Accept),
        () = timed_out => {
            tracing::warn!("cut off pending requests after {} s", SHUTDOWN_TIMEOUT.as_secs());
            Ok(())
        }
    }
}
