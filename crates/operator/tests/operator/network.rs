//! A network between an operator and its API server that a test controls. A request that it holds
//! back or delays takes effect later even if its sender is gone.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Method, Request, Response, StatusCode};
use kube::{Client, client::Body};
use serde_json::json;
use tokio::{sync::Semaphore, time::sleep};
use tower::service_fn;

use crate::bed::NAMESPACE;

/// The network of one replica.
#[derive(Default, Clone)]
pub(crate) struct Network(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    rules: VecDeque<Rule>,
    /// The requests that were sent, as `METHOD /path`.
    sent: Vec<String>,
}

/// What happens to the next request with this method whose path contains this part.
struct Rule {
    method: Method,
    path_part: &'static str,
    fault: Fault,
}

/// What happens to a request.
pub(crate) enum Fault {
    /// It waits at the gate, then takes effect.
    Held(Gate),
    /// It is answered with this status and has no effect.
    Refused(StatusCode),
    /// It is answered with this status at once and takes effect after a while.
    Late(StatusCode, Duration),
    /// It takes a while to be sent, and is not sent if its sender is gone by then.
    Slow(Duration),
}

/// Stops one request.
#[derive(Clone)]
pub(crate) struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    /// Waits until the request is stopped.
    pub(crate) async fn arrived(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Lets the stopped request through.
    pub(crate) fn open(&self) {
        self.open.add_permits(1);
    }
}

impl Network {
    /// A client that sends through this network.
    pub(crate) fn before(&self, client: Client) -> Client {
        let network = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let (network, client) = (network.clone(), client.clone());
            async move {
                let fault = network.fault(request.method(), request.uri().path());
                Ok::<_, Infallible>(deliver(client, request, fault).await)
            }
        });
        Client::new(service, NAMESPACE)
    }

    /// The next request with this method whose path contains this part meets this fault.
    pub(crate) fn next(&self, method: Method, path_part: &'static str, fault: Fault) {
        self.0.lock().unwrap().rules.push_back(Rule { method, path_part, fault });
    }

    /// Holds back the next request with this method whose path contains this part.
    pub(crate) fn hold(&self, method: Method, path_part: &'static str) -> Gate {
        let gate = Gate { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) };
        self.next(method, path_part, Fault::Held(gate.clone()));
        gate
    }

    /// How many requests with this method were sent whose path contains this part.
    pub(crate) fn sent(&self, method: &Method, path_part: &str) -> usize {
        let state = self.0.lock().unwrap();
        let is_so = |it: &&String| it.starts_with(method.as_str()) && it.contains(path_part);
        state.sent.iter().filter(is_so).count()
    }

    fn fault(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut state = self.0.lock().unwrap();
        state.sent.push(format!("{method} {path}"));
        let fits = |rule: &Rule| rule.method == *method && path.contains(rule.path_part);
        let at = state.rules.iter().position(fits)?;
        Some(state.rules.remove(at)?.fault)
    }
}

async fn deliver(client: Client, request: Request<Body>, fault: Option<Fault>) -> Response<Body> {
    match fault {
        None => send(client, request).await,
        Some(Fault::Refused(status)) => answer(status),
        Some(Fault::Slow(pause)) => {
            sleep(pause).await;
            send(client, request).await
        }
        // In a task of its own: a sender that gives up does not stop its request.
        Some(Fault::Held(gate)) => {
            let sent = tokio::spawn(async move {
                gate.arrived.add_permits(1);
                gate.open.acquire().await.unwrap().forget();
                send(client, request).await
            });
            sent.await.unwrap()
        }
        Some(Fault::Late(status, pause)) => {
            tokio::spawn(async move {
                sleep(pause).await;
                send(client, request).await
            });
            answer(status)
        }
    }
}

async fn send(client: Client, request: Request<Body>) -> Response<Body> {
    match client.send(request).await {
        Ok(response) => response,
        Err(_) => pending().await,
    }
}

fn answer(status: StatusCode) -> Response<Body> {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "reason": status.canonical_reason().unwrap_or_default().replace(' ', ""),
        "code": status.as_u16(),
    });
    let mut response = Response::new(Body::from(body.to_string().into_bytes()));
    *response.status_mut() = status;
    response
}
