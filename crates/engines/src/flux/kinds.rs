//! The kinds of Flux.

use crate::upstream::Kind;

const SOURCES: &str = "source.toolkit.fluxcd.io";

/// A release of a chart.
pub(super) const HELM_RELEASE: Kind = Kind {
    group: "helm.toolkit.fluxcd.io",
    version: "v2",
    name: "HelmRelease",
    plural: "helmreleases",
};

/// The chart of one release. Flux creates and deletes it.
pub(super) const HELM_CHART: Kind = source("HelmChart", "helmcharts");

/// The kinds of sources.
pub(super) const SOURCE_KINDS: [Kind; 3] = [GIT_REPOSITORY, HELM_REPOSITORY, OCI_REPOSITORY];

pub(super) const GIT_REPOSITORY: Kind = source("GitRepository", "gitrepositories");
pub(super) const HELM_REPOSITORY: Kind = source("HelmRepository", "helmrepositories");
pub(super) const OCI_REPOSITORY: Kind = source("OCIRepository", "ocirepositories");

const fn source(name: &'static str, plural: &'static str) -> Kind {
    Kind { group: SOURCES, version: "v1", name, plural }
}

/// The kind of source with that name.
pub(super) fn source_kind(name: &str) -> Option<Kind> {
    SOURCE_KINDS.into_iter().find(|kind| kind.name == name)
}
