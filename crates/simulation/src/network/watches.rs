//! Watches: their events come late, not at all, or end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::stream;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use kube::client::Body;
use tokio::{sync::mpsc, time::sleep};

use super::{Network, NodeState, Reply, described::Described};

/// How many events may be on their way.
const EVENTS_UNDER_WAY: usize = 64;

impl Network {
    /// Opens a watch.
    pub(super) async fn watch(
        &self,
        node: Arc<NodeState>,
        request: Request<Body>,
        call: Described,
    ) -> Reply {
        sleep(Duration::from_millis(node.dice.between(1, self.latency.max(2)))).await;
        let answer = self.server.send(request).await.expect("the server answers");
        self.trace.note_quietly(&node.name(), format!("watch {}", call.what));
        let (parts, body) = answer.into_parts();
        let (sender, receiver) = mpsc::channel(EVENTS_UNDER_WAY);
        tokio::spawn(relay(self.clone(), node, body, sender));
        let events = stream::unfold(receiver, |mut receiver| async move {
            let event: Bytes = receiver.recv().await?;
            Some((Ok::<_, Infallible>(Frame::data(event)), receiver))
        });
        let events = StreamBody::new(events).map_err(|never| match never {});
        Response::from_parts(parts, events.boxed_unsync())
    }
}

async fn relay(
    network: Network,
    node: Arc<NodeState>,
    mut body: Body,
    sender: mpsc::Sender<Bytes>,
) {
    let mut ends = node.watches.subscribe();
    loop {
        let next = async {
            node.to_watch().await;
            body.frame().await
        };
        let frame = tokio::select! {
            biased;
            _ = ends.changed() => return,
            () = sender.closed() => return,
            frame = next => frame,
        };
        let Some(Ok(frame)) = frame else { return };
        let Ok(event) = frame.into_data() else { continue };
        sleep(Duration::from_millis(node.dice.between(0, network.latency.max(2)))).await;
        node.to_watch().await;
        if sender.send(event).await.is_err() {
            return;
        }
    }
}
