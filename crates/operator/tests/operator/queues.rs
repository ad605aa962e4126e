//! Queues of pools: who waits is served in order, exactly once, also when an operator dies.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use faultnet::Network;
use futures::{StreamExt, future::join_all};
use http::Method;
use kube::{
    Api, ResourceExt,
    api::DeleteParams,
    runtime::watcher::{self, Event, watcher},
};
use ledger::{
    order::{Order, Origin},
    queue::{queued_as, turn},
    seats::{SeatKey, seat_to_create},
    timestamps::claimed_at,
};
use resources::{
    DployInstance, DployOwner, DployTemplate, Health, Phase, WhenEmpty, identity_label,
};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    bed::{Bed, phase, pool, reason, record},
    pools::counts,
    support::eventually,
};

/// A pool in whose queue owners wait. Its environments live for an hour.
fn queued_pool(size: u32, max_size: u32) -> DployTemplate {
    let mut template = pool("lab", size, max_size);
    template.spec.ttl.seconds = Some(3_600);
    if let Some(pool) = &mut template.spec.pool {
        pool.when_empty = WhenEmpty::Queue;
    }
    template
}

/// What a server does for an owner who has to wait: the seat, then the place.
async fn wait_in_queue(bed: &Bed, owner: &str, uuid: &str) -> DployInstance {
    let record: DployOwner = bed.create(&record(owner)).await;
    let revision = bed.published("lab").await;
    let origin = Origin {
        revision: revision.name(),
        ttl_seconds: revision.ttl_seconds,
        seed: "0f".repeat(16),
    };
    let order = Order {
        owner: owner.to_owned(),
        identity: identity_label(&record.spec.identity),
        record_uid: record.uid().unwrap(),
        claims: serde_json::Map::new(),
        params: BTreeMap::new(),
    };
    let now = bed.clock.now();
    let seat = seat_to_create(&SeatKey::of_template("lab"), uuid, now);
    let place = order.place(&seat, origin, now);
    bed.seat(owner, &place).await;
    bed.create(&place).await
}

/// What a server does when the owner gives the place up: the deletion, then the seat.
async fn give_up(bed: &Bed, owner: &str, place: &str) {
    bed.delete(place).await;
    bed.free_seats(owner).await;
}

/// The owner's environment once the owner is served: the instance that the seat names.
async fn served(bed: &Bed, owner: &str) -> DployInstance {
    eventually("an environment", || async {
        let name = bed.seats(owner).await.into_iter().next()?;
        let instance = bed.instance(&name).await?;
        (!instance.spec.queued && phase(&instance) == Some(Phase::Claimed)).then_some(instance)
    })
    .await
}

/// What a watch has seen of a pool.
#[derive(Debug, Default)]
struct Seen {
    /// The members that exist, terminating ones too.
    members: BTreeSet<String>,
    most_members: usize,
    /// The members that each owner has had, and when it got the last one.
    served: BTreeMap<String, (BTreeSet<String>, Option<jiff::Timestamp>)>,
}

impl Seen {
    fn see(&mut self, event: Event<DployInstance>) {
        match event {
            Event::Apply(it) | Event::InitApply(it) if !it.spec.queued => {
                self.members.insert(it.name_any());
                self.most_members = self.most_members.max(self.members.len());
                if !it.spec.owner.is_empty() {
                    let (members, at) = self.served.entry(it.spec.owner.clone()).or_default();
                    members.insert(it.name_any());
                    *at = claimed_at(&it);
                }
            }
            Event::Delete(it) => {
                self.members.remove(&it.name_any());
            }
            _ => {}
        }
    }
}

async fn watch(bed: &Bed) -> (Arc<Mutex<Seen>>, tokio::task::JoinHandle<()>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (api, sink): (Api<DployInstance>, _) = (bed.api(), Arc::clone(&seen));
    let watching = tokio::spawn(async move {
        let mut events = watcher(api, watcher::Config::default()).boxed();
        while let Some(Ok(event)) = events.next().await {
            sink.lock().await.see(event);
        }
    });
    (seen, watching)
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_owners_are_served_in_order_and_the_pool_keeps_its_size() {
    const OWNERS: usize = 40;
    const MAX_SIZE: u32 = 6;
    let (bed, _operator) = Bed::running().await;
    bed.create(&queued_pool(3, MAX_SIZE)).await;
    counts(&bed, 3, 0, 3).await;
    let (seen, watching) = watch(&bed).await;
    let places = join_all((0..OWNERS).map(|n| {
        let bed = &bed;
        async move { wait_in_queue(bed, &format!("owner-{n}"), &format!("{n:08x}")).await }
    }))
    .await;
    let mut queue: Vec<&DployInstance> = places.iter().collect();
    queue.sort_by_key(|it| turn(it));
    let leaves = queue.split_off(OWNERS - 5);
    join_all(
        leaves.iter().map(|it| give_up(&bed, &it.spec.owner, it.metadata.name.as_ref().unwrap())),
    )
    .await;

    // Each owner deletes the environment as soon as it is there.
    join_all(queue.iter().map(|place| {
        let (bed, owner) = (&bed, &place.spec.owner);
        async move { give_up(bed, owner, &served(bed, owner).await.name_any()).await }
    }))
    .await;
    eventually("every environment to be gone", || async {
        bed.instances().await.iter().all(|it| it.spec.owner.is_empty()).then_some(())
    })
    .await;
    watching.abort();
    let seen = seen.lock().await;
    assert!(seen.most_members <= MAX_SIZE as usize, "{} members", seen.most_members);
    for place in &leaves {
        assert!(
            !seen.served.contains_key(&place.spec.owner),
            "{} gave its place up",
            place.name_any()
        );
    }
    let served: Vec<_> = queue.iter().map(|it| &seen.served[&it.spec.owner]).collect();
    assert!(served.iter().all(|(members, _)| members.len() == 1), "somebody was served twice");
    for (n, (_, at)) in served.iter().enumerate() {
        let overtaken_by = served[n..].iter().filter(|(_, other)| other < at).count();
        assert!(overtaken_by <= MAX_SIZE as usize, "{overtaken_by} overtook place {n}");
    }
    for place in &places {
        eventually("no seat to be left", || async {
            bed.seats(&place.spec.owner).await.is_empty().then_some(())
        })
        .await;
    }
    counts(&bed, 3, 0, 3).await;
}

/// Each write of an assignment, and whether it takes effect before the operator dies.
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_that_dies_during_an_assignment_loses_nobody() {
    let writes = [
        (Method::PATCH, "/dployinstances/lab-"),
        (Method::PUT, "/dployowners/ada/status"),
        (Method::DELETE, "/dployinstances/lab-0000000a"),
    ];
    for (method, path) in writes {
        for takes_effect in [false, true] {
            dies_at(&method, path, takes_effect).await;
        }
    }
}

async fn dies_at(method: &Method, path: &'static str, takes_effect: bool) {
    let bed = Bed::new().await;
    let network = Network::default();
    let first = bed.operate_behind(&network, "one");
    bed.fake.all_are(Health::Progressing);
    bed.create(&queued_pool(1, 1)).await;
    let member = eventually("a member", || async { bed.fake.standing().into_iter().next() }).await;
    wait_in_queue(&bed, "ada", "0000000a").await;
    bed.until("lab-0000000a", "waiting", |it| reason(it) == "Queued").await;
    let gate = network.hold_sent(method.clone(), path);
    bed.fake.all_are(Health::Healthy);
    gate.arrived().await;
    drop(first);
    if takes_effect {
        let before = fingerprint(&bed).await;
        gate.open();
        eventually("the late write", || async {
            (fingerprint(&bed).await != before).then_some(())
        })
        .await;
    }
    let _second = bed.operate("two");
    let served = served(&bed, "ada").await;
    assert_eq!(served.name_any(), member, "{method} {path} {takes_effect}");
    assert_eq!(queued_as(&served), Some("lab-0000000a"));
    bed.gone("lab-0000000a").await;
    let owned = bed.instances().await;
    let owned = owned.iter().filter(|it| it.spec.owner == "ada").count();
    assert_eq!((owned, bed.seats("ada").await.len()), (1, 1), "{method} {path} {takes_effect}");
}

/// What every write changes.
async fn fingerprint(bed: &Bed) -> Vec<Option<String>> {
    let record: DployOwner = bed.api().get("ada").await.unwrap();
    let instances = bed.instances().await;
    let versions = instances.iter().map(ResourceExt::resource_version);
    versions.chain([record.resource_version()]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_for_a_place_that_was_given_up_goes() {
    let bed = Bed::new().await;
    let network = Network::default();
    let _operator = bed.operate_behind(&network, "one");
    bed.fake.all_are(Health::Progressing);
    bed.create(&queued_pool(1, 1)).await;
    let member = eventually("a member", || async { bed.fake.standing().into_iter().next() }).await;
    wait_in_queue(&bed, "ada", "0000000a").await;
    bed.until("lab-0000000a", "waiting", |it| reason(it) == "Queued").await;
    let gate = network.hold_sent(Method::PUT, "/dployowners/ada/status");
    bed.fake.all_are(Health::Healthy);
    gate.arrived().await;
    give_up(&bed, "ada", "lab-0000000a").await;
    gate.open();
    bed.gone(&member).await;
    assert_eq!(bed.seats("ada").await, Vec::<String>::new());
    counts(&bed, 1, 0, 1).await;
}

/// A pool with one member that starts, and these owners in its queue. Ada is the first, and her
/// record is deleted.
async fn without_the_first_record(bed: &Bed, owners: &[&str]) -> String {
    bed.fake.all_are(Health::Progressing);
    bed.create(&queued_pool(1, 1)).await;
    let member = eventually("a member", || async { bed.fake.standing().into_iter().next() }).await;
    for owner in owners {
        let uuid = format!("0000000{}", &owner[..1]);
        wait_in_queue(bed, owner, &uuid).await;
        let place = format!("lab-{uuid}");
        bed.until(&place, "waiting", |it| reason(it) == "Queued").await;
    }
    bed.api::<DployOwner>().delete("ada", &DeleteParams::default()).await.unwrap();
    member
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_goes_to_the_next_owner_while_a_record_is_lost() {
    let (bed, _operator) = Bed::running().await;
    let member = without_the_first_record(&bed, &["ada", "bob"]).await;
    bed.fake.all_are(Health::Healthy);
    assert_eq!(served(&bed, "bob").await.name_any(), member);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_whose_record_comes_back_is_served_in_turn() {
    let bed = Bed::new().await;
    let network = Network::default();
    let _operator = bed.operate_behind(&network, "one");
    let member = without_the_first_record(&bed, &["ada"]).await;
    let gate = network.hold_sent(Method::GET, "/dployowners/ada");
    bed.fake.all_are(Health::Healthy);
    gate.arrived().await;
    gate.open();
    counts(&bed, 1, 0, 1).await;
    bed.create(&record("ada")).await;
    assert_eq!(served(&bed, "ada").await.name_any(), member);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_template_serves_nobody_and_a_deleted_one_ends_its_queue() {
    let (bed, _operator) = Bed::running().await;
    let mut template = queued_pool(1, 1);
    template.spec.enabled = false;
    bed.create(&template).await;
    wait_in_queue(&bed, "ada", "0000000a").await;
    let place = bed.until("lab-0000000a", "waiting", |it| reason(it) == "Queued").await;
    assert_eq!((phase(&place), place.spec.expires_at), (Some(Phase::Pending), None));
    assert!(place.status.unwrap().namespace.is_none());
    eventually("the queue's length", || async {
        let template: DployTemplate = bed.api().get("lab").await.unwrap();
        (template.status?.pool_waiting == 1).then_some(())
    })
    .await;
    bed.api::<DployTemplate>().delete("lab", &DeleteParams::default()).await.unwrap();
    bed.gone("lab-0000000a").await;
    eventually("the seat to be free", || async { bed.seats("ada").await.is_empty().then_some(()) })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_place_starts_and_the_template_learns_how_long_members_take() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&queued_pool(1, 2)).await;
    counts(&bed, 1, 0, 1).await;
    let template: DployTemplate = bed.api().get("lab").await.unwrap();
    assert!(template.status.unwrap().pool_start_seconds.is_some_and(|it| it < 30));
    // The pool is full of claimed members, so both wait.
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "pool": { "maxSize": 1 } } })).await;
    wait_in_queue(&bed, "ada", "0000000a").await;
    served(&bed, "ada").await;
    wait_in_queue(&bed, "bob", "0000000b").await;
    bed.until("lab-0000000b", "waiting", |it| reason(it) == "Queued").await;
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "pool": { "maxSize": 2 } } })).await;
    let bobs = served(&bed, "bob").await;
    assert_eq!(bobs.name_any(), "lab-0000000b");
    assert!(bobs.spec.expires_at.is_some() && bobs.status.unwrap().namespace.is_some());
}
