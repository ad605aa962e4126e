//! What a connection is doing, and until when it may go on like that.
//!
//! hyper's own timeout of a header also ends a connection that waits for its next request. A proxy
//! keeps such connections for a minute, and would lose a request that it sends at that moment. So
//! the two have limits of their own here.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep_until},
};

/// How long a client may take to send the header of a request, and to send the first one at all.
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may wait for its next request. Longer than the proxies in front wait.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// How long a client may take nothing of what it was answered.
const STALLED_TIMEOUT: Duration = Duration::from_secs(60);

/// What a connection is doing. Clones are the same meter.
#[derive(Debug, Clone)]
pub(super) struct Meter(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// How many requests are being answered.
    active: usize,
    /// Whether there was a request.
    was_used: bool,
    /// With HTTP/2, what arrives between two requests is no header.
    is_http2: bool,
    /// Since when no request is being answered.
    idle_since: Instant,
    /// Since when a header arrives.
    header_since: Option<Instant>,
    /// Since when the client takes nothing.
    stalled_since: Option<Instant>,
}

/// A request that is being answered, until this is dropped.
#[derive(Debug)]
pub(super) struct Answering(Meter);

impl Meter {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            active: 0,
            was_used: false,
            is_http2: false,
            idle_since: Instant::now(),
            header_since: None,
            stalled_since: None,
        })))
    }

    /// Notes that the header of a request has arrived.
    pub(super) fn answering(&self, is_http2: bool) -> Answering {
        let mut state = self.state();
        state.active += 1;
        state.was_used = true;
        state.is_http2 = is_http2;
        state.header_since = None;
        Answering(self.clone())
    }

    /// Waits until the client has taken too long.
    pub(super) async fn is_over(&self) {
        loop {
            let now = Instant::now();
            let deadline = self.state().deadline();
            if deadline.is_some_and(|it| it <= now) {
                return;
            }
            // No limit is shorter, so one that begins meanwhile is not missed.
            let later = now + HEADER_TIMEOUT;
            sleep_until(deadline.map_or(later, |it| it.min(later))).await;
        }
    }

    fn received(&self) {
        let mut state = self.state();
        if state.active == 0 && !state.is_http2 {
            state.header_since.get_or_insert_with(Instant::now);
        } else if state.active == 0 {
            state.idle_since = Instant::now();
        }
    }

    fn wrote(&self, is_stalled: bool) {
        let mut state = self.state();
        if is_stalled {
            state.stalled_since.get_or_insert_with(Instant::now);
        } else {
            state.stalled_since = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn deadline(&self) -> Option<Instant> {
        let stalled = self.stalled_since.map(|since| since + STALLED_TIMEOUT);
        let waits = (self.active == 0).then(|| match self.header_since {
            Some(since) => since + HEADER_TIMEOUT,
            None if self.was_used => self.idle_since + IDLE_TIMEOUT,
            None => self.idle_since + HEADER_TIMEOUT,
        });
        stalled.into_iter().chain(waits).min()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.active = state.active.saturating_sub(1);
        if state.active == 0 {
            state.idle_since = Instant::now();
        }
    }
}

/// A connection whose bytes the meter sees.
#[derive(Debug)]
pub(super) struct Metered<S> {
    pub(super) stream: S,
    pub(super) meter: Meter,
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.meter.received();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.meter.wrote(polled.is_pending());
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.meter.wrote(polled.is_pending());
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
