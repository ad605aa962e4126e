//! The queue of a pool as this replica's cache shows it: whether a launch has to wait, how long,
//! and when to try again. Only the operator decides who is served (docs/ledger.md, "Queue").

use std::{sync::Arc, time::Duration};

use kube::ResourceExt;
use ledger::{
    forecast::{Forecast, position},
    queue::is_place,
    void::is_void,
};
use resources::{DployInstance, DployTemplate, WhenEmpty};

use crate::{cache::InstanceKey, ports::Reads, views::count};

/// `Retry-After` while it is not known how long a member takes to start.
const DEFAULT_RETRY_AFTER: u32 = 2;
/// The longest `Retry-After`, in seconds. A member may be given up or deleted at any time.
const MAX_RETRY_AFTER: u32 = 300;

/// What a launch does that needs a member of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Claim a warm member.
    Claim,
    /// Take a place in the queue.
    Join,
    /// Refuse.
    Refuse,
}

/// The place of an environment that waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The place in the queue, from 1; 0 for an environment that does not wait.
    pub(crate) position: u32,
    /// How long it probably waits, in seconds; 0 when that is not known.
    pub(crate) expected_seconds: u32,
}

/// Decides how a launch gets a member. Nobody overtakes owners who wait already.
pub(crate) fn entry(reads: &Reads, template: &DployTemplate, has_warm: bool) -> Entry {
    let instances = of_template(reads, &template.name_any());
    let waits = instances.iter().any(|it| is_place(it));
    match when_empty(template) {
        _ if has_warm && !waits => Entry::Claim,
        WhenEmpty::Queue => Entry::Join,
        WhenEmpty::OnDemand if has_room(template, &instances) => Entry::Join,
        WhenEmpty::OnDemand | WhenEmpty::Refuse => Entry::Refuse,
    }
}

/// What the template says about an empty pool.
pub(crate) fn when_empty(template: &DployTemplate) -> WhenEmpty {
    template.spec.pool.map(|pool| pool.when_empty).unwrap_or_default()
}

/// Whether the pool has room for one more member. Those who wait count, because they come first.
fn has_room(template: &DployTemplate, instances: &[Arc<DployInstance>]) -> bool {
    let max_size = template.spec.pool.map_or(0, |pool| pool.max_size as usize);
    let members = instances.iter().filter(|it| it.spec.pooled && !is_void(it)).count();
    max_size == 0 || members < max_size
}

/// The `Retry-After` of a launch that found no member, in seconds.
pub(crate) fn retry_after(reads: &Reads, template: &str) -> u32 {
    let instances = of_template(reads, template);
    let waiting = instances.iter().filter(|it| is_place(it)).count();
    let wait = expected(reads, template, &instances, waiting + 1);
    wait.map_or(DEFAULT_RETRY_AFTER, |wait| seconds(wait).clamp(1, MAX_RETRY_AFTER))
}

/// The place of an instance in the queue of its pool.
pub(crate) fn waiting(reads: &Reads, instance: &DployInstance) -> Waiting {
    if !is_place(instance) {
        return Waiting::default();
    }
    let template = &instance.spec.template_ref;
    let instances = of_template(reads, template);
    let position = position(instance, instances.iter().map(AsRef::as_ref));
    let wait = expected(reads, template, &instances, position);
    Waiting { position: count(position), expected_seconds: wait.map_or(0, seconds) }
}

fn expected(
    reads: &Reads,
    template: &str,
    instances: &[Arc<DployInstance>],
    position: usize,
) -> Option<Duration> {
    let template = reads.cache.templates.get(template)?;
    let ttl = reads.launch_defaults(Some(&template.spec), None).ttl_seconds;
    let instances = instances.iter().map(AsRef::as_ref);
    Forecast::of(&template, ttl, instances, reads.now())?.wait(position, reads.now())
}

fn of_template(reads: &Reads, template: &str) -> Vec<Arc<DployInstance>> {
    reads.cache.instances.find(&InstanceKey::Template(template.to_owned()))
}

fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs()).unwrap_or(u32::MAX)
}
