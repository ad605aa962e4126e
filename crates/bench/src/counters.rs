//! The API server's own counters, as its `/metrics` shows them in the text format of Prometheus.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use anyhow::{Context as _, Result};
use kube::Client;

const REQUESTS: &str = "apiserver_request_total";
/// The verbs of requests that change something, as the API server names them.
const WRITES: [&str; 6] = ["APPLY", "DELETE", "DELETECOLLECTION", "PATCH", "POST", "PUT"];
/// What the cluster itself writes all the time, whether there is a Dploy or not.
const HOUSEKEEPING: [&str; 2] = ["leases", "nodes"];

/// A kind of write: what is done to which resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Write {
    /// `resource`, or `resource/subresource`.
    pub(crate) resource: String,
    /// The verb in the API server's spelling.
    pub(crate) verb: String,
}

impl Write {
    /// Whether the cluster itself makes such writes for every namespace that comes, whoever made that.
    fn is_of_kubernetes(&self) -> bool {
        let Self { resource, verb } = self;
        let accounts = resource == "serviceaccounts";
        let root_certificate = resource == "configmaps" && verb == "POST";
        let ends = resource == "namespaces/finalize" || resource == "namespaces/status";
        accounts || root_certificate || ends || verb == "DELETECOLLECTION"
    }
}

/// How many writes the API server was asked for, whatever it answered; without leases and nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Writes(BTreeMap<Write, u64>);

impl Writes {
    /// Asks the API server.
    pub(crate) async fn read(client: &Client) -> Result<Self> {
        let request = http::Request::get("/metrics").body(Vec::new())?;
        let text = client.request_text(request).await;
        Ok(Self::parse(&text.context("could not read the API server's metrics")?))
    }

    fn parse(metrics: &str) -> Self {
        let mut writes = Self::default();
        for (labels, value) in metrics.lines().filter_map(request_counter) {
            let Some(write) = write(&labels) else { continue };
            *writes.0.entry(write).or_default() += value;
        }
        writes
    }

    /// Those that were made since.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |write: &Write| earlier.0.get(write).copied().unwrap_or_default();
        let made = self.0.iter().map(|(write, now)| (write.clone(), now - before(write).min(*now)));
        Self(made.filter(|(_, made)| *made > 0).collect())
    }

    /// Without those that Kubernetes itself makes for every namespace.
    pub(crate) fn of_dploy(&self) -> Self {
        let ours = self.0.iter().filter(|(write, _)| !write.is_of_kubernetes());
        Self(ours.map(|(write, count)| (write.clone(), *count)).collect())
    }

    /// Those to these resources and their subresources.
    pub(crate) fn of(&self, resources: &[&str]) -> Self {
        let named = |write: &Write| {
            let resource = write.resource.split('/').next();
            resource.is_some_and(|resource| resources.contains(&resource))
        };
        let chosen = self.0.iter().filter(|(write, _)| named(write));
        Self(chosen.map(|(write, count)| (write.clone(), *count)).collect())
    }

    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Each kind of write, divided by how often what caused it was done.
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
    pub(crate) fn per(&self, times: usize) -> String {
        let per = |count: u64| count as f64 / times as f64;
        let each = self.0.iter().map(|(write, count)| format!("{write} {:.2}", per(*count)));
        let each = each.collect::<Vec<_>>().join(", ");
        format!("{:.2} ({each})", per(self.total()))
    }
}

impl Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)
    }
}

impl Display for Writes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.0.iter().map(|(write, count)| format!("{write} {count}"));
        f.write_str(&each.collect::<Vec<_>>().join(", "))
    }
}

type Labels<'a> = BTreeMap<&'a str, &'a str>;

/// The labels and the value of a line, if it counts requests.
fn request_counter(line: &str) -> Option<(Labels<'_>, u64)> {
    let (labels, value) = line.strip_prefix(REQUESTS)?.strip_prefix('{')?.rsplit_once('}')?;
    // None of these labels has a quote or a comma in its value.
    let labels = labels.split("\",").filter_map(|pair| pair.split_once("=\""));
    let labels = labels.map(|(name, value)| (name, value.trim_end_matches('"')));
    let value = value.split_whitespace().next()?.parse::<f64>().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count, printed with an exponent when it is large"
    )]
    Some((labels.collect(), value as u64))
}

/// What a line counts, if that is a write that matters.
fn write(labels: &Labels<'_>) -> Option<Write> {
    let label = |name: &str| labels.get(name).copied().unwrap_or_default();
    let (verb, resource) = (label("verb"), label("resource"));
    if !WRITES.contains(&verb) || HOUSEKEEPING.contains(&resource) || !label("dry_run").is_empty() {
        return None;
    }
    let resource = match label("subresource") {
        "" => resource.to_owned(),
        subresource => format!("{resource}/{subresource}"),
    };
    Some(Write { resource, verb: verb.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"
# HELP apiserver_request_total Counter of apiserver requests
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="dploy.dev",resource="dployowners",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 10
apiserver_request_total{code="409",component="apiserver",dry_run="",group="dploy.dev",resource="dployowners",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 2
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="nodes",scope="resource",subresource="status",verb="PATCH",version="v1"} 5
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"} 99
apiserver_request_duration_seconds_count{verb="PATCH",resource="configmaps"} 7
"#;

    const AFTER: &str = r#"
apiserver_request_total{code="200",component="apiserver",dry_run="",group="dploy.dev",resource="dployowners",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 1.4e+01
apiserver_request_total{code="409",component="apiserver",dry_run="",group="dploy.dev",resource="dployowners",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 3
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 2
apiserver_request_total{code="201",component="apiserver",dry_run="All",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 8
"#;

    #[test]
    fn writes_are_counted_by_verb_and_resource_whatever_was_answered() {
        assert_eq!(Writes::parse(BEFORE).to_string(), "PATCH dployowners/status 12");
        let after = Writes::parse(AFTER);
        assert_eq!(after.to_string(), "POST configmaps 2, PATCH dployowners/status 17");
    }

    #[test]
    fn a_difference_has_what_is_new_and_nothing_that_stood_still() {
        let (before, after) = (Writes::parse(BEFORE), Writes::parse(AFTER));
        let made = after.since(&before);
        assert_eq!(made.to_string(), "POST configmaps 2, PATCH dployowners/status 5");
        assert_eq!(made.total(), 7);
        assert_eq!(made.of_dploy().per(5), "1.00 (PATCH dployowners/status 1.00)");
        assert_eq!(made.of(&["configmaps"]).to_string(), "POST configmaps 2");
        assert_eq!(before.since(&after).total(), 0);
        assert_eq!(after.since(&after), Writes::default());
    }
}
