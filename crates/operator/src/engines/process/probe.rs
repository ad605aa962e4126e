use std::{net::SocketAddr, time::Duration};

use http_body_util::Empty;
use hyper::{Request, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};
use tokio_util::task::AbortOnDropHandle;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks a process whether it is healthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// The path that answers below 400; empty: accepting a connection is enough.
    pub(super) path: String,
}

impl Probe {
    /// Whether it answers as a healthy one does.
    pub(super) async fn answers(&self) -> bool {
        timeout(PATIENCE, self.ask()).await.ok().flatten().is_some()
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
