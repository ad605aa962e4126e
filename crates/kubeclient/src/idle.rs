//! The body of a watch, which ends when the server is silent for too long.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep};
use tower::BoxError;

/// A body that ends when no frame comes for `limit`. It ends like a watch that the server ends, so
/// the watcher begins again from the last version that it saw.
pub(crate) struct IdleTimeout<B> {
    body: Pin<Box<B>>,
    limit: Duration,
    silence: Pin<Box<Sleep>>,
    has_ended: bool,
}

impl<B> IdleTimeout<B> {
    pub(crate) fn new(body: B, limit: Duration) -> Self {
        let silence = Box::pin(sleep(limit));
        Self { body: Box::pin(body), limit, silence, has_ended: false }
    }
}

impl<B> Body for IdleTimeout<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = self.body.as_mut().poll_frame(context) {
            let next = Instant::now() + self.limit;
            self.silence.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.silence.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.has_ended = true;
        tracing::warn!(seconds = self.limit.as_secs(), "ended a watch that received no message");
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests;
