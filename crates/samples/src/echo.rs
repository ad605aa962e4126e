//! `dploy-samples echo`: sends every line back over TCP, as an example that is not a web page.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{Listen, SampleError, serve};

/// The longest line that is sent back whole. The rest of a longer line is sent as the next line.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// A connection without input is closed after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);
/// The pause after a connection could not be accepted.
const ACCEPT_RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Runs until SIGTERM or Ctrl-C.
pub(super) async fn run(listen: Listen) -> Result<(), SampleError> {
    let stop = serve::stop_signal()?;
    let listener = serve::listen(listen).await?;
    answer_all(listener, stop).await;
    Ok(())
}

async fn answer_all(listener: TcpListener, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let stop = stop.clone();
                tokio::spawn(stop.run_until_cancelled_owned(answer(stream)));
            }
            // Most likely no file descriptor is left: an open connection must end first.
            Err(_) => tokio::time::sleep(ACCEPT_RETRY_PAUSE).await,
        }
    }
}

async fn answer(stream: TcpStream) {
    if let Err(cause) = send_lines_back(stream).await {
        tracing::debug!(%cause, "a connection broke");
    }
}

async fn send_lines_back(mut stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut reader).take(MAX_LINE_BYTES);
        match timeout(IDLE_TIMEOUT, limited.read_until(b'\n', &mut line)).await {
            Ok(Ok(0)) | Err(_) => return Ok(()),
            Ok(Ok(_)) => writer.write_all(&line).await?,
            Ok(Err(cause)) => return Err(cause),
        }
    }
}

#[cfg(test)]
mod tests;
