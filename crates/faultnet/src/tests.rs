//! Which requests take effect, and how they are answered.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use http::Response;
use tokio::{task::yield_now, time::timeout};
use tower::ServiceExt;

use super::*;

/// A client of a server that counts its requests.
fn server() -> (Client, Arc<AtomicUsize>) {
    let effects = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&effects);
    let service = service_fn(move |_: Request<Body>| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, Infallible>(Response::new(Body::empty())) }
    });
    (Client::new(service, "default"), effects)
}

async fn post(network: &Network, client: &Client, path: &str) -> StatusCode {
    let request = Request::post(path).body(Body::empty()).unwrap();
    network.service(client.clone()).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_fault_decides_the_effect_and_the_answer_of_one_request() {
    let (bad, good) = (StatusCode::BAD_GATEWAY, StatusCode::OK);
    for (fault, status, effect) in [
        (Fault::Refused(bad), bad, 0),
        (Fault::Page(bad), bad, 0),
        (Fault::Lost(bad), bad, 1),
        (Fault::Unreadable, good, 1),
        (Fault::Replayed, good, 2),
        (Fault::Slow(Duration::ZERO), good, 1),
    ] {
        let (network, (client, effects)) = (Network::default(), server());
        network.next(Method::POST, "/pods", fault);
        assert_eq!(post(&network, &client, "/nodes").await, good, "{fault:?}");
        assert!(!network.all_met(), "{fault:?}");
        assert_eq!(post(&network, &client, "/pods").await, status, "{fault:?}");
        assert!(network.all_met(), "{fault:?}");
        assert_eq!(effects.load(Ordering::SeqCst), 1 + effect, "{fault:?}");
        assert_eq!(post(&network, &client, "/pods").await, good, "{fault:?}");
    }
}

#[tokio::test]
async fn a_request_passes_its_gate_and_then_meets_its_fault() {
    for (opens, status) in [(true, StatusCode::CONFLICT), (false, StatusCode::FORBIDDEN)] {
        let (network, (client, effects)) = (Network::default(), server());
        network.next(Method::POST, "/pods", Fault::Refused(StatusCode::CONFLICT));
        let gate = network.hold_unsent(Method::POST, "/pods");
        if opens {
            gate.open()
        } else {
            gate.refuse()
        }
        assert_eq!(post(&network, &client, "/pods").await, status);
        assert_eq!((network.all_met(), effects.load(Ordering::SeqCst)), (opens, 0));
    }
}

#[tokio::test]
async fn a_held_request_arrives_without_its_sender_only_if_it_was_sent() {
    for (held, arrives) in [(Held::Unsent, 0), (Held::Sent, 1)] {
        let (network, (client, effects)) = (Network::default(), server());
        let gate = network.hold(Method::POST, "/pods", held);
        tokio::select! {
            _ = post(&network, &client, "/pods") => unreachable!("the gate is closed"),
            () = gate.arrived() => {}
        }
        gate.open();
        let arrived = async {
            while effects.load(Ordering::SeqCst) < arrives {
                yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), arrived).await.expect("a request that arrives");
        // It does not come with later requests, either.
        for later in 1..=10 {
            post(&network, &client, "/nodes").await;
            assert_eq!(effects.load(Ordering::SeqCst), arrives + later);
        }
    }
}
