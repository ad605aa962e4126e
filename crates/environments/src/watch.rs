//! The caller's list now and at every change.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use futures::stream;
use jiff::Timestamp;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::sleep,
};
use wire::EnvironmentList;

use crate::{Caller, EnvironmentStream, Refusal, cache::Change, measures::Counted, room::Room};

/// How long changes are gathered before the list is sent.
const GATHER: Duration = Duration::from_millis(40);
/// How long to sleep where nothing ends by itself.
const LONG: Duration = Duration::from_secs(3_600);

/// One listener.
struct Listener {
    /// Weak: a listener alone does not keep a server going.
    room: Weak<Room>,
    caller: Caller,
    changes: Receiver<Change>,
    sent: Option<EnvironmentList>,
    _counted: Counted,
}

impl Room {
    /// The list now and at every change of what the caller owns.
    pub(crate) async fn watch(
        self: &Arc<Self>,
        caller: &Caller,
    ) -> Result<EnvironmentStream, Refusal> {
        self.filled().await?;
        self.inherit(caller).await?;
        let listener = Listener {
            room: Arc::downgrade(self),
            caller: caller.clone(),
            changes: self.cache.changes(),
            sent: None,
            _counted: self.measures.stream_client(),
        };
        Ok(Box::pin(stream::unfold(listener, Listener::next)))
    }
}

impl Listener {
    async fn next(mut self) -> Option<(EnvironmentList, Self)> {
        loop {
            if self.sent.is_some() {
                self.something_happens().await?;
            }
            let list = self.room.upgrade()?.list_now(&self.caller);
            if self.sent.as_ref().is_none_or(|sent| !is_same(sent, &list)) {
                self.sent = Some(list.clone());
                return Some((list, self));
            }
        }
    }

    /// Waits for a change that may concern this caller, or for a deadline; then gathers what comes with it.
    async fn something_happens(&mut self) -> Option<()> {
        let deadline = sleep(self.until_next_deadline()?);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                () = &mut deadline => return Some(()),
                change = self.changes.recv() => match change {
                    Ok(change) if !self.concerns(&change)? => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
        sleep(GATHER).await;
        // What is read below is newer than everything gathered so far.
        self.changes = self.changes.resubscribe();
        Some(())
    }

    fn concerns(&self, change: &Change) -> Option<bool> {
        let Change::Owner(key) = change else { return Some(true) };
        let room = self.room.upgrade()?;
        Some(room.owners_of(&self.caller).iter().any(|owner| *owner.key == **key))
    }

    /// An environment whose time is up is shown as such without anybody writing anything.
    fn until_next_deadline(&self) -> Option<Duration> {
        let now = self.room.upgrade()?.clock.now();
        let listed = self.sent.iter().flat_map(|list| &list.environments);
        let deadlines = listed.filter_map(|it| it.expires_at.parse::<Timestamp>().ok());
        let next = deadlines.filter(|deadline| *deadline > now).min();
        let pause = next.and_then(|deadline| Duration::try_from(deadline.duration_since(now)).ok());
        Some(pause.unwrap_or(LONG).min(LONG))
    }
}

/// Whether two lists differ in nothing but the time of the answer.
fn is_same(sent: &EnvironmentList, list: &EnvironmentList) -> bool {
    let EnvironmentList { environments, count, limit, used, now: _ } = list;
    (&sent.environments, &sent.count, &sent.limit, &sent.used) == (environments, count, limit, used)
}
