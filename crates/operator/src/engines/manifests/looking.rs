//! How the objects of an order are.

use futures::stream::{self, StreamExt, TryStreamExt};
use kube::Client;
use resources::Health;

use super::{
    health,
    inventory::{self, Contents},
    kinds::{Kinds, Unknown},
    object::ObjectRef,
};
use crate::engines::{EngineError, Look, OrderRef, state::State};

/// How many objects of an order are read at once.
const AT_ONCE: usize = 8;

/// An object that was placed, and how it is; `None`: it is not there.
type Finding = (ObjectRef, Option<State>);

/// What was found of an order, and the objects that it was asked for.
pub(super) async fn look(
    client: &Client,
    kinds: &Kinds,
    order: &OrderRef,
) -> Result<(Look, Vec<ObjectRef>), EngineError> {
    let Some(inventory) = inventory::read(client, order).await? else {
        return Ok((Look::nothing(), Vec::new()));
    };
    let Contents { digest, entries } = inventory.contents;
    let staying = entries.into_iter().filter(|entry| !entry.leaving).map(|entry| entry.object);
    let findings: Vec<Finding> = stream::iter(staying)
        .map(|object| find(kinds, object))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let look = summary(digest, &findings);
    let engine_ref = Some(inventory::reference(Some(order.namespace.clone())).to_string());
    let objects = findings.into_iter().map(|(object, _)| object).collect();
    Ok((Look { engine_ref, ..look }, objects))
}

async fn find(kinds: &Kinds, object: ObjectRef) -> Result<Finding, EngineError> {
    let operation = || format!("read {object}");
    let api = match kinds.api(&object).await {
        Ok(api) => api,
        Err(Unknown::NotServed(_)) => return Ok((object, None)),
        Err(cause @ Unknown::Asking(_)) => return Err(EngineError::world(operation(), cause)),
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

/// The worst of all: an environment is as well as its least well object.
fn summary(digest: Option<String>, findings: &[Finding]) -> Look {
    let look = |placed, health, reason, message| Look {
        placed,
        health,
        reason,
        message,
        engine_ref: None,
    };
    if let Some((object, _)) = findings.iter().find(|(_, state)| state.is_none()) {
        let message = format!("{object} is missing and will be placed again.");
        return look(None, Health::Progressing, "ObjectMissing", message);
    }
    if digest.is_none() {
        let message = "Its objects are being placed.".to_owned();
        return look(None, Health::Progressing, "Placing", message);
    }
    let states = findings.iter().filter_map(|(object, state)| Some((object, state.as_ref()?)));
    let troubled = states.filter(|(_, state)| state.health != Health::Healthy);
    // The first one that is degraded, else the first that makes progress.
    match troubled.min_by_key(|(_, state)| state.health != Health::Degraded) {
        Some((object, state)) => {
            let message = format!("{} {}: {}", object.kind, object.name, state.message);
            look(digest, state.health, state.reason, message)
        }
        None => look(digest, Health::Healthy, "Running", running(findings.len())),
    }
}

fn running(count: usize) -> String {
    match count {
        1 => "Its object is healthy.".into(),
        count => format!("All {count} objects are healthy."),
    }
}
