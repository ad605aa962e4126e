//! The health probe of a process.

use std::{net::SocketAddr, time::Duration};

use http_body_util::Empty;
use hyper::{Request, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};
use tokio_util::task::AbortOnDropHandle;

/// How long an answer may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Probes a process over HTTP or TCP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    /// The address at which the process listens.
    pub(super) address: SocketAddr,
    /// The path that a healthy process answers with a status below 400. Empty: an accepted
    /// connection is enough.
    pub(super) path: String,
}

impl Probe {
    /// Whether the process answers as a healthy one.
    pub(super) async fn answers(&self) -> bool {
        timeout(PROBE_TIMEOUT, self.ask()).await.ok().flatten().is_some()
    }

    async fn ask(&self) -> Option<()> {
        let connection = TcpStream::connect(self.address).await.ok()?;
        if self.path.is_empty() {
            return Some(());
        }
        let (mut sender, exchange) = http1::handshake(TokioIo::new(connection)).await.ok()?;
        let request = Request::get(&self.path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .ok()?;
        let _exchange = AbortOnDropHandle::new(tokio::spawn(exchange));
        let response = sender.send_request(request).await.ok()?;
        (response.status().as_u16() < 400).then_some(())
    }
}
