//! Which part of a template an engine runs, and which engine runs a template.

use crate::{DployTemplateSpec, EngineName, TemplateRevision};

/// The part of a template that describes the workload. An engine runs exactly one kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `spec.chart`
    Chart,
    /// `spec.manifests`
    Manifests,
    /// `spec.process`
    Process,
}

impl Source {
    /// The field's path in a DployTemplate.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Chart => "spec.chart",
            Self::Manifests => "spec.manifests",
            Self::Process => "spec.process",
        }
    }

    /// Whether the template has this source.
    #[must_use]
    pub const fn is_in(self, spec: &DployTemplateSpec) -> bool {
        match self {
            Self::Chart => spec.chart.is_some(),
            Self::Manifests => spec.manifests.is_some(),
            Self::Process => spec.process.is_some(),
        }
    }

    /// Whether the revision has this source.
    #[must_use]
    pub const fn is_in_revision(self, revision: &TemplateRevision) -> bool {
        match self {
            Self::Chart => revision.chart.is_some(),
            Self::Manifests => revision.manifests.is_some(),
            Self::Process => revision.process.is_some(),
        }
    }
}

impl EngineName {
    /// Every engine. A template that names no engine gets the first one that can run it, the
    /// default engine aside.
    pub const ALL: [Self; 4] = [Self::Flux, Self::Argocd, Self::Manifests, Self::Process];

    /// The source that this engine needs.
    #[must_use]
    pub const fn source(self) -> Source {
        match self {
            Self::Flux | Self::Argocd => Source::Chart,
            Self::Manifests => Source::Manifests,
            Self::Process => Source::Process,
        }
    }

    /// The engine of a template: the engine that it names, else `default` if that can run it, else
    /// the first engine that can. A template without any source gets `default`.
    #[must_use]
    pub fn choose(spec: &DployTemplateSpec, default: Self) -> Self {
        let able = || [default].into_iter().chain(Self::ALL).find(|it| it.source().is_in(spec));
        spec.engine.or_else(able).unwrap_or(default)
    }
}
