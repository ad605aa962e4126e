//! The network between the nodes and the API server: latency, and the troubles of the plan.
//!
//! A request that was sent is a packet: it arrives even if its sender gives up, freezes or dies.

mod described;
mod node_state;
mod watches;

use std::{
    convert::Infallible,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use clock::World;
use futures::{FutureExt, future::BoxFuture};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use kube::{Client, client::Body};
use kubeclient::Resilient;
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tower::{BoxError, Service as _, layer::layer_fn, service_fn};

use self::described::Described;
pub(crate) use self::node_state::{NodeState, Thawed};
use crate::{
    history::History,
    plan::{Call, Harm, Node, Plan, Trouble},
    trace::Trace,
};

/// An answer of the network.
type Reply = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// What a call asks the simulation to do to its own node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    /// Kill it, and start a new one after this many milliseconds.
    Kill(Node, u64),
}

/// The network, which all nodes share.
#[derive(Clone)]
pub(crate) struct Network {
    server: Client,
    latency: u64,
    troubles: Arc<Mutex<Vec<Trouble>>>,
    orders: mpsc::UnboundedSender<Order>,
    history: History,
    pub(crate) trace: Trace,
}

/// What happens to one call.
struct Fate {
    request_takes: u64,
    answer_takes: u64,
    harm: Option<Harm>,
}

impl Network {
    /// A network before `server`.
    pub(crate) fn new(
        server: Client,
        plan: &Plan,
        orders: mpsc::UnboundedSender<Order>,
        history: History,
        trace: Trace,
    ) -> Self {
        Self {
            server,
            latency: plan.latency,
            troubles: Arc::new(Mutex::new(plan.troubles.clone())),
            orders,
            history,
            trace,
        }
    }

    /// Nothing happens to calls any more.
    pub(crate) fn calm(&self) {
        self.troubles().clear();
    }

    /// A client of `node`, as production builds it. A call of a frozen node begins after the
    /// freeze, and so does its deadline.
    pub(crate) fn client(&self, node: &Arc<NodeState>, namespace: &str, world: World) -> Client {
        let (network, sender) = (self.clone(), Arc::clone(node));
        let service = service_fn(move |request: Request<Body>| {
            let (network, node) = (network.clone(), Arc::clone(&sender));
            async move { Ok::<_, Infallible>(network.call(node, request).await) }
        });
        let after_the_freeze = layer_fn(|client: Resilient<_>| {
            let node = Arc::clone(node);
            service_fn(move |request: Request<Body>| {
                let (node, mut client) = (Arc::clone(&node), client.clone());
                async move {
                    node.to_send().await;
                    client.call(request).await
                }
                .boxed()
            })
        });
        kubeclient::over(service, namespace, world).with_layer(&after_the_freeze).build()
    }

    async fn call(&self, node: Arc<NodeState>, request: Request<Body>) -> Reply {
        let described = Described::of(&request);
        node.to_send().await;
        if described.is_event {
            return echo(request).await;
        }
        if described.is_watch {
            return self.watch(node, request, described).await;
        }
        let (network, sender) = (self.clone(), Arc::clone(&node));
        self.packet(sender, &described.clone(), async move {
            Some(boxed(network.server.send(request).await.ok()?))
        })
        .await
    }

    /// Sends a packet with the `effect`, and waits for the answer.
    async fn packet(
        &self,
        node: Arc<NodeState>,
        call: &Described,
        effect: impl Future<Output = Option<Reply>> + Send + 'static,
    ) -> Reply {
        let (network, sender, call) = (self.clone(), Arc::clone(&node), call.clone());
        let under_way = tokio::spawn(async move {
            let fate = network.fate(&sender, &call);
            let answer = network.travel(&fate, &call, &sender, Box::pin(effect)).await;
            network.log(&sender, &call, &fate, answer.as_ref());
            match answer {
                Some(answer) => {
                    sleep(Duration::from_millis(fate.answer_takes)).await;
                    if let Some(Harm::Freeze(length)) = fate.harm {
                        sender.freeze(length);
                    }
                    answer
                }
                None => pending().await,
            }
        });
        let answer = under_way.await;
        // A frozen node computes with its answers before it sends again, at the time of its clock:
        // so a freeze is the pause between two calls.
        node.to_live().await;
        answer.expect("a packet does not panic")
    }

    async fn travel(
        &self,
        fate: &Fate,
        call: &Described,
        node: &NodeState,
        effect: BoxFuture<'static, Option<Reply>>,
    ) -> Option<Reply> {
        if let Some(Harm::Kill(_)) = fate.harm {
            self.trace.note(&node.name(), format!("{call}  is killed after it sent this"));
            let _ = self.orders.send(Order::Kill(node.node, 500));
        }
        if fate.harm.is_some() && (call.is(Call::Delete) || call.is(Call::Patch)) {
            self.history.disturbed(node.node, self.trace.now());
        }
        sleep(Duration::from_millis(fate.request_takes)).await;
        match fate.harm {
            Some(Harm::LostRequest) => return None,
            Some(Harm::Refused(status)) => return Some(refused(status)),
            _ => {}
        }
        let answer = effect.await?;
        match fate.harm {
            Some(Harm::LostAnswer | Harm::Kill(_)) => {
                self.trace.note(&node.name(), format!("{call}  took effect"));
                None
            }
            Some(Harm::RefusedAfter(status)) => Some(refused(status)),
            Some(Harm::Cut) => Some(cut(answer).await),
            Some(Harm::Page) => Some(reply(StatusCode::OK, "<html>Welcome</html>")),
            _ => Some(answer),
        }
    }

    fn fate(&self, node: &NodeState, call: &Described) -> Fate {
        let latency = || node.dice.between(1, self.latency.max(2));
        let mut fate = Fate { request_takes: latency(), answer_takes: latency(), harm: None };
        let now = self.trace.now();
        let mut troubles = self.troubles();
        let met = troubles.iter().position(|trouble| {
            trouble.node == node.node && trouble.from <= now && call.is(trouble.call)
        });
        let Some(met) = met else { return fate };
        let harm = troubles.remove(met).what;
        fate.harm = Some(harm);
        match harm {
            Harm::LateRequest(late) | Harm::Kill(late) => fate.request_takes += late,
            Harm::LateAnswer(late) => fate.answer_takes += late,
            _ => {}
        }
        fate
    }

    fn log(&self, node: &NodeState, call: &Described, fate: &Fate, answer: Option<&Reply>) {
        let answered = answer.map_or("nothing".to_owned(), |it| it.status().as_u16().to_string());
        let harm = fate.harm.map(|harm| format!("  [{harm:?}]")).unwrap_or_default();
        let text = format!("{call} → {answered}{harm}");
        if harm.is_empty() && (call.method == Method::GET || call.is(Call::Lease)) {
            self.trace.note_quietly(&node.name(), text);
        } else {
            self.trace.note(&node.name(), text);
        }
    }

    /// A call to an engine, which takes the same way as a call to the API server.
    pub(crate) async fn engine<T: Send + 'static>(
        &self,
        node: &Arc<NodeState>,
        verb: &'static str,
        name: &str,
        effect: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        node.to_send().await;
        let result = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&result);
        let call = Described::of_engine(verb, name);
        let packet = self.packet(Arc::clone(node), &call, async move {
            let done = effect.await;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Some(reply(StatusCode::OK, ""))
        });
        // The calls of an engine have the deadline of `kubeclient`, which this one does not pass.
        let answer = timeout(kubeclient::CALL_DEADLINE, packet).await.ok()?;
        let done = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        done.filter(|_| answer.status() == StatusCode::OK)
    }

    fn troubles(&self) -> std::sync::MutexGuard<'_, Vec<Trouble>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer to an Event: nothing reads Events, and their names come from the machine's clock.
async fn echo(request: Request<Body>) -> Reply {
    let body = request.into_body().collect().await;
    reply(StatusCode::OK, body.map(|it| it.to_bytes()).unwrap_or_default())
}

async fn cut(answer: Reply) -> Reply {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
    reply(parts.status, body.slice(..body.len() / 2))
}

fn refused(status: u16) -> Reply {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "the network says so",
        "reason": "Simulated", "code": status,
    });
    reply(StatusCode::from_u16(status).unwrap_or_default(), body.to_string())
}

/// An answer that comes at once.
fn reply(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let body = Full::new(body.into()).map_err(|never| match never {});
    let mut reply = Response::new(body.boxed_unsync());
    *reply.status_mut() = status;
    reply
}

fn boxed(answer: Response<Body>) -> Reply {
    answer.map(|body| body.map_err(Into::into).boxed_unsync())
}
