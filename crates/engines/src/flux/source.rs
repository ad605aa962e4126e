//! The source of a chart as a Flux object: pure functions of the template.

use resources::{Chart, ChartType, FluxSettings, meta};
use serde_json::{Value, json};

use super::kinds::{GIT_REPOSITORY, HELM_REPOSITORY, OCI_REPOSITORY};
use crate::{order::digest, upstream::Kind};

/// Annotation of a source: whether it is about to be deleted. A placement sets it to `false`, so
/// that the version that a deletion names is outdated.
pub(super) const UNUSED: &str = "dploy.dev/unused";

/// The media type of a chart in an OCI registry.
const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// A source, and how a release refers to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    pub(super) name: String,
    /// The object. All templates of one repository share it.
    pub(super) document: Value,
    /// The part of a HelmRelease's spec that names the chart.
    pub(super) reference: (&'static str, Value),
}

/// The source of a chart. A chart with values files cannot be an OCIRepository: Flux does not merge
/// such files there.
pub(super) fn of(chart: &Chart, value_files: &[String], settings: &FluxSettings) -> Source {
    let is_oci = chart.repo_url.starts_with("oci://");
    let (kind, spec) = match chart.chart_type {
        ChartType::Git => {
            (GIT_REPOSITORY, json!({ "url": chart.repo_url, "ref": git(&chart.target_revision) }))
        }
        ChartType::Helm if is_oci && value_files.is_empty() => (OCI_REPOSITORY, oci(chart)),
        ChartType::Helm if is_oci => {
            (HELM_REPOSITORY, json!({ "url": chart.repo_url, "type": "oci" }))
        }
        ChartType::Helm => (HELM_REPOSITORY, json!({ "url": chart.repo_url })),
    };
    let name = format!("dploy-{}", digest(&[json!(kind.name), spec.clone()]));
    let document = document(kind, &name, spec, settings);
    let reference = reference(kind, &name, chart, value_files, settings);
    Source { name, document, reference }
}

fn document(kind: Kind, name: &str, mut spec: Value, settings: &FluxSettings) -> Value {
    spec["interval"] = settings.interval.as_str().into();
    json!({
        "apiVersion": kind.api_version(),
        "kind": kind.name,
        "metadata": {
            "name": name,
            "namespace": settings.namespace,
            "labels": { (meta::MANAGED): meta::TRUE },
            "annotations": { (UNUSED): "false" },
        },
        "spec": spec,
    })
}

fn reference(
    kind: Kind,
    name: &str,
    chart: &Chart,
    value_files: &[String],
    settings: &FluxSettings,
) -> (&'static str, Value) {
    let source = json!({ "kind": kind.name, "name": name, "namespace": settings.namespace });
    if kind == OCI_REPOSITORY {
        return ("chartRef", source);
    }
    let mut spec = json!({ "sourceRef": source });
    match chart.chart_type {
        ChartType::Git => spec["chart"] = folder(&chart.path).into(),
        ChartType::Helm => {
            spec["chart"] = chart.chart.as_str().into();
            spec["version"] = version(&chart.target_revision).into();
        }
    }
    if !value_files.is_empty() {
        spec["valuesFiles"] = json!(value_files);
    }
    ("chart", json!({ "spec": spec }))
}

fn folder(path: &str) -> String {
    format!("./{}", path.trim_start_matches("./").trim_matches('/'))
}

fn version(revision: &str) -> &str {
    if revision.is_empty() { "*" } else { revision }
}

/// The reference of a Git revision: a full commit, a full reference such as `refs/heads/main`, a
/// tag if it looks like a version, else a branch.
fn git(revision: &str) -> Value {
    let is_commit = revision.len() == 40 && revision.bytes().all(|it| it.is_ascii_hexdigit());
    match revision {
        "" => json!({ "branch": "main" }),
        _ if is_commit => json!({ "commit": revision }),
        _ if revision.starts_with("refs/") => json!({ "name": revision }),
        _ if is_version(revision) => json!({ "tag": revision }),
        _ => json!({ "branch": revision }),
    }
}

fn oci(chart: &Chart) -> Value {
    let url = format!("{}/{}", chart.repo_url.trim_end_matches('/'), chart.chart);
    let revision = chart.target_revision.as_str();
    let reference = match revision {
        _ if revision.starts_with("sha256:") => json!({ "digest": revision }),
        // A registry's tags cannot contain `+`. Helm writes `_` instead.
        _ if is_version(revision) => json!({ "tag": revision.replace('+', "_") }),
        _ => json!({ "semver": version(revision) }),
    };
    json!({
        "url": url,
        "ref": reference,
        "layerSelector": { "mediaType": CHART_LAYER, "operation": "copy" },
    })
}

/// Whether the revision is one version, such as `v1.2.3` or `1.2.3-rc.1`, and not a range.
fn is_version(revision: &str) -> bool {
    let numbers =
        revision.strip_prefix('v').unwrap_or(revision).split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    numbers.split('.').count() == 3 && numbers.split('.').all(is_number)
}

#[cfg(test)]
mod tests;
