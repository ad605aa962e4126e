//! What was acknowledged survives `kill -9`.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use localkube::{LocalKube, OpenError};
use serde_json::json;

/// Where the child that is killed keeps its objects.
const DIRECTORY: &str = "LOCALKUBE_TEST_DIRECTORY";
const ROUNDS: usize = 15;
/// Writes that a round sees acknowledged before it kills.
const WRITES: usize = 60;

fn maps(kube: &LocalKube) -> Api<ConfigMap> {
    Api::default_namespaced(kube.client("default"))
}

/// Not a test of its own: the child that [`nothing_acknowledged_is_lost`] kills. It writes with eight writers and prints
/// each acknowledgement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "a child is told by its environment what to do")]
async fn a_child_that_writes() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let kube = LocalKube::open(Path::new(&directory), clock::SystemClock::shared()).unwrap();
    let writers = (0..8).map(|writer| {
        let maps = maps(&kube);
        tokio::spawn(async move {
            let name = format!("w{writer}");
            for n in 0.. {
                let object = json!({
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name },
                    "data": { "n": format!("{}-{n}", std::process::id()) },
                });
                let written = maps
                    .patch(&name, &PatchParams::apply("child"), &Patch::Apply(object))
                    .await
                    .unwrap();
                let value = &written.data.as_ref().unwrap()["n"];
                println!("ack {name} {value} {}", written.resource_version().unwrap());
            }
        })
    });
    futures::future::join_all(writers).await;
}

/// Runs the child until it has acknowledged enough, kills it, and returns the last acknowledgement of each object.
fn write_and_kill(directory: &Path) -> BTreeMap<String, (String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["durability::a_child_that_writes", "--exact", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = BTreeMap::new();
    let take = |line: String, acknowledged: &mut BTreeMap<String, (String, u64)>| {
        let Some(at) = line.find("ack ") else { return };
        if let [name, value, version] = line[at + 4..].split(' ').collect::<Vec<_>>().as_slice()
            && let Ok(version) = version.parse()
        {
            acknowledged.insert((*name).to_owned(), ((*value).to_owned(), version));
        }
    };
    for line in lines.by_ref().take(WRITES) {
        take(line.unwrap(), &mut acknowledged);
    }
    child.kill().unwrap();
    // What is still in the pipe was acknowledged too.
    for line in lines.map_while(Result::ok) {
        take(line, &mut acknowledged);
    }
    child.wait().unwrap();
    acknowledged
}

#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let mut highest = 0;
    for round in 0..ROUNDS {
        let acknowledged = write_and_kill(directory.path());
        assert!(!acknowledged.is_empty(), "round {round}: the child wrote nothing");
        let kube = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
        let list = maps(&kube).list(&ListParams::default()).await.unwrap();
        let latest: u64 = list.metadata.resource_version.unwrap().parse().unwrap();
        for (name, (value, version)) in &acknowledged {
            let kept = list.items.iter().find(|map| map.name_any() == *name).expect("it is there");
            let kept_version: u64 = kept.resource_version().unwrap().parse().unwrap();
            assert!(*version > highest, "round {round}: {name} went back to {version}");
            assert!(kept_version >= *version && latest >= kept_version);
            if kept_version == *version {
                assert_eq!(kept.data.as_ref().unwrap()["n"], *value);
            }
        }
        highest = latest;
        kube.close();
    }
}

#[tokio::test]
async fn a_directory_is_open_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
    let second = LocalKube::open(directory.path(), clock::SystemClock::shared());
    assert!(matches!(second, Err(OpenError::InUse { .. })));
    first.close();
    LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
}

#[tokio::test]
async fn a_foreign_file_is_refused_with_its_path() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("localkube.redb"), "no database").unwrap();
    let error = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap_err();
    assert!(error.to_string().contains("localkube.redb"), "{error}");
}
