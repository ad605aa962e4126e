//! Durability: acknowledged writes survive `kill -9`.

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

/// The variable with the data directory of the child process.
const DIRECTORY_VARIABLE: &str = "LOCALKUBE_TEST_DIRECTORY";
const ROUNDS: usize = 15;
/// The number of acknowledgements after which a round kills the child.
const WRITES_PER_ROUND: usize = 60;

fn maps(kube: &LocalKube) -> Api<ConfigMap> {
    Api::default_namespaced(kube.client("default"))
}

/// The child process of [`acknowledged_writes_are_not_lost`]: eight tasks write and print each
/// acknowledgement. It is no test of its own, and passes at once in a normal run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "the environment configures the child")]
async fn child_process() {
    let Some(directory) = std::env::var_os(DIRECTORY_VARIABLE) else { return };
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

/// Runs the child, kills it during its writes, and returns the last acknowledgement of each object.
fn write_and_kill(directory: &Path) -> BTreeMap<String, (String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["durability::child_process", "--exact", "--nocapture"])
        .env(DIRECTORY_VARIABLE, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = BTreeMap::new();
    let record = |line: String, acknowledged: &mut BTreeMap<String, (String, u64)>| {
        let Some(at) = line.find("ack ") else { return };
        if let [name, value, version] = line[at + 4..].split(' ').collect::<Vec<_>>().as_slice()
            && let Ok(version) = version.parse()
        {
            acknowledged.insert((*name).to_owned(), ((*value).to_owned(), version));
        }
    };
    for line in lines.by_ref().take(WRITES_PER_ROUND) {
        record(line.unwrap(), &mut acknowledged);
    }
    child.kill().unwrap();
    // The pipe may contain more acknowledgements.
    for line in lines.map_while(Result::ok) {
        record(line, &mut acknowledged);
    }
    child.wait().unwrap();
    acknowledged
}

#[tokio::test]
async fn acknowledged_writes_are_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let mut highest = 0;
    for round in 0..ROUNDS {
        let acknowledged = write_and_kill(directory.path());
        assert!(!acknowledged.is_empty(), "round {round}: the child wrote nothing");
        let kube = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
        let list = maps(&kube).list(&ListParams::default()).await.unwrap();
        let latest: u64 = list.metadata.resource_version.unwrap().parse().unwrap();
        for (name, (value, version)) in &acknowledged {
            let stored =
                list.items.iter().find(|map| map.name_any() == *name).expect("the object exists");
            let stored_version: u64 = stored.resource_version().unwrap().parse().unwrap();
            assert!(*version > highest, "round {round}: {name} went back to {version}");
            assert!(stored_version >= *version && latest >= stored_version);
            if stored_version == *version {
                assert_eq!(stored.data.as_ref().unwrap()["n"], *value);
            }
        }
        highest = latest;
        kube.close();
    }
}

#[tokio::test]
async fn a_directory_is_opened_only_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
    let second = LocalKube::open(directory.path(), clock::SystemClock::shared());
    assert!(matches!(second, Err(OpenError::InUse { .. })));
    first.close();
    LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap();
}

#[tokio::test]
async fn the_error_about_an_invalid_file_contains_its_path() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("localkube.redb"), "no database").unwrap();
    let error = LocalKube::open(directory.path(), clock::SystemClock::shared()).unwrap_err();
    assert!(error.to_string().contains("localkube.redb"), "{error}");
}
