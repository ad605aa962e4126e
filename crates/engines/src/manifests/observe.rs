//! Observes the objects of an order.

use futures::stream::{self, StreamExt, TryStreamExt};
use resources::{Health, ObjectAddress, OrderRef, Placement, Reason, WorkloadState};

use super::{
    health,
    kinds::{Kinds, Unknown},
};
use crate::{EngineError, state::State, watches::Watches};

/// How many objects of one order are read at the same time.
const MAX_CONCURRENT_READS: usize = 8;

/// A placed object and its health; `None` if it is missing.
pub(super) type Finding = (ObjectAddress, Option<State>);

/// The state of the workload, as the order records it.
pub(super) async fn observe(
    kinds: &Kinds,
    watches: &Watches,
    order: &OrderRef,
) -> Result<WorkloadState, EngineError> {
    if order.placement == Placement::default() {
        return Ok(WorkloadState::absent());
    }
    follow(kinds, watches, order, order.placement.staying()).await;
    let findings: Vec<Finding> = stream::iter(order.placement.staying().cloned())
        .map(|object| find(kinds, watches, order, object))
        .buffered(MAX_CONCURRENT_READS)
        .try_collect()
        .await?;
    Ok(summary(order.placement.clone(), &findings))
}

/// Reports changes of these objects from now on.
pub(super) async fn follow(
    kinds: &Kinds,
    watches: &Watches,
    order: &OrderRef,
    objects: impl Iterator<Item = &ObjectAddress>,
) {
    watches.follow(order);
    for object in objects {
        // A kind that is not served is tried again at the next observation.
        if let Ok(served) = kinds.served(object).await {
            watches.watch(served.resource);
        }
    }
}

async fn find(
    kinds: &Kinds,
    watches: &Watches,
    order: &OrderRef,
    object: ObjectAddress,
) -> Result<Finding, EngineError> {
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
            watches.saw(order, &found.metadata);
            Some(health::of_found(&object, &found)?)
        }
        None => health::of_missing(object.group(), &object.kind),
    };
    Ok((object, state))
}

/// The worst health of all objects.
pub(super) fn summary(placement: Placement, findings: &[Finding]) -> WorkloadState {
    let digest = placement.digest.clone();
    let state = |placed, health, reason, message| WorkloadState {
        placed,
        health,
        reason,
        message,
        engine_ref: None,
        record: Some(placement),
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
