//! The simulated server: everything runs in the caller's thread, and a seed decides what it draws.

use std::sync::Arc;

use clock::{ManualClock, SeededEntropy, World};
use futures::{StreamExt, future::join_all};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, PostParams, WatchEvent, WatchParams},
};
use localkube::{Chores, LocalKube};

use crate::bed::{config_map, named};

fn seeded(seed: u64) -> (LocalKube, Chores) {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    LocalKube::simulated(World { clock, entropy: SeededEntropy::shared(seed) }, 4_096)
}

/// A namespace with `objects` config maps whose names the server generates.
async fn filled_namespace(kube: &LocalKube, name: &str, objects: usize) -> Api<ConfigMap> {
    let object = Namespace { metadata: named(name), ..Namespace::default() };
    let client = kube.client(name);
    Api::all(client.clone()).create(&PostParams::default(), &object).await.unwrap();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    let mut object = config_map("x", "a");
    object.metadata.name = None;
    object.metadata.generate_name = Some("map-".into());
    let writes = (0..objects).map(|_| async { maps.create(&PostParams::default(), &object).await });
    for written in join_all(writes).await {
        written.unwrap();
    }
    maps
}

/// Runs concurrent writers and watches, and returns the store and the order in which the watches
/// were told.
async fn run(seed: u64) -> (String, Vec<(usize, String)>) {
    let (kube, chores) = seeded(seed);
    let maps = filled_namespace(&kube, "busy", 20).await;
    filled_namespace(&kube, "leaving", 5).await;
    let told: Arc<std::sync::Mutex<Vec<(usize, String)>>> = Arc::default();
    let watches = (0..9).map(|number| {
        let (maps, told) = (maps.clone(), Arc::clone(&told));
        tokio::spawn(async move {
            let events = maps.watch(&WatchParams::default(), "0").await.unwrap();
            let seen = events.take_while(|event| {
                let Ok(WatchEvent::Added(map) | WatchEvent::Deleted(map)) = event else { panic!() };
                told.lock().unwrap().push((number, map.name_any()));
                std::future::ready(map.name_any() != "last")
            });
            seen.for_each(|_| std::future::ready(())).await;
        })
    });
    let watches: Vec<_> = watches.collect();
    let spaces: Api<Namespace> = Api::all(kube.client("default"));
    spaces.delete("leaving", &DeleteParams::default()).await.unwrap();
    while chores.step(2) {}
    maps.create(&PostParams::default(), &config_map("last", "a")).await.unwrap();
    join_all(watches).await.into_iter().for_each(|watch| watch.unwrap());
    let told = std::mem::take(&mut *told.lock().unwrap());
    (kube.dump(), told)
}

#[tokio::test]
async fn one_seed_gives_one_store_and_one_order_of_events() {
    let (store, told) = run(7).await;
    assert_eq!(store.lines().count(), 1 + 4 + 1 + 21, "{store}");
    assert_eq!(told.len(), 9 * 21);
    for _ in 0..10 {
        let (store_again, told_again) = run(7).await;
        assert_eq!(store_again, store);
        assert_eq!(told_again, told);
    }
    assert_ne!(run(8).await.0, store);
}

#[tokio::test]
async fn a_namespace_stays_terminating_until_the_chores_are_done() {
    let (kube, chores) = seeded(1);
    filled_namespace(&kube, "leaving", 1).await;
    assert!(chores.is_idle());
    let spaces: Api<Namespace> = Api::all(kube.client("default"));
    spaces.delete("leaving", &DeleteParams::default()).await.unwrap();
    assert!(!chores.is_idle());
    let space = spaces.get("leaving").await.unwrap();
    assert_eq!(space.status.unwrap().phase.as_deref(), Some("Terminating"));
    while chores.step(1) {}
    assert!(spaces.get_opt("leaving").await.unwrap().is_none());
}

#[tokio::test]
async fn a_closed_server_answers_reads_only() {
    let (kube, chores) = seeded(1);
    let maps = filled_namespace(&kube, "open", 1).await;
    kube.close();
    assert!(maps.create(&PostParams::default(), &config_map("late", "a")).await.is_err());
    assert_eq!(maps.list(&Default::default()).await.unwrap().items.len(), 1);
    assert!(!chores.step(1));
}
