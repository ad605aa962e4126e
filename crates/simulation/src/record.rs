//! A recorder that sees every version of every object in the store.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, pin_mut};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{ListParams, WatchEvent, WatchParams},
};
use ledger::queue::queued_as;
use resources::{DployInstance, DployOwner, DployTemplate, Revision, Seat, meta};
use serde::de::DeserializeOwned;

use crate::{sim_clock::since_start, trace::Trace};

/// One version of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The place among all versions of all instances.
    pub(crate) number: usize,
    pub(crate) at: u64,
    pub(crate) owner: String,
    pub(crate) deadline: Option<u64>,
    pub(crate) extends: i64,
    /// It waits in the queue of a pool.
    pub(crate) is_place: bool,
    pub(crate) is_deleting: bool,
    pub(crate) is_gone: bool,
}

/// All versions of an instance.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) name: String,
    pub(crate) uuid: String,
    pub(crate) template: String,
    pub(crate) is_pooled: bool,
    pub(crate) is_void: bool,
    /// When it was created, in whole seconds as the API server notes it.
    pub(crate) created: u64,
    /// The place that this member was given to the owner of.
    pub(crate) queued_as: Option<String>,
    /// The name of the revision of its template.
    pub(crate) revision: String,
    pub(crate) moments: Vec<Moment>,
}

impl Story {
    /// When it was deleted, or lost its finalizers at once.
    pub(crate) fn ended(&self) -> Option<&Moment> {
        self.moments.iter().find(|it| it.is_deleting || it.is_gone)
    }

    /// Its deletion event, the last version.
    pub(crate) fn gone(&self) -> Option<&Moment> {
        self.moments.iter().find(|it| it.is_gone)
    }

    /// Whether it waited in the queue of a pool.
    pub(crate) fn is_place(&self) -> bool {
        self.moments.iter().any(|it| it.is_place)
    }

    /// The first version with an owner.
    pub(crate) fn owned(&self) -> Option<&Moment> {
        self.moments.iter().find(|it| !it.owner.is_empty())
    }

    /// The last version before that time, or at it.
    pub(crate) fn at(&self, time: u64) -> Option<&Moment> {
        self.moments.iter().rev().find(|it| it.at <= time)
    }
}

/// One version of an owner record.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) at: u64,
    pub(crate) owner: String,
    /// `None`: the record was deleted.
    pub(crate) seats: Option<Vec<Seat>>,
}

impl Ledger {
    /// Whether a seat names the instance.
    pub(crate) fn names(&self, story: &Story) -> bool {
        self.seats.iter().flatten().any(|seat| seat.instance == story.name)
    }
}

/// The namespace of an instance.
#[derive(Debug, Clone)]
pub(crate) struct NamespaceStory {
    /// The name of the instance.
    pub(crate) instance: String,
    pub(crate) created: u64,
    pub(crate) gone: Option<u64>,
}

/// What the recorder has seen.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// By uid.
    pub(crate) stories: BTreeMap<String, Story>,
    pub(crate) ledgers: Vec<Ledger>,
    /// By uid.
    pub(crate) namespaces: BTreeMap<String, NamespaceStory>,
    /// How many seconds an extension adds, by revision.
    extensions: BTreeMap<String, i64>,
    /// The number of versions of instances.
    versions: usize,
    /// The times at which each template had a pool of this size and this limit.
    pub(crate) pools: BTreeMap<String, Vec<(u64, usize, usize)>>,
    /// The versions of each template: when, and whether there is one.
    templates: BTreeMap<String, Vec<(u64, bool)>>,
}

impl Recorded {
    /// The member that its owner got for this place, and when the owner's seat was one of it.
    pub(crate) fn served(&self, place: &Story) -> Option<(&Story, u64)> {
        self.given(place).find_map(|it| Some((it, self.seated_at(it)?)))
    }

    /// The members that the operator gave to the owner of this place.
    pub(crate) fn given(&self, place: &Story) -> impl Iterator<Item = &Story> {
        self.stories.values().filter(|it| it.queued_as.as_ref() == Some(&place.name))
    }

    /// Whether a seat of its owner named the instance at that time.
    pub(crate) fn has_seat(&self, story: &Story, at: u64) -> bool {
        self.seated_since(story, at).is_some()
    }

    /// Since when a seat of its owner had named the instance at that time. `None`: none did.
    pub(crate) fn seated_since(&self, story: &Story, at: u64) -> Option<u64> {
        let owner = story.owned().map(|it| it.owner.as_str());
        let ledgers = self.ledgers.iter().rev();
        let ledgers = ledgers.filter(|it| Some(it.owner.as_str()) == owner && it.at <= at);
        ledgers.take_while(|it| it.names(story)).last().map(|it| it.at)
    }

    /// Whether the admin took the record away while the creation or claim of the instance was on
    /// its way. A later launch then knows of neither its seat nor the instance.
    pub(crate) fn lost_on_the_way(&self, story: &Story) -> bool {
        let Some(owned) = story.owned().filter(|_| story.queued_as.is_none()) else { return false };
        let earlier = self.ledgers.iter().filter(|it| it.owner == owned.owner && it.at <= owned.at);
        let mut after_the_seat = earlier.skip_while(|it| !it.names(story));
        after_the_seat.any(|it| it.seats.is_none()) && !self.has_seat(story, owned.at)
    }

    /// Whether the template did not exist at some time between these two.
    pub(crate) fn lacked_template(&self, template: &str, from: u64, to: u64) -> bool {
        let versions = self.templates.get(template).map(Vec::as_slice).unwrap_or_default();
        versions.iter().enumerate().any(|(number, (begin, exists))| {
            let end = versions.get(number + 1).map_or(u64::MAX, |(at, _)| *at);
            !exists && *begin <= to && end >= from
        })
    }

    /// How many milliseconds an extension of the instance adds.
    pub(crate) fn extension(&self, story: &Story) -> Option<u64> {
        u64::try_from(*self.extensions.get(&story.revision)?).ok().map(|seconds| seconds * 1000)
    }

    /// When a seat named the instance first after it got its owner. A claim that failed named it
    /// earlier.
    pub(crate) fn seated_at(&self, story: &Story) -> Option<u64> {
        let owned = story.owned()?.at;
        let mut later = self.ledgers.iter().filter(|it| it.at >= owned);
        later.find(|it| it.names(story)).map(|it| it.at)
    }
}

/// The recorder.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Recorded>>);

impl Recorder {
    /// Begins to record. The client must reach the store without any trouble.
    pub(crate) fn start(client: &Client, namespace: &str, trace: &Trace) -> Self {
        let recorder = Self::default();
        let (one, two, three) = (recorder.clone(), recorder.clone(), recorder.clone());
        let time = trace.clone();
        follow(Api::namespaced(client.clone(), namespace), move |gone, instance: DployInstance| {
            one.instance(time.now(), gone, &instance);
        });
        let time = trace.clone();
        follow(Api::namespaced(client.clone(), namespace), move |gone, owner: DployOwner| {
            let (at, key) = (time.now(), owner.name_any());
            let seats = (!gone).then(|| owner.status.unwrap_or_default().seats);
            two.seen().ledgers.push(Ledger { at, owner: key, seats });
        });
        let time = trace.clone();
        follow(Api::namespaced(client.clone(), namespace), move |gone, it: DployTemplate| {
            let pool = it.spec.pool.filter(|_| !gone);
            let limit = |size| if size == 0 { usize::MAX } else { size as usize };
            let (size, limit) =
                pool.map_or((0, usize::MAX), |pool| (pool.size as usize, limit(pool.max_size)));
            three.seen().templates.entry(it.name_any()).or_default().push((time.now(), !gone));
            three.seen().pools.entry(it.name_any()).or_default().push((time.now(), size, limit));
        });
        let (four, time) = (recorder.clone(), trace.clone());
        follow(Api::all(client.clone()), move |gone, namespace: Namespace| {
            four.namespace(time.now(), gone, &namespace);
        });
        let five = recorder.clone();
        follow(Api::namespaced(client.clone(), namespace), move |_, it: Revision| {
            five.seen().extensions.insert(it.name_any(), it.data.extend_seconds);
        });
        recorder
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn namespace(&self, at: u64, gone: bool, namespace: &Namespace) {
        let Some(instance) = namespace.labels().get(meta::INSTANCE).cloned() else { return };
        let (mut seen, uid) = (self.seen(), namespace.uid().unwrap_or_default());
        let story = seen.namespaces.entry(uid).or_insert(NamespaceStory {
            instance,
            created: at,
            gone: None,
        });
        story.gone = gone.then_some(at);
    }

    fn instance(&self, at: u64, gone: bool, instance: &DployInstance) {
        let uid = instance.uid().unwrap_or_default();
        let mut seen = self.seen();
        seen.versions += 1;
        let moment = Moment {
            number: seen.versions,
            at,
            owner: instance.spec.owner.clone(),
            deadline: instance.spec.expires_at.as_ref().map(|it| since_start(it.0)),
            extends: instance
                .annotations()
                .get(meta::EXTEND_COUNT)
                .and_then(|count| count.parse().ok())
                .unwrap_or_default(),
            is_place: instance.spec.queued,
            is_deleting: instance.metadata.deletion_timestamp.is_some(),
            is_gone: gone,
        };
        let story = seen.stories.entry(uid).or_insert_with(|| Story {
            name: instance.name_any(),
            uuid: instance.spec.uuid.clone().unwrap_or_default(),
            template: instance.spec.template_ref.clone(),
            is_pooled: instance.spec.pooled,
            is_void: instance.labels().contains_key(meta::VOID),
            created: instance.creation_timestamp().map(|it| since_start(it.0)).unwrap_or_default(),
            queued_as: None,
            revision: instance.spec.revision.clone().unwrap_or_default(),
            moments: Vec::new(),
        });
        if story.queued_as.is_none() {
            story.queued_as = queued_as(instance).map(str::to_owned);
        }
        story.moments.push(moment);
    }
}

/// Calls `seen` with each version of each object, and whether it was deleted.
fn follow<K>(api: Api<K>, seen: impl Fn(bool, K) + Send + 'static)
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    tokio::spawn(async move {
        let listed = api.list(&ListParams::default()).await.expect("a list");
        let mut version = listed.metadata.resource_version.unwrap_or_default();
        listed.items.into_iter().for_each(|object| seen(false, object));
        loop {
            let stream = api.watch(&WatchParams::default(), &version).await.expect("a watch");
            pin_mut!(stream);
            while let Some(event) = stream.next().await {
                match event.expect("an event") {
                    WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                        version = object.resource_version().unwrap_or_default();
                        seen(false, object);
                    }
                    WatchEvent::Deleted(object) => {
                        version = object.resource_version().unwrap_or_default();
                        seen(true, object);
                    }
                    WatchEvent::Bookmark(mark) => version = mark.metadata.resource_version,
                    WatchEvent::Error(error) => panic!("the recorder missed changes: {error:?}"),
                }
            }
        }
    });
}
