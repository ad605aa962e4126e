//! The number of writes to the API server, from its metric `apiserver_request_total`.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use anyhow::{Context as _, Result};
use kube::Client;

/// The metric.
const METRIC: &str = "apiserver_request_total";
/// The values of the label `verb` for writes.
const WRITE_VERBS: [&str; 6] = ["APPLY", "DELETE", "DELETECOLLECTION", "PATCH", "POST", "PUT"];
/// The resources that the cluster itself writes all the time. They are not counted.
const IGNORED_RESOURCES: [&str; 2] = ["leases", "nodes"];

/// A kind of write: verb and resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Write {
    /// `resource`, or `resource/subresource`.
    pub(crate) resource: String,
    /// The value of the label `verb`.
    pub(crate) verb: String,
}

impl Write {
    /// Whether Kubernetes itself makes these writes for every created or deleted namespace.
    fn is_namespace_housekeeping(&self) -> bool {
        let Self { resource, verb } = self;
        let accounts = resource == "serviceaccounts";
        let root_certificate = resource == "configmaps" && verb == "POST";
        let deletion = resource == "namespaces/finalize" || resource == "namespaces/status";
        accounts || root_certificate || deletion || verb == "DELETECOLLECTION"
    }
}

/// The number of requested writes by kind, whatever their response; without leases and nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Writes(BTreeMap<Write, u64>);

impl Writes {
    /// Reads the metrics of the API server.
    pub(crate) async fn read(client: &Client) -> Result<Self> {
        let request = http::Request::get("/metrics").body(Vec::new())?;
        let text = client.request_text(request).await;
        Ok(Self::parse(&text.context("could not read the API server's metrics")?))
    }

    fn parse(metrics: &str) -> Self {
        let mut writes = Self::default();
        for (labels, value) in metrics.lines().filter_map(parse_line) {
            let Some(write) = counted_write(&labels) else { continue };
            *writes.0.entry(write).or_default() += value;
        }
        writes
    }

    /// The writes since `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |write: &Write| earlier.0.get(write).copied().unwrap_or_default();
        let made = self.0.iter().map(|(write, now)| (write.clone(), now - before(write).min(*now)));
        Self(made.filter(|(_, made)| *made > 0).collect())
    }

    /// The writes without those that Kubernetes makes for every namespace.
    pub(crate) fn without_housekeeping(&self) -> Self {
        let kept = self.0.iter().filter(|(write, _)| !write.is_namespace_housekeeping());
        Self(kept.map(|(write, count)| (write.clone(), *count)).collect())
    }

    /// The writes to `resources` and their subresources.
    pub(crate) fn to(&self, resources: &[&str]) -> Self {
        let named = |write: &Write| {
            let resource = write.resource.split('/').next();
            resource.is_some_and(|resource| resources.contains(&resource))
        };
        let chosen = self.0.iter().filter(|(write, _)| named(write));
        Self(chosen.map(|(write, count)| (write.clone(), *count)).collect())
    }

    /// The number of all writes.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Formats the number of writes per operation, in total and by kind.
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
    pub(crate) fn per_operation(&self, operations: usize) -> String {
        let per = |count: u64| count as f64 / operations as f64;
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

/// The labels and the value of a line of the metric.
fn parse_line(line: &str) -> Option<(Labels<'_>, u64)> {
    let (labels, value) = line.strip_prefix(METRIC)?.strip_prefix('{')?.rsplit_once('}')?;
    // The values of these labels contain no quote and no comma.
    let labels = labels.split("\",").filter_map(|pair| pair.split_once("=\""));
    let labels = labels.map(|(name, value)| (name, value.trim_end_matches('"')));
    let value = value.split_whitespace().next()?.parse::<f64>().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the value is a count, although large ones have an exponent"
    )]
    Some((labels.collect(), value as u64))
}

/// The kind of write with these labels; `None` for reads, dry runs and ignored resources.
fn counted_write(labels: &Labels<'_>) -> Option<Write> {
    let label = |name: &str| labels.get(name).copied().unwrap_or_default();
    let (verb, resource) = (label("verb"), label("resource"));
    if !WRITE_VERBS.contains(&verb)
        || IGNORED_RESOURCES.contains(&resource)
        || !label("dry_run").is_empty()
    {
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
    fn writes_are_counted_by_verb_and_resource() {
        assert_eq!(Writes::parse(BEFORE).to_string(), "PATCH dployowners/status 12");
        let after = Writes::parse(AFTER);
        assert_eq!(after.to_string(), "POST configmaps 2, PATCH dployowners/status 17");
    }

    #[test]
    fn a_difference_contains_only_new_writes() {
        let (before, after) = (Writes::parse(BEFORE), Writes::parse(AFTER));
        let made = after.since(&before);
        assert_eq!(made.to_string(), "POST configmaps 2, PATCH dployowners/status 5");
        assert_eq!(made.total(), 7);
        assert_eq!(
            made.without_housekeeping().per_operation(5),
            "1.00 (PATCH dployowners/status 1.00)"
        );
        assert_eq!(made.to(&["configmaps"]).to_string(), "POST configmaps 2");
        assert_eq!(before.since(&after).total(), 0);
        assert_eq!(after.since(&after), Writes::default());
    }
}
