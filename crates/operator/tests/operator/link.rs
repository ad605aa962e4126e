//! The link between one replica and its API server. A test counts its requests and breaks it by a
//! rule.

use std::{
    convert::Infallible,
    io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures::{TryStreamExt, stream};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use kube::{Client, client::Body};
use serde_json::json;
use tokio::sync::watch;
use tower::{BoxError, service_fn};

use crate::bed::NAMESPACE;

type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;
type Rule = Arc<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;

/// Clones are the same link.
#[derive(Clone)]
pub(crate) struct Link(Arc<State>);

struct State {
    rule: Mutex<Option<Rule>>,
    /// Changes with every rule.
    rules: watch::Sender<usize>,
    calls: Mutex<Vec<Call>>,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) is_watch: bool,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It is not answered, and its watch is silent, until the rule changes. Then its connection is
    /// reset.
    Hang,
    /// It is never answered.
    Swallow,
    /// It is refused with this status.
    Refuse(StatusCode),
    /// It is carried out twice, and its first answer is lost.
    Replay,
    /// It is carried out, and answered with 503.
    LoseAnswer,
}

impl Call {
    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::GET && !self.is_watch
    }

    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether it is about an object of this kind, by its plural.
    pub(crate) fn is_about(&self, plural: &str) -> bool {
        self.path.split('/').any(|part| part == plural)
    }
}

impl Link {
    pub(crate) fn new() -> Self {
        let (rules, _) = watch::channel(0);
        Self(Arc::new(State { rule: Mutex::default(), rules, calls: Mutex::default() }))
    }

    /// A client that sends through this link.
    pub(crate) fn before(&self, client: &Client) -> Client {
        let (link, client) = (self.clone(), client.clone());
        let service = service_fn(move |request: Request<Body>| {
            let (link, client) = (link.clone(), client.clone());
            async move { link.carry(&client, request).await }
        });
        Client::new(service, NAMESPACE)
    }

    /// Breaks the link: the rule says what happens to each request.
    pub(crate) fn breaks(&self, rule: impl Fn(&Call) -> Option<Fault> + Send + Sync + 'static) {
        self.set(Some(Arc::new(rule)));
    }

    /// Mends the link.
    pub(crate) fn heals(&self) {
        self.set(None);
    }

    fn set(&self, rule: Option<Rule>) {
        *self.0.rule.lock().unwrap() = rule;
        self.0.rules.send_modify(|rules| *rules += 1);
    }

    /// How many requests were like that.
    pub(crate) fn count(&self, is: impl Fn(&Call) -> bool) -> usize {
        self.0.calls.lock().unwrap().iter().filter(|call| is(call)).count()
    }

    /// The requests so far; forgets them.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.calls.lock().unwrap())
    }

    /// The last requests.
    pub(crate) fn last(&self, count: usize) -> Vec<Call> {
        let calls = self.0.calls.lock().unwrap();
        calls[calls.len().saturating_sub(count)..].to_vec()
    }

    fn fault(&self, call: &Call) -> Option<Fault> {
        let rule = self.0.rule.lock().unwrap().clone();
        rule.and_then(|rule| rule(call))
    }

    async fn carry(&self, client: &Client, request: Request<Body>) -> Result<Answer, BoxError> {
        let is_watch = request.uri().query().is_some_and(|query| query.contains("watch=true"));
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let call = Call { method, path, is_watch };
        self.0.calls.lock().unwrap().push(call.clone());
        let mut rules = self.0.rules.subscribe();
        match self.fault(&call) {
            None => {}
            Some(Fault::Hang) => {
                let _ = rules.changed().await;
                return Err(reset());
            }
            Some(Fault::Swallow) => return std::future::pending().await,
            Some(Fault::Refuse(code)) => return Ok(refusal(code)),
            Some(Fault::Replay) => drop(client.send(copy(&request)).await?),
            Some(Fault::LoseAnswer) => {
                client.send(request).await?;
                return Ok(refusal(StatusCode::SERVICE_UNAVAILABLE));
            }
        }
        let answer = client.send(request).await?;
        Ok(answer.map(|body| self.silenced(call, body)))
    }

    /// The body, as long as the link does not hang.
    fn silenced(&self, call: Call, body: Body) -> UnsyncBoxBody<Bytes, BoxError> {
        let state = (self.clone(), call, body, self.0.rules.subscribe());
        let frames = stream::try_unfold(state, |(link, call, mut body, mut rules)| async move {
            loop {
                if matches!(link.fault(&call), Some(Fault::Hang)) {
                    let _ = rules.changed().await;
                    return Err(reset());
                }
                let frame = tokio::select! {
                    biased;
                    _ = rules.changed() => continue,
                    frame = body.frame() => frame,
                };
                let Some(frame) = frame else { return Ok(None) };
                let frame: Frame<Bytes> = frame?;
                return Ok::<_, BoxError>(Some((frame, (link, call, body, rules))));
            }
        });
        StreamBody::new(frames.into_stream()).boxed_unsync()
    }
}

fn copy(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(request.body().try_clone().expect("a body in memory"));
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    copy.headers_mut().clone_from(request.headers());
    copy
}

fn reset() -> BoxError {
    io::Error::from(io::ErrorKind::ConnectionReset).into()
}

fn refusal(code: StatusCode) -> Answer {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "message": "So the test wants it.", "reason": "", "code": code.as_u16(),
    });
    let body = http_body_util::Full::from(status.to_string());
    let mut answer = Response::new(body.map_err(|never: Infallible| match never {}).boxed_unsync());
    *answer.status_mut() = code;
    answer
}
