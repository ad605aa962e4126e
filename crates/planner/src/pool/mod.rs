//! How many members a warm pool gains or loses: arithmetic, and the memory of writes that the watch
//! has not shown yet.

mod census;
mod health;
mod memory;
mod queue;
mod served;
mod start;

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use ledger::timestamps::later;
use resources::{DployTemplate, Method};

use crate::{RequeueAfter, sooner, until};
pub use census::{Census, Member, Standing};
pub use health::{PoolHealth, health};
pub use memory::PoolMemory;
pub use queue::{Assignment, Place, Queue, QueueMove, serve};
pub use served::{Served, ServedMemory};
pub use start::{noticeable, start_seconds};

/// The pause before the first replacement of a failed member; it doubles with each failure in a
/// row.
const MIN_REPLACEMENT_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const MAX_REPLACEMENT_PAUSE: Duration = Duration::from_mins(5);

/// The pool that a template asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolPolicy {
    /// How many unclaimed members to keep; 0 for a template that is disabled or has no pool.
    pub size: usize,
    /// How many members there may be, claimed ones too.
    pub max_size: usize,
    /// Whether a claimed member is replaced at once. If not, it is replaced once it is gone.
    pub recycle: bool,
}

impl PoolPolicy {
    /// The policy of a template, which is `launchable` or not.
    #[must_use]
    pub fn of(template: &DployTemplate, launchable: bool) -> Self {
        let pool = template.spec.pool.filter(|_| template.spec.method == Method::Pool);
        let Some(pool) = pool.filter(|_| launchable) else {
            return Self { size: 0, max_size: usize::MAX, recycle: true };
        };
        let cap = |size: u32| if size == 0 { usize::MAX } else { size as usize };
        Self { size: pool.size as usize, max_size: cap(pool.max_size), recycle: pool.recycle }
    }
}

/// Writes that the watch has not shown yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InFlight {
    /// How many members were created.
    pub creating: usize,
    /// The members whose deletion was accepted.
    pub removing: BTreeSet<String>,
    /// How many members failed since one became ready.
    pub failures: u32,
}

/// The decision about a pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolMove {
    /// How many members to create.
    pub create: usize,
    /// How many members are missing besides, for which `maxSize` leaves no place.
    pub without_place: usize,
    /// The members to delete, each on the version that was seen.
    pub remove: Vec<String>,
    /// When to reconcile again.
    pub requeue_after: RequeueAfter,
}

/// Decides how many members to create and which to delete now.
#[must_use]
pub fn balance(
    policy: &PoolPolicy,
    census: &Census,
    in_flight: &InFlight,
    now: Timestamp,
) -> PoolMove {
    let census = census.without(&in_flight.removing);
    let claimed = census.count(|it| it.standing == Standing::Claimed);
    let taken = if policy.recycle { 0 } else { claimed };
    let desired = policy.size.saturating_sub(taken).min(policy.max_size.saturating_sub(claimed));
    let mut removal = Removal { census: &census, remove: Vec::new() };
    let requeue_after = removal.failed(pause(in_flight.failures), now, desired == 0);
    removal.outdated(desired);
    removal.surplus(desired, in_flight.creating);
    removal.excess(policy.max_size.saturating_sub(in_flight.creating));
    let room = policy
        .max_size
        .saturating_sub(census.len() + in_flight.removing.len() + in_flight.creating);
    let wanted = wanted(&census, desired, in_flight);
    if wanted > 0 && room == 0 {
        removal.make_room();
    }
    PoolMove {
        create: wanted.min(room),
        without_place: wanted.saturating_sub(room),
        remove: removal.remove,
        requeue_after,
    }
}

/// How many current members are missing. Until a current member is ready, they are created one at
/// a time if outdated ones are ready meanwhile, or if one has failed: an edit that breaks the
/// template costs one member.
fn wanted(census: &Census, desired: usize, in_flight: &InFlight) -> usize {
    let InFlight { creating, failures, .. } = *in_flight;
    let starting = census.count(|it| it.is_current_and(Standing::is_starting)) + creating;
    let ready = census.count(|it| it.is_current_and(Standing::is_ready));
    let failed = census.count(|it| it.is_current_and(Standing::is_failed));
    let missing = desired.saturating_sub(starting + ready + failed);
    let serves = census.count(|it| !it.is_current && it.standing.is_ready()) > 0;
    let unproven = ready == 0 && (serves || failed > 0 || failures > 0);
    if unproven { missing.min(1_usize.saturating_sub(starting + failed)) } else { missing }
}

fn pause(failures: u32) -> Duration {
    let doubled = 1_u32 << failures.saturating_sub(1).min(10);
    (MIN_REPLACEMENT_PAUSE * doubled).min(MAX_REPLACEMENT_PAUSE)
}

/// Picks the members to delete.
struct Removal<'a> {
    census: &'a Census,
    remove: Vec<String>,
}

impl Removal<'_> {
    fn stays(&self, member: &Member) -> bool {
        !self.remove.contains(&member.name)
    }

    /// Failed members go after a pause, so that a template that fails at once does not cause a
    /// loop.
    fn failed(&mut self, pause: Duration, now: Timestamp, without_pause: bool) -> RequeueAfter {
        let mut requeue_after: RequeueAfter = None;
        for member in self.census.members() {
            let Standing::Failed { since } = member.standing else { continue };
            let over = later(since, pause);
            if without_pause || over <= now {
                self.remove.push(member.name.clone());
            } else {
                requeue_after = sooner(requeue_after, Some(until(over, now)));
            }
        }
        requeue_after
    }

    /// Outdated members go as current ones replace them, and never before one current member is
    /// ready.
    fn outdated(&mut self, desired: usize) {
        let proven = self.census.count(|it| it.is_current_and(Standing::is_ready));
        if proven == 0 || desired == 0 {
            return;
        }
        let outdated = |it: &&Member| !it.is_current && it.standing.is_unclaimed();
        let ready = self.census.members().filter(outdated).filter(|it| it.standing.is_ready());
        let ready: Vec<&Member> = ready.collect();
        let others = self.census.members().filter(outdated).filter(|it| !it.standing.is_ready());
        let spare = (proven + ready.len()).saturating_sub(desired).min(ready.len());
        let gone = others.chain(ready.into_iter().take(spare)).filter(|it| self.stays(it));
        let gone: Vec<String> = gone.map(|it| it.name.clone()).collect();
        self.remove.extend(gone);
    }

    /// Members beyond the wanted size go: starting ones first, then the newest.
    fn surplus(&mut self, desired: usize, creating: usize) {
        let unclaimed = |it: &&Member| it.standing.is_unclaimed() && !it.standing.is_failed();
        let counted = |it: &&Member| desired == 0 || it.is_current;
        let mut staying: Vec<&Member> = self
            .census
            .members()
            .filter(unclaimed)
            .filter(counted)
            .filter(|it| self.stays(it))
            .collect();
        staying.sort_by_key(|it| (it.standing.is_ready(), std::cmp::Reverse(it.created)));
        let surplus = (staying.len() + creating).saturating_sub(desired);
        let gone: Vec<String> =
            staying.into_iter().take(surplus).map(|it| it.name.clone()).collect();
        self.remove.extend(gone);
    }

    /// Unclaimed members go while there are more members than `max_size`, after a creation that
    /// took effect late or an edit: failed ones first, then outdated ones, the oldest first.
    fn excess(&mut self, max_size: usize) {
        let present = |it: &&Member| !it.standing.is_terminating() && self.stays(it);
        let count = self.census.members().filter(present).count();
        let mut unclaimed: Vec<&Member> =
            self.census.members().filter(present).filter(|it| it.standing.is_unclaimed()).collect();
        unclaimed.sort_by_key(|it| {
            (!it.standing.is_failed(), it.is_current, it.standing.is_ready(), it.created)
        });
        let gone = unclaimed.into_iter().take(count.saturating_sub(max_size));
        let gone: Vec<String> = gone.map(|it| it.name.clone()).collect();
        self.remove.extend(gone);
    }

    /// One outdated member goes if the cap leaves no room for a current one.
    fn make_room(&mut self) {
        let moving =
            !self.remove.is_empty() || self.census.count(|it| it.standing.is_terminating()) > 0;
        let mut outdated: Vec<&Member> = self
            .census
            .members()
            .filter(|it| !it.is_current && it.standing.is_unclaimed())
            .collect();
        outdated.sort_by_key(|it| (it.standing.is_ready(), it.created));
        if let (false, Some(oldest)) = (moving, outdated.first()) {
            self.remove.push(oldest.name.clone());
        }
    }
}

#[cfg(test)]
mod tests;
