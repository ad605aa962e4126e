//! How long the members of a pool take to start.

use ledger::{claim::is_warm, timestamps::created_at};
use resources::DployInstance;

use crate::ready_condition;

/// The median of the times that the members took which are ready now, in seconds. `None` without
/// such a member.
pub fn start_seconds<'a>(members: impl IntoIterator<Item = &'a DployInstance>) -> Option<u32> {
    let warm = members.into_iter().filter(|it| is_warm(it));
    let mut times: Vec<u32> = warm.filter_map(seconds).collect();
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied()
}

fn seconds(member: &DployInstance) -> Option<u32> {
    let ready = ready_condition(&member.status.as_ref()?.conditions)?;
    let took = ready.last_transition_time.0.duration_since(created_at(member)?);
    u32::try_from(took.as_secs().max(0)).ok()
}

/// The value to show: the known one, unless the observed one differs by more than a fifth and by
/// more than a second. Small changes are not worth a write.
#[must_use]
pub fn noticeable(known: Option<u32>, observed: Option<u32>) -> Option<u32> {
    let (Some(before), Some(after)) = (known, observed) else { return observed.or(known) };
    let differs = before.abs_diff(after) > (before / 5).max(1);
    Some(if differs { after } else { before })
}

#[cfg(test)]
mod tests;
