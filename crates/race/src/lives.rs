//! The lives of the environments, as a watch on the API server shows them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use futures::StreamExt as _;
use jiff::Timestamp;
use kube::{
    Api, Client, ResourceExt as _,
    runtime::{
        WatchStreamExt as _,
        watcher::{self, Event, watcher},
    },
};
use resources::{DployInstance, meta};
use tokio_util::task::AbortOnDropHandle;

/// The life of one environment or pool member.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    /// Eight hexadecimal digits.
    pub(crate) uuid: String,
    /// The name of the template.
    pub(crate) template: String,
    /// All owners that it ever had.
    pub(crate) owners: BTreeSet<String>,
    /// The last deadline.
    pub(crate) deadline: Option<Timestamp>,
    /// The number of extensions; `None` if it is not known.
    pub(crate) extensions: Option<u64>,
    /// When it began to be deleted, or was seen to be gone; with the wall time.
    pub(crate) ended: Option<(Instant, Timestamp)>,
    /// Whether it is a void instance, which nobody has.
    pub(crate) is_void: bool,
    /// Its states, each with the time at which it was first seen.
    pub(crate) changes: Vec<(Instant, String)>,
}

impl Life {
    /// Whether it is somebody's and counts against the quota.
    fn counts(&self) -> bool {
        !self.owners.is_empty() && self.ended.is_none() && !self.is_void
    }

    /// Whether its deadline has passed at `time`.
    pub(crate) fn has_expired_at(&self, time: Timestamp) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= time)
    }
}

/// The name of an instance and, as a void instance has the name of another, its uid.
type Key = (String, String);

/// The lives so far, and the largest counts of what lived at the same time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lives {
    lives: BTreeMap<Key, Life>,
    /// The templates of the living ones, by owner.
    by_owner: BTreeMap<String, BTreeMap<Key, String>>,
    /// The largest number of simultaneous environments, by owner.
    pub(crate) most: BTreeMap<String, usize>,
    /// Owners and templates with several environments at the same time.
    pub(crate) twins: BTreeSet<(String, String)>,
}

impl Lives {
    /// All lives.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Life> {
        self.lives.values()
    }

    /// Adds a life that nobody watched.
    pub(crate) fn add(&mut self, life: Life) {
        let key = (life.uuid.clone(), String::new());
        self.lives.insert(key.clone(), life);
        self.count(&key);
    }

    fn see(&mut self, instance: &DployInstance, is_gone: bool, now: Timestamp) {
        let key = key(instance);
        let life = self.lives.entry(key.clone()).or_default();
        life.uuid = instance.spec.uuid.clone().unwrap_or_default();
        life.template.clone_from(&instance.spec.template_ref);
        life.deadline = instance.spec.expires_at.as_ref().map(|time| time.0);
        life.is_void = instance.labels().contains_key(meta::VOID);
        let count = instance.annotations().get(meta::EXTEND_COUNT);
        life.extensions = Some(count.and_then(|count| count.parse().ok()).unwrap_or_default());
        if !instance.spec.owner.is_empty() {
            life.owners.insert(instance.spec.owner.clone());
        }
        let state = state(instance, is_gone);
        if life.changes.last().is_none_or(|(_, last)| *last != state) {
            life.changes.push((Instant::now(), state));
        }
        if is_gone || instance.metadata.deletion_timestamp.is_some() {
            life.ended.get_or_insert((Instant::now(), now));
        }
        self.count(&key);
    }

    /// Ends the lives that a new list does not show: they ended while the watch was down.
    fn end_others(&mut self, listed: &BTreeSet<Key>, now: Timestamp) {
        let living =
            self.lives.iter().filter(|(key, it)| it.ended.is_none() && !listed.contains(key));
        let missed: Vec<Key> = living.map(|(key, _)| key.clone()).collect();
        for key in missed {
            if let Some(life) = self.lives.get_mut(&key) {
                life.ended = Some((Instant::now(), now));
                // Nobody saw its last state.
                life.extensions = None;
                life.changes.push((Instant::now(), format!("{} is not listed any more", key.0)));
            }
            self.count(&key);
        }
    }

    /// Updates what lives at the same time.
    fn count(&mut self, key: &Key) {
        let Some(life) = self.lives.get(key) else { return };
        for owner in &life.owners {
            let living = self.by_owner.entry(owner.clone()).or_default();
            if !life.counts() {
                living.remove(key);
                continue;
            }
            living.insert(key.clone(), life.template.clone());
            let most = self.most.entry(owner.clone()).or_default();
            *most = living.len().max(*most);
            if living.values().filter(|template| **template == life.template).count() > 1 {
                self.twins.insert((owner.clone(), life.template.clone()));
            }
        }
    }
}

fn key(instance: &DployInstance) -> Key {
    (instance.name_any(), instance.uid().unwrap_or_default())
}

/// What matters of an instance, as text.
fn state(instance: &DployInstance, is_gone: bool) -> String {
    let owner = match instance.spec.owner.as_str() {
        "" => "nobody",
        owner => owner,
    };
    let end = match (is_gone, instance.metadata.deletion_timestamp.is_some()) {
        (true, _) => ", gone",
        (false, true) => ", deleting",
        (false, false) => "",
    };
    let void = if instance.labels().contains_key(meta::VOID) { ", void" } else { "" };
    let count = instance.annotations().get(meta::EXTEND_COUNT).map_or("0", String::as_str);
    format!("{} of {owner}, {count} extensions{void}{end}", instance.name_any())
}

/// A watch of the instances of a namespace. It stops on drop.
pub(crate) struct LifeWatch {
    lives: Arc<Mutex<Lives>>,
    _task: AbortOnDropHandle<()>,
}

impl LifeWatch {
    /// Starts a watch, directly at the API server.
    pub(crate) fn start(client: Client, namespace: &str, clock: clock::SharedClock) -> Self {
        let lives = Arc::<Mutex<Lives>>::default();
        let api = Api::namespaced(client, namespace);
        let task = tokio::spawn(follow(api, Arc::clone(&lives), clock));
        Self { lives, _task: AbortOnDropHandle::new(task) }
    }

    /// What was seen so far.
    pub(crate) fn lives(&self) -> Lives {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn follow(api: Api<DployInstance>, lives: Arc<Mutex<Lives>>, clock: clock::SharedClock) {
    let mut events = watcher(api, watcher::Config::default()).default_backoff().boxed();
    let mut listed = BTreeSet::new();
    while let Some(event) = events.next().await {
        let mut lives = lives.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Ok(Event::Init) => listed.clear(),
            Ok(Event::InitApply(instance)) => {
                lives.see(&instance, false, clock.now());
                listed.insert(key(&instance));
            }
            Ok(Event::InitDone) => lives.end_others(&listed, clock.now()),
            Ok(Event::Apply(instance)) => lives.see(&instance, false, clock.now()),
            Ok(Event::Delete(instance)) => lives.see(&instance, true, clock.now()),
            Err(error) => {
                tracing::warn!(%error, "the watch of the instances failed and is restarted")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(uuid: &str, template: &str) -> Life {
        Life {
            uuid: uuid.into(),
            template: template.into(),
            owners: ["ada".to_owned()].into(),
            ..Life::default()
        }
    }

    #[test]
    fn what_lives_at_the_same_time_is_counted() {
        let mut lives = Lives::default();
        lives.add(life("1", "desk"));
        lives.add(life("2", "lab"));
        assert_eq!((lives.most["ada"], lives.twins.len()), (2, 0));
        let end = (Instant::now(), Timestamp::UNIX_EPOCH);
        lives.add(Life { ended: Some(end), ..life("1", "desk") });
        lives.add(life("3", "desk"));
        assert_eq!((lives.most["ada"], lives.twins.len()), (2, 0));
        lives.add(life("4", "desk"));
        assert_eq!((lives.most["ada"], lives.twins.len()), (3, 1));
    }

    #[test]
    fn what_a_new_list_does_not_show_has_ended() {
        let mut lives = Lives::default();
        lives.add(life("1", "desk"));
        lives.add(life("2", "lab"));
        let listed = [("2".to_owned(), String::new())].into();
        lives.end_others(&listed, Timestamp::UNIX_EPOCH);
        let ended: Vec<_> = lives.all().map(|life| life.ended.is_some()).collect();
        assert_eq!(ended, [true, false]);
        lives.add(life("3", "desk"));
        assert_eq!((lives.most["ada"], lives.twins.len()), (2, 0));
    }
}
