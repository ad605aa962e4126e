//! Memory, open files and watches during a run. None of them may grow for ever.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use harness::DployProcess;
use kube::Client;

/// The interval between two samples of a process.
pub(crate) const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);
/// Fewer samples say nothing about growth.
const MIN_SAMPLES: usize = 24;
/// The memory, in bytes and in percent of the earlier value, that may come on top.
const MEMORY_SLACK: (u64, u64) = (8 * 1024 * 1024, 20);
/// The number of open files that may come on top.
const FILES_SLACK: usize = 32;
/// The variable of each replica with the namespace of the run.
const NAMESPACE: &str = "DPLOY_NAMESPACE";
/// The metric of the API server with the number of open watches.
const WATCHES: &str = "apiserver_longrunning_requests{";
/// The API group of our kinds.
const GROUP: &str = "dploy.dev";

/// What a process used at one time.
#[derive(Debug, Clone, Copy)]
struct Sample {
    bytes: u64,
    files: usize,
}

/// The samples of the processes that nothing disturbs, by name.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<BTreeMap<String, Vec<Sample>>>);

impl Health {
    /// Takes a sample of a process. One that has just ended gives none.
    pub(crate) fn sample(&self, name: &str, process: &DployProcess) {
        let (Ok(bytes), Ok(files)) = (process.resident_bytes(), process.open_files()) else {
            return;
        };
        self.add(name, Sample { bytes, files });
    }

    fn add(&self, name: &str, sample: Sample) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        samples.entry(name.to_owned()).or_default().push(sample);
    }

    /// The processes that used more in the last quarter of the run than in the second.
    pub(crate) fn growth(&self) -> Vec<String> {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let long = samples.iter().filter(|(_, samples)| samples.len() >= MIN_SAMPLES);
        long.filter_map(|(name, samples)| {
            let (early, late) = quarters(samples);
            let (bytes, percent) = MEMORY_SLACK;
            let grows = late.bytes > early.bytes * (100 + percent) / 100 + bytes
                || late.files > early.files + FILES_SLACK;
            grows.then(|| format!("{name}: {}", change(early, late)))
        })
        .collect()
    }
}

impl Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, samples) in samples.iter().filter(|(_, samples)| samples.len() > 3) {
            let (early, late) = quarters(samples);
            writeln!(f, "{name}, second and last quarter: {}", change(early, late))?;
        }
        Ok(())
    }
}

/// The medians of the second and of the last quarter.
fn quarters(samples: &[Sample]) -> (Sample, Sample) {
    let quarter = samples.len() / 4;
    (median(&samples[quarter..2 * quarter]), median(&samples[3 * quarter..]))
}

fn median(samples: &[Sample]) -> Sample {
    let mut bytes: Vec<u64> = samples.iter().map(|sample| sample.bytes).collect();
    let mut files: Vec<usize> = samples.iter().map(|sample| sample.files).collect();
    bytes.sort_unstable();
    files.sort_unstable();
    let middle = samples.len() / 2;
    Sample {
        bytes: bytes.get(middle).copied().unwrap_or_default(),
        files: files.get(middle).copied().unwrap_or_default(),
    }
}

fn change(early: Sample, late: Sample) -> String {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let (before, after) = (megabytes(early.bytes), megabytes(late.bytes));
    format!("{before} to {after} MB, {} to {} open files", early.files, late.files)
}

/// The processes that have the namespace of a run in their environment, by `/proc`: the replicas,
/// and what they started.
pub(crate) fn processes(namespace: &str) -> Vec<String> {
    let wanted = format!("{NAMESPACE}={namespace}");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let is_ours = |path: &Path| {
        let variables = fs::read(path.join("environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    let ours = entries.map(|entry| entry.path()).filter(|path| is_ours(path));
    ours.map(|path| format!("{} still runs", path.display())).collect()
}

/// The number of watches of our kinds that the API server serves, by the plural name of the kind.
pub(crate) type Watches = BTreeMap<String, u64>;

/// Counts the watches of our kinds.
pub(crate) async fn watches(client: &Client) -> Result<Watches> {
    let request = http::Request::get("/metrics").body(Vec::new())?;
    let metrics = client.request_text(request).await;
    Ok(count_watches(&metrics.context("could not read the API server's metrics")?))
}

fn count_watches(metrics: &str) -> Watches {
    let mut watches = Watches::new();
    for (kind, count) in metrics.lines().filter_map(watches_of) {
        *watches.entry(kind.to_owned()).or_default() += count;
    }
    watches
}

/// The kind and the number of watches of a line of the metrics, if it is about ours.
fn watches_of(line: &str) -> Option<(&str, u64)> {
    let labels = line.strip_prefix(WATCHES)?;
    let label = |name: &str| labels.split_once(&format!("{name}=\""))?.1.split('"').next();
    let is_ours = label("group") == Some(GROUP) && label("verb") == Some("WATCH");
    let count: u64 = labels.rsplit(' ').next()?.parse().ok()?;
    (is_ours && count > 0).then_some((label("resource")?, count))
}

/// The kinds with more watches than `before` and one for each of the replicas.
pub(crate) fn surplus(before: &Watches, now: &Watches, replicas: usize) -> Vec<String> {
    let surplus = now.iter().filter_map(|(kind, count)| {
        let expected = before.get(kind).copied().unwrap_or_default() + replicas as u64;
        (*count > expected).then(|| format!("{count} watches of {kind} instead of {expected}"))
    });
    surplus.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lasting_growth_counts() {
        let grows = |bytes: fn(u64) -> u64, files: fn(usize) -> usize| {
            let health = Health::default();
            for n in 0..40_usize {
                health.add("serve", Sample { bytes: bytes(n as u64), files: files(n) });
            }
            !health.growth().is_empty()
        };
        assert!(!grows(|n| 50_000_000 + (n % 3) * 1_000_000, |_| 20));
        assert!(grows(|n| 50_000_000 + n * 2_000_000, |_| 20));
        assert!(grows(|_| 50_000_000, |n| 20 + 2 * n));
    }

    #[tokio::test]
    async fn a_process_of_the_namespace_is_found_until_it_ends() {
        let namespace = format!("race-{}", clock::random_hex::<8>());
        let mut command = tokio::process::Command::new("sleep");
        let mut process = command.arg("60").env(NAMESPACE, &namespace).spawn().unwrap();
        assert_eq!(processes(&namespace).len(), 1);
        process.kill().await.unwrap();
        assert_eq!(processes(&namespace), Vec::<String>::new());
    }

    #[test]
    fn each_replica_may_watch_each_kind_of_ours_once() {
        let metrics = r#"# TYPE apiserver_longrunning_requests gauge
apiserver_longrunning_requests{group="dploy.dev",resource="owners",scope="cluster",verb="WATCH"} 1
apiserver_longrunning_requests{group="dploy.dev",resource="owners",scope="namespace",verb="WATCH"} 3
apiserver_longrunning_requests{group="dploy.dev",resource="templates",verb="WATCH"} 2
apiserver_longrunning_requests{group="",resource="pods",verb="WATCH"} 9
"#;
        let now = count_watches(metrics);
        assert_eq!(now, [("owners".to_owned(), 4), ("templates".to_owned(), 2)].into());
        let before = [("owners".to_owned(), 1)].into();
        assert_eq!(surplus(&before, &now, 3), Vec::<String>::new());
        assert_eq!(surplus(&before, &now, 2), ["4 watches of owners instead of 3"]);
    }
}
