//! Deletes unused sources. All releases of one repository share a source, which is deleted with the
//! last of them.
//!
//! A placement applies the source, then the release, then the source again. A removal marks the
//! source as unused, counts its releases, and deletes exactly the marked version. If both run at
//! once, one sees the other. Either the removal counts the release, or the second apply comes after
//! the mark. That apply removes the mark, so that the deletion fails, or creates the source again.

use std::collections::HashSet;

use kube::{
    ResourceExt,
    api::{DynamicObject, ListParams},
};
use resources::meta;
use serde_json::json;

use super::{
    draft::SOURCE,
    kinds::{HELM_RELEASE, SOURCE_KINDS},
    source::UNUSED,
};
use crate::{
    EngineError,
    upstream::{Deletion, Kind, Upstream, key_of},
};

/// How often a removal is tried if the source changes meanwhile, for example because Flux writes
/// its status.
const MAX_REMOVAL_ATTEMPTS: u32 = 5;

/// Deletes Dploy's sources that no release uses.
pub(super) async fn prune(upstream: &Upstream) -> Result<(), EngineError> {
    for (kind, source) in unused(upstream).await? {
        remove(upstream, kind, source).await?;
    }
    Ok(())
}

/// Dploy's sources that no release uses. Installations with one namespace for Flux share sources,
/// so the releases of all installations count.
pub(super) async fn unused(upstream: &Upstream) -> Result<Vec<(Kind, DynamicObject)>, EngineError> {
    let managed = ListParams::default().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
    let releases = upstream.list(HELM_RELEASE, &managed).await?;
    let used: HashSet<&str> =
        releases.iter().filter_map(|it| it.labels().get(SOURCE)).map(String::as_str).collect();
    let mut unused = Vec::new();
    for kind in SOURCE_KINDS {
        let sources = upstream.list(kind, &managed).await?.into_iter();
        let left = sources.filter(|it| !used.contains(it.name_any().as_str()));
        unused.extend(left.map(|source| (kind, source)));
    }
    Ok(unused)
}

/// Deletes a source unless a release uses it by now.
pub(super) async fn remove(
    upstream: &Upstream,
    kind: Kind,
    source: DynamicObject,
) -> Result<(), EngineError> {
    let mark = json!({ "metadata": { "annotations": { (UNUSED): meta::TRUE } } });
    let mut found = Some(source);
    for _ in 0..MAX_REMOVAL_ATTEMPTS {
        let Some(source) = found else { return Ok(()) };
        if source.metadata.deletion_timestamp.is_some() {
            return Ok(());
        }
        if let Some(marked) = upstream.merge(kind, &source, mark.clone()).await?
            && (is_used(upstream, &marked).await?
                || upstream.delete(kind, &marked, true).await? != Deletion::Conflict)
        {
            return Ok(());
        }
        let (namespace, name) = key_of(&source);
        found = upstream.get(kind, namespace, name).await?;
    }
    Err(EngineError::world(format!("delete an unused {}", kind.name), "it keeps changing"))
}

async fn is_used(upstream: &Upstream, source: &DynamicObject) -> Result<bool, EngineError> {
    let users = ListParams::default().labels(&format!("{SOURCE}={}", source.name_any())).limit(1);
    Ok(!upstream.list(HELM_RELEASE, &users).await?.is_empty())
}
