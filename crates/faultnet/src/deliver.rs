//! The way of a request through the network.

use std::{future::pending, io};

use bytes::Bytes;
use futures::stream;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use kube::{Client, client::Body};
use serde_json::json;
use tokio::{sync::watch, time::sleep};
use tower::BoxError;

use crate::{Call, Fault, Held, Network, Rule, locked, take_first};

/// An answer that passed the network.
pub type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;
type Rules = watch::Receiver<Option<Rule>>;

impl Network {
    pub(crate) async fn carry(
        self,
        client: Client,
        request: Request<Body>,
    ) -> Result<Answer, BoxError> {
        let call = Call::of(&request);
        locked(&self.0.calls).push(call.clone());
        let Some((gate, held)) = take_first(&self.0.gates, &call) else {
            return self.deliver(client, request, call).await;
        };
        let delivery = async move {
            if gate.stop().await {
                self.deliver(client, request, call).await
            } else {
                Ok(refusal(StatusCode::FORBIDDEN))
            }
        };
        match held {
            Held::Unsent => delivery.await,
            // A task of its own goes on when its sender gives up.
            Held::Sent => tokio::spawn(delivery).await?,
        }
    }

    async fn deliver(
        self,
        client: Client,
        request: Request<Body>,
        call: Call,
    ) -> Result<Answer, BoxError> {
        let mut rules = self.0.rule.subscribe();
        let fault = take_first(&self.0.faults, &call).or_else(|| choice(&mut rules, &call));
        match fault {
            None => {}
            Some(Fault::Hang) => return Err(reset_at_change(&mut rules).await),
            Some(Fault::Swallow) => return pending().await,
            Some(Fault::Refused(status)) => return Ok(refusal(status)),
            Some(Fault::Page(status)) => return Ok(page(status)),
            Some(Fault::Lost(status)) => {
                client.send(request).await?;
                return Ok(refusal(status));
            }
            Some(Fault::Unreadable) => {
                client.send(request).await?;
                return Ok(page(StatusCode::OK));
            }
            Some(Fault::Replayed) => drop(client.send(copy(&request)?).await?),
            Some(Fault::Late(status, pause)) => {
                tokio::spawn(async move {
                    sleep(pause).await;
                    client.send(request).await
                });
                return Ok(refusal(status));
            }
            Some(Fault::Slow(pause)) => sleep(pause).await,
        }
        let answer = client.send(request).await?;
        Ok(answer.map(|body| if call.is_watch { self.silenced(call, body) } else { boxed(body) }))
    }

    /// The messages of a watch. It is silent while the rule lets it hang.
    fn silenced(self, call: Call, body: Body) -> UnsyncBoxBody<Bytes, BoxError> {
        let rules = self.0.rule.subscribe();
        // The network is part of the state: without it, `changed` would not wait.
        let start = (self, rules, call, body);
        let frames = stream::try_unfold(start, |(network, mut rules, call, mut body)| async move {
            loop {
                if choice(&mut rules, &call) == Some(Fault::Hang) {
                    return Err(reset_at_change(&mut rules).await);
                }
                let frame = tokio::select! {
                    biased;
                    _ = rules.changed() => continue,
                    frame = body.frame() => frame,
                };
                let frame = frame.transpose()?;
                return Ok(frame.map(|frame| (frame, (network, rules, call, body))));
            }
        });
        StreamBody::new(frames).boxed_unsync()
    }
}

/// What the rule chooses for the request.
fn choice(rules: &mut Rules, call: &Call) -> Option<Fault> {
    rules.borrow_and_update().as_ref().and_then(|rule| rule(call))
}

async fn reset_at_change(rules: &mut Rules) -> BoxError {
    let _ = rules.changed().await;
    io::Error::from(io::ErrorKind::ConnectionReset).into()
}

fn copy(request: &Request<Body>) -> Result<Request<Body>, BoxError> {
    let body = request.body().try_clone().ok_or("the request's body is not in memory")?;
    let mut copy = Request::new(body);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    copy.headers_mut().clone_from(request.headers());
    Ok(copy)
}

fn refusal(code: StatusCode) -> Answer {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "message": "The test refuses the request.",
        "reason": code.canonical_reason().unwrap_or_default().replace(' ', ""),
        "code": code.as_u16(),
    });
    answer(code, status.to_string())
}

fn page(code: StatusCode) -> Answer {
    answer(code, "<!doctype html><title>Sign in".to_owned())
}

fn answer(code: StatusCode, text: String) -> Answer {
    let mut answer = Response::new(boxed(Body::from(text.into_bytes())));
    *answer.status_mut() = code;
    answer
}

fn boxed(body: Body) -> UnsyncBoxBody<Bytes, BoxError> {
    body.map_err(BoxError::from).boxed_unsync()
}
