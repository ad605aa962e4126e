//! A network between a replica and its API server that tests can interrupt.

use std::{
    convert::Infallible,
    future::pending,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use clock::World;
use http::{Method, Request, Response, StatusCode, request::Parts};
use kube::{Client, client::Body};
use serde_json::json;
use tokio::sync::Semaphore;
use tower::service_fn;

/// The network of one replica.
#[derive(Debug, Default, Clone)]
pub(crate) struct Faults(Arc<State>);

#[derive(Debug, Default)]
struct State {
    gate: Mutex<Option<Gate>>,
    faults: Mutex<Vec<(Method, String, Fault)>>,
    writes: AtomicUsize,
    loses_answers: AtomicBool,
    calls: Mutex<Vec<String>>,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It takes effect. A proxy loses the answer, sends the request again, and passes the second
    /// answer on.
    Replayed,
    /// It takes effect, and is answered with this status.
    Lost(StatusCode),
    /// It takes effect, and a proxy answers with a page.
    Unreadable,
    /// It has no effect, and is answered with this status.
    Unsent(StatusCode),
    /// It has no effect, and a proxy answers with a page of this status.
    Page(StatusCode),
}

/// Stops the first request with this method whose path contains this part.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    method: Method,
    path_part: String,
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
    refuses: Arc<AtomicBool>,
}

impl Gate {
    /// Waits until a request is stopped.
    pub(crate) async fn arrived(&self) {
        self.arrived.acquire().await.expect("a gate that is not torn down").forget();
    }

    /// Lets the stopped request through.
    pub(crate) fn open(&self) {
        self.open.add_permits(1);
    }

    /// Answers the stopped request with a 403.
    pub(crate) fn refuse(&self) {
        self.refuses.store(true, Ordering::SeqCst);
        self.open();
    }
}

impl Faults {
    /// A client that sends through this network.
    pub(crate) fn before(&self, client: Client, namespace: &str) -> Client {
        let state = Arc::clone(&self.0);
        let service = service_fn(move |request: Request<Body>| {
            let (state, client) = (Arc::clone(&state), client.clone());
            async move {
                let (method, path) = (request.method().clone(), request.uri().path().to_owned());
                state.record(&request);
                if !state.passes(&method, &path).await {
                    return Ok::<Response<Body>, Infallible>(answer(StatusCode::FORBIDDEN));
                }
                Ok(send(&client, request, state.fault(&method, &path)).await)
            }
        });
        kubeclient::over(service, namespace, World::of_the_machine()).build()
    }

    /// Installs a gate.
    pub(crate) fn stop(&self, method: Method, path_part: &str) -> Gate {
        let gate = Gate {
            method,
            path_part: path_part.to_owned(),
            arrived: Arc::new(Semaphore::new(0)),
            open: Arc::new(Semaphore::new(0)),
            refuses: Arc::default(),
        };
        *self.0.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(gate.clone());
        gate
    }

    /// The next request with this method whose path contains this part meets this fault.
    pub(crate) fn next(&self, method: Method, path_part: &str, fault: Fault) {
        self.0.faults.lock().expect("no panic").push((method, path_part.to_owned(), fault));
    }

    /// From now on, the answer to every third write is lost, unreadable or that of a repetition.
    pub(crate) fn lose_answers(&self) {
        self.0.loses_answers.store(true, Ordering::SeqCst);
    }

    /// Whether every fault has met its request.
    pub(crate) fn all_met(&self) -> bool {
        self.0.faults.lock().expect("no panic").is_empty()
    }

    /// The number of writes that were sent.
    pub(crate) fn writes(&self) -> usize {
        self.0.writes.load(Ordering::SeqCst)
    }
}

impl Faults {
    /// Forgets the calls that were sent, and returns them: method and last part of the path.
    /// Watches do not count.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn fault(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().expect("no panic");
        let at = faults.iter().position(|(of, part, _)| of == method && path.contains(part));
        match at {
            Some(at) => Some(faults.remove(at).2),
            None if *method == Method::GET => None,
            None => self.lost_answer(),
        }
    }

    fn lost_answer(&self) -> Option<Fault> {
        let kinds =
            [Fault::Replayed, Fault::Lost(StatusCode::SERVICE_UNAVAILABLE), Fault::Unreadable];
        let write = self.writes.load(Ordering::SeqCst);
        let is_lost = self.loses_answers.load(Ordering::SeqCst) && write.is_multiple_of(3);
        is_lost.then(|| kinds[write / 3 % kinds.len()])
    }

    fn record(&self, request: &Request<Body>) {
        if request.uri().query().is_some_and(|query| query.contains("watch=")) {
            return;
        }
        let last = request.uri().path().rsplit('/').next().unwrap_or_default();
        let call = format!("{} {last}", request.method());
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    async fn passes(&self, method: &Method, path: &str) -> bool {
        if method != Method::GET {
            self.writes.fetch_add(1, Ordering::SeqCst);
        }
        let gate = {
            let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
            let stops = gate
                .as_ref()
                .is_some_and(|gate| gate.method == *method && path.contains(&gate.path_part));
            if stops { gate.take() } else { None }
        };
        let Some(gate) = gate else { return true };
        gate.arrived.add_permits(1);
        gate.open.acquire().await.expect("a gate that is not torn down").forget();
        !gate.refuses.load(Ordering::SeqCst)
    }
}

async fn send(client: &Client, request: Request<Body>, fault: Option<Fault>) -> Response<Body> {
    match fault {
        Some(Fault::Unsent(status)) => return answer(status),
        Some(Fault::Page(status)) => return page(status),
        None | Some(Fault::Replayed | Fault::Lost(_) | Fault::Unreadable) => {}
    }
    let (parts, body) = request.into_parts();
    let body = body.collect_bytes().await.expect("a body");
    let mut response = forward(client, parts.clone(), &body).await;
    match fault {
        None | Some(Fault::Unsent(_) | Fault::Page(_)) => {}
        Some(Fault::Replayed) => response = forward(client, parts, &body).await,
        Some(Fault::Lost(status)) => response = answer(status),
        Some(Fault::Unreadable) => response = page(StatusCode::OK),
    }
    response
}

async fn forward(client: &Client, parts: Parts, body: &[u8]) -> Response<Body> {
    match client.send(Request::from_parts(parts, Body::from(body.to_vec()))).await {
        Ok(response) => response,
        Err(_) => pending().await,
    }
}

fn answer(status: StatusCode) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or_default().replace(' ', "");
    let body = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status.as_u16() });
    response(status, body.to_string())
}

fn page(status: StatusCode) -> Response<Body> {
    response(status, "<!doctype html><title>Sign in".to_owned())
}

fn response(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body.into_bytes()));
    *response.status_mut() = status;
    response
}
