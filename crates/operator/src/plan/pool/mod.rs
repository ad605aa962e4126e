//! How many members a warm pool should gain or lose. Arithmetic, and the memory of what we asked for.

mod census;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use resources::{DployTemplate, Method};

use super::{LookAgain, after, sooner, until};
pub(crate) use census::{Census, Member, Standing};

/// The pause before the first replacement of a failed member; it doubles with each failure in a row.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// What the template asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolPolicy {
    /// How many unclaimed members to keep; none where the template is disabled or no pool.
    pub(crate) size: usize,
    /// How many members there may be, claimed ones too.
    pub(crate) max_size: usize,
    /// Whether a claimed member is replaced at once; else it keeps its place until it is gone.
    pub(crate) recycle: bool,
}

impl PoolPolicy {
    /// The policy of a template that can be launched, or not.
    pub(crate) fn of(template: &DployTemplate, launchable: bool) -> Self {
        let pool = template.spec.pool.filter(|_| template.spec.method == Method::Pool);
        let Some(pool) = pool.filter(|_| launchable) else {
            return Self { size: 0, max_size: usize::MAX, recycle: true };
        };
        let cap = |size: u32| if size == 0 { usize::MAX } else { size as usize };
        Self { size: pool.size as usize, max_size: cap(pool.max_size), recycle: pool.recycle }
    }
}

/// What we asked for and the watch has not shown yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InFlight {
    /// How many members were created.
    pub(crate) creating: usize,
    /// The members whose deletion was accepted.
    pub(crate) removing: BTreeSet<String>,
    /// How many members failed since one became ready.
    pub(crate) failures: u32,
}

/// What to do now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PoolMove {
    /// How many members to create.
    pub(crate) create: usize,
    /// The members to delete, each on the version that was seen.
    pub(crate) remove: Vec<String>,
    /// When to look again.
    pub(crate) look_again: LookAgain,
}

/// How many members to create and which to delete now.
pub(crate) fn balance(
    policy: &PoolPolicy,
    census: &Census,
    in_flight: &InFlight,
    now: Timestamp,
) -> PoolMove {
    let census = census.without(&in_flight.removing);
    let claimed = census.count(|it| it.standing == Standing::Claimed);
    let taken = if policy.recycle { 0 } else { claimed };
    let desired = policy.size.saturating_sub(taken).min(policy.max_size.saturating_sub(claimed));
    let mut leaving = Leaving { census: &census, remove: Vec::new() };
    let look_again = leaving.failed(pause(in_flight.failures), now, desired == 0);
    leaving.outdated(desired);
    leaving.surplus(desired, in_flight.creating);
    let room = policy
        .max_size
        .saturating_sub(census.len() + in_flight.removing.len() + in_flight.creating);
    let create = wanted(&census, desired, in_flight.creating);
    if create > 0 && room == 0 {
        leaving.make_room();
    }
    PoolMove { create: create.min(room), remove: leaving.remove, look_again }
}

/// How many current members are missing. While no current one has proved itself, old ones are replaced one at a time.
fn wanted(census: &Census, desired: usize, creating: usize) -> usize {
    let starting = census.count(|it| it.is_current_and(Standing::is_starting)) + creating;
    let ready = census.count(|it| it.is_current_and(Standing::is_ready));
    let failed = census.count(|it| it.is_current_and(Standing::is_failed));
    let missing = desired.saturating_sub(starting + ready + failed);
    let unproven = ready == 0 && census.count(|it| !it.current && it.standing.is_ready()) > 0;
    if unproven { missing.min(1_usize.saturating_sub(starting + failed)) } else { missing }
}

fn pause(failures: u32) -> SignedDuration {
    let doubled = 1_i32 << failures.saturating_sub(1).min(10);
    (SHORTEST_PAUSE * doubled).min(LONGEST_PAUSE)
}

/// Picks the members that go.
struct Leaving<'a> {
    census: &'a Census,
    remove: Vec<String>,
}

impl Leaving<'_> {
    fn stays(&self, member: &Member) -> bool {
        !self.remove.contains(&member.name)
    }

    /// Failed members go after a pause, so that what fails at once does not fail in a loop.
    fn failed(&mut self, pause: SignedDuration, now: Timestamp, at_once: bool) -> LookAgain {
        let mut look_again: LookAgain = None;
        for member in self.census.members() {
            let Standing::Failed { since } = member.standing else { continue };
            let over = after(since, pause);
            if at_once || over <= now {
                self.remove.push(member.name.clone());
            } else {
                look_again = sooner(look_again, Some(until(over, now)));
            }
        }
        look_again
    }

    /// Outdated members go as current ones take their place: never before one current member is ready.
    fn outdated(&mut self, desired: usize) {
        let proven = self.census.count(|it| it.is_current_and(Standing::is_ready));
        if proven == 0 || desired == 0 {
            return;
        }
        let outdated = |it: &&Member| !it.current && it.standing.is_unclaimed();
        let ready = self.census.members().filter(outdated).filter(|it| it.standing.is_ready());
        let ready: Vec<&Member> = ready.collect();
        let others = self.census.members().filter(outdated).filter(|it| !it.standing.is_ready());
        let spare = (proven + ready.len()).saturating_sub(desired).min(ready.len());
        let gone = others.chain(ready.into_iter().take(spare)).filter(|it| self.stays(it));
        let gone: Vec<String> = gone.map(|it| it.name.clone()).collect();
        self.remove.extend(gone);
    }

    /// More than the template asks for: what starts goes first, then the newest.
    fn surplus(&mut self, desired: usize, creating: usize) {
        let unclaimed = |it: &&Member| it.standing.is_unclaimed() && !it.standing.is_failed();
        let counted = |it: &&Member| desired == 0 || it.current;
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

    /// The cap leaves no room for a current member: one outdated member makes some.
    fn make_room(&mut self) {
        let moving =
            !self.remove.is_empty() || self.census.count(|it| it.standing == Standing::Leaving) > 0;
        let mut outdated: Vec<&Member> =
            self.census.members().filter(|it| !it.current && it.standing.is_unclaimed()).collect();
        outdated.sort_by_key(|it| (it.standing.is_ready(), it.created));
        if let (false, Some(oldest)) = (moving, outdated.first()) {
            self.remove.push(oldest.name.clone());
        }
    }
}

#[cfg(test)]
mod tests;
