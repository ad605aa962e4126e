//! Observes the objects of an order.

use futures::stream::{self, StreamExt, TryStreamExt};
use kube::Client;
use resources::{Health, OrderRef, Reason, WorkloadState};

use super::{
    health,
    inventory::{self, Contents},
    kinds::{Kinds, Unknown},
    object::ObjectRef,
};
use crate::{EngineError, state::State};

/// How many objects of one order are read at the same time.
const MAX_CONCURRENT_READS: usize = 8;

/// A placed object and its health; `None` if it is missing.
type Finding = (ObjectRef, Option<State>);

/// The state of the workload, and its objects.
pub(super) async fn observe(
    client: &Client,
    kinds: &Kinds,
    order: &OrderRef,
) -> Result<(WorkloadState, Vec<ObjectRef>), EngineError> {
    let Some(inventory) = inventory::read(client, order).await? else {
        return Ok((WorkloadState::absent(), Vec::new()));
    };
    let Contents { digest, entries } = inventory.contents;
    let staying = entries.into_iter().filter(|entry| !entry.leaving).map(|entry| entry.object);
    let findings: Vec<Finding> = stream::iter(staying)
        .map(|object| find(kinds, object))
        .buffered(MAX_CONCURRENT_READS)
        .try_collect()
        .await?;
    let state = summary(digest, &findings);
    let engine_ref = Some(inventory::reference(Some(order.namespace.clone())).to_string());
    let objects = findings.into_iter().map(|(object, _)| object).collect();
    Ok((WorkloadState { engine_ref, ..state }, objects))
}

async fn find(kinds: &Kinds, object: ObjectRef) -> Result<Finding, EngineError> {
    let operation = || format!("read {object}");
    let api = match kinds.api(&object).await {
        Ok(api) => api,
        Err(Unknown::NotServed(_)) => return Ok((object, None)),
        Err(cause @ Unknown::Discovery(_)) => return Err(EngineError::world(operation(), cause)),
    };
    let found = api.get_opt(&object.name).await;
    let found = found.map_err(|cause| EngineError::world(operation(), cause))?;
    let state = match found {
        Some(found) => {
            let value = serde_json::to_value(found);
            let value = value.map_err(|cause| EngineError::world(operation(), cause))?;
            Some(health::of(object.group(), &object.kind, &value))
        }
        None => health::of_missing(object.group(), &object.kind),
    };
    Ok((object, state))
}

/// The worst health of all objects.
fn summary(digest: Option<String>, findings: &[Finding]) -> WorkloadState {
    let state = |placed, health, reason, message| WorkloadState {
        placed,
        health,
        reason,
        message,
        engine_ref: None,
    };
    if let Some((object, _)) = findings.iter().find(|(_, state)| state.is_none()) {
        let message = format!("{object} is missing and will be placed again.");
        return state(None, Health::Progressing, Reason::ObjectMissing, message);
    }
    if digest.is_none() {
        let message = "Its objects are being placed.".to_owned();
        return state(None, Health::Progressing, Reason::Placing, message);
    }
    let states = findings.iter().filter_map(|(object, state)| Some((object, state.as_ref()?)));
    let troubled = states.filter(|(_, state)| state.health != Health::Healthy);
    // The first degraded object, else the first progressing one.
    match troubled.min_by_key(|(_, state)| state.health != Health::Degraded) {
        Some((object, worst)) => {
            let message = format!("{} {}: {}", object.kind, object.name, worst.message);
            state(digest, worst.health, worst.reason, message)
        }
        None => state(digest, Health::Healthy, Reason::Running, running(findings.len())),
    }
}

fn running(count: usize) -> String {
    match count {
        1 => "Its object is healthy.".into(),
        count => format!("All {count} objects are healthy."),
    }
}
