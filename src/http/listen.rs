use std::{future::IntoFuture as _, io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::roles::Failure;

/// How long requests that are under way may still take once the server was asked to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Listens on an address whose port can be chosen by `choice`, an argument or a variable.
///
/// # Errors
/// [`Failure::PortInUse`] and [`Failure::Listen`].
pub async fn bind(address: SocketAddr, choice: &'static str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => Failure::PortInUse { port: address.port(), choice },
        _ => Failure::Listen { address, cause },
    })
}

/// Answers requests until `stopping` is cancelled, then lets those under way finish for a while.
///
/// # Errors
/// [`Failure::Io`] when connections can no longer be accepted.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
) -> Result<(), Failure> {
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(stopping.clone().cancelled_owned())
        .into_future();
    let out_of_patience = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended.map_err(|cause| Failure::Io { doing: "could not go on serving", cause }),
        () = out_of_patience => {
            tracing::warn!("requests were cut off after {} s", GRACE.as_secs());
            Ok(())
        }
    }
}
