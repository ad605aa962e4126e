//! Condition `PoolHealthy`: whether a pool can be kept at its size, and why not.

use std::time::Duration;

use jiff::Timestamp;
use ledger::timestamps::{later, text};
use resources::Reason;

use super::{Census, InFlight, Member, PoolMove, PoolPolicy, Standing};
use crate::{Ready, RequeueAfter, sooner, until};

/// How long the deletion of a member may take before the condition names the member.
const DELETION_TIMEOUT: Duration = Duration::from_mins(1);
/// How many members the condition names.
const MAX_NAMED: usize = 3;

/// The content of condition `PoolHealthy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolHealth {
    /// The content of the condition.
    pub condition: Ready,
    /// When it may change without an event.
    pub requeue_after: RequeueAfter,
}

/// The health of a pool. `before` is the message of a condition with reason `PoolFailing`: it
/// stays while the failed member is replaced.
#[must_use]
pub fn health(
    policy: &PoolPolicy,
    census: &Census,
    in_flight: &InFlight,
    decided: &PoolMove,
    before: Option<&str>,
    now: Timestamp,
) -> PoolHealth {
    let (stuck, requeue_after) = stuck(census, decided, now);
    let condition = failing(census, in_flight, before)
        .or_else(|| blocked(policy, &stuck))
        .unwrap_or_else(|| Ready::yes(Reason::PoolMaintained, "The pool is kept at its size."));
    PoolHealth { condition, requeue_after }
}

/// A failed member while no current one is ready.
fn failing(census: &Census, in_flight: &InFlight, before: Option<&str>) -> Option<Ready> {
    if census.count(|it| it.is_current_and(Standing::is_ready)) > 0 {
        return None;
    }
    let is_failed = |it: &&Member| it.is_current_and(Standing::is_failed);
    let failed = census.members().filter(is_failed).min_by_key(|it| (it.created, &it.name));
    let message = match (failed, before) {
        (Some(failed), _) => {
            let outdated = census.count(|it| !it.is_current && it.standing.is_ready());
            let kept = match outdated {
                0 => String::new(),
                1 => " One ready member from before the last edit stays.".to_owned(),
                many => format!(" {many} ready members from before the last edit stay."),
            };
            format!(
                "Member {} failed: {} Members are tried one at a time, with growing pauses, until \
                 one is ready.{kept}",
                failed.name, failed.message
            )
        }
        (None, Some(before)) if in_flight.failures > 0 => before.to_owned(),
        (None, _) => return None,
    };
    Some(Ready::no(Reason::PoolFailing, message))
}

/// The members whose deletion takes too long although others are missing, the first one first; and
/// when there is one more.
fn stuck<'a>(
    census: &'a Census,
    decided: &PoolMove,
    now: Timestamp,
) -> (Vec<(Timestamp, &'a Member)>, RequeueAfter) {
    if decided.without_place == 0 {
        return (Vec::new(), None);
    }
    let (mut stuck, mut requeue_after) = (Vec::new(), None);
    for member in census.members() {
        let Standing::Terminating { since } = member.standing else { continue };
        let due = later(since, DELETION_TIMEOUT);
        if due <= now {
            stuck.push((since, member));
        } else {
            requeue_after = sooner(requeue_after, Some(until(due, now)));
        }
    }
    stuck.sort_by_key(|(since, member)| (*since, member.name.clone()));
    (stuck, requeue_after)
}

fn blocked(policy: &PoolPolicy, stuck: &[(Timestamp, &Member)]) -> Option<Ready> {
    let (since, first) = stuck.first()?;
    let names: Vec<&str> =
        stuck.iter().take(MAX_NAMED).map(|(_, member)| member.name.as_str()).collect();
    let others = match stuck.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "{} of {} places (pool.maxSize) are taken by members that are being deleted: {}{others}. \
         {} is being deleted since {}: {}",
        stuck.len(),
        policy.max_size,
        names.join(", "),
        first.name,
        text(*since),
        first.message
    );
    Some(Ready::no(Reason::PoolBlocked, message))
}

#[cfg(test)]
mod tests;
