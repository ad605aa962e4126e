//! The members of all pools at the start of a term. The watch may not have reported the last
//! creations of the term before. A pool that is counted without them becomes too large.

use std::{pin::pin, time::Duration};

use errors::chain;
use futures::StreamExt;
use kube::ResourceExt;
use tokio::time::timeout;

use crate::{context::Context, error::ReconcileError};

/// The pause before the next live list if the watch reports nothing. A member can be deleted before
/// the watch has reported it.
const LIST_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Waits until the watch has reported every member that a live list finds.
pub(crate) async fn all_are_known(context: &Context) {
    // The first event is a resync, which says nothing about the watch.
    let mut events = pin!(context.mirrors.instances.events().skip(1));
    loop {
        match some_are_unknown(context).await {
            Ok(false) => return,
            Ok(true) => tracing::debug!("waiting until the watch reports all members of pools"),
            Err(error) => tracing::warn!("could not list the members of pools: {}", chain(&error)),
        }
        // The list is read again in any case.
        let _ = timeout(LIST_AGAIN_AFTER, events.next()).await;
    }
}

async fn some_are_unknown(context: &Context) -> Result<bool, ReconcileError> {
    let listed = context.reads().pool_members().await?;
    Ok(listed.iter().any(|member| {
        let known = context.mirrors.instances.guarded(&member.name_any());
        known.is_none_or(|known| known.as_ref().uid() != member.uid())
    }))
}
