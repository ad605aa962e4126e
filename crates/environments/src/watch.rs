//! Watch: the caller's list now and after every change.

use std::{
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::{Stream, stream};
use jiff::Timestamp;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::sleep,
};
use wire::{Environment, EnvironmentList};

use crate::{
    Caller, Part, Refusal,
    cache::ListChange,
    features::require,
    list::list_now,
    metrics::{Metrics, StreamClient},
    owners::{Owners, owners_of},
    ports::Reads,
};

/// How long changes are collected before a list is sent.
const COALESCE_WINDOW: Duration = Duration::from_millis(40);
/// The longest sleep between two looks at the deadlines.
const MAX_SLEEP: Duration = Duration::from_secs(3_600);

/// How often the list of an owner who waits in a queue is looked at: the estimate changes without
/// any write.
const ESTIMATE_REFRESH: Duration = Duration::from_secs(30);

/// A stream of lists: the first at once, then one after every change of the caller's environments.
pub type EnvironmentStream = Pin<Box<dyn Stream<Item = EnvironmentList> + Send>>;

/// One open event stream.
struct Watch {
    /// Weak: an open stream alone does not keep the watches of the cache running.
    reads: Weak<Reads>,
    caller: Caller,
    changes: Receiver<ListChange>,
    sent: Option<EnvironmentList>,
    _counted: StreamClient,
}

/// The list now, and after every change of the caller's environments. Binds the caller's owner key
/// first if instances carry it.
pub(crate) async fn watch(
    reads: &Arc<Reads>,
    owners: Owners<'_>,
    metrics: &Metrics,
    caller: &Caller,
) -> Result<EnvironmentStream, Refusal> {
    require(reads, Part::List)?;
    reads.filled().await?;
    owners.inherit(caller).await?;
    let watch = Watch {
        reads: Arc::downgrade(reads),
        caller: caller.clone(),
        changes: reads.cache.changes(),
        sent: None,
        _counted: metrics.stream_client(),
    };
    Ok(Box::pin(stream::unfold(watch, Watch::next)))
}

impl Watch {
    async fn next(mut self) -> Option<(EnvironmentList, Self)> {
        loop {
            if self.sent.is_some() {
                self.changed().await?;
            }
            let list = list_now(&*self.reads.upgrade()?, &self.caller);
            if self.sent.as_ref().is_none_or(|sent| !is_same(sent, &list)) {
                self.sent = Some(list.clone());
                return Some((list, self));
            }
        }
    }

    /// Waits for a change that may concern the caller or for a deadline, then collects further
    /// changes for a moment. `None` when the server ends.
    async fn changed(&mut self) -> Option<()> {
        let deadline = sleep(self.until_next_deadline()?);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                biased;
                () = &mut deadline => return Some(()),
                change = self.changes.recv() => match change {
                    Ok(change) if !self.concerns(&change)? => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
        sleep(COALESCE_WINDOW).await;
        // The next list is newer than every change collected so far.
        self.changes = self.changes.resubscribe();
        Some(())
    }

    fn concerns(&self, change: &ListChange) -> Option<bool> {
        let reads = self.reads.upgrade()?;
        Some(match change {
            ListChange::Owner(key) => {
                owners_of(&reads, &self.caller).iter().any(|owner| *owner.key == **key)
            }
            ListChange::Queue(template) => self.waiting().any(|it| *it.name == **template),
            ListChange::Everyone => true,
        })
    }

    /// The environments in the list that wait in a queue.
    fn waiting(&self) -> impl Iterator<Item = &Environment> {
        let listed = self.sent.iter().flat_map(|list| &list.environments);
        listed.filter(|it| it.position > 0)
    }

    /// The time until the next deadline in the list. An expired environment changes its status
    /// without any write.
    fn until_next_deadline(&self) -> Option<Duration> {
        let now = self.reads.upgrade()?.now();
        let listed = self.sent.iter().flat_map(|list| &list.environments);
        let deadlines = listed.filter_map(|it| it.expires_at.parse::<Timestamp>().ok());
        let next = deadlines.filter(|deadline| *deadline > now).min();
        let pause = next.and_then(|deadline| Duration::try_from(deadline.duration_since(now)).ok());
        let longest = if self.waiting().next().is_some() { ESTIMATE_REFRESH } else { MAX_SLEEP };
        Some(pause.unwrap_or(longest).min(longest))
    }
}

/// Whether two lists differ only in the time of the answer.
fn is_same(sent: &EnvironmentList, list: &EnvironmentList) -> bool {
    let EnvironmentList { environments, count, limit, used, now: _, out_of_date_since } = list;
    (&sent.environments, &sent.count, &sent.limit, &sent.used) == (environments, count, limit, used)
        && sent.out_of_date_since.is_empty() == out_of_date_since.is_empty()
}
