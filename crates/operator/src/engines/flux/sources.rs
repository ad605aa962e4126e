//! Sources are shared by all releases of one repository, and go with the last of them.
//!
//! A release is placed between two applies of its source, and a source is marked before its users are counted and deleted on
//! the version that bears the mark. So of a place and a removal that meet, one sees the other: either the release is counted,
//! or the second apply comes after the mark, and then takes the mark away (the deletion fails) or makes the source anew.

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
use crate::engines::{
    EngineError,
    upstream::{Deletion, Kind, Upstream, place_of},
};

/// How often a removal is decided again when the source changes meanwhile, as it does when Flux writes its status.
const ATTEMPTS: u32 = 5;

/// Deletes the sources of ours that no release uses.
pub(super) async fn prune(upstream: &Upstream) -> Result<(), EngineError> {
    let ours = ListParams::default().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
    let releases = upstream.list(HELM_RELEASE, &ours).await?;
    let used: HashSet<&str> =
        releases.iter().filter_map(|it| it.labels().get(SOURCE)).map(String::as_str).collect();
    for kind in SOURCE_KINDS {
        for source in upstream.list(kind, &ours).await? {
            if !used.contains(source.name_any().as_str()) {
                remove(upstream, kind, source).await?;
            }
        }
    }
    Ok(())
}

async fn remove(upstream: &Upstream, kind: Kind, source: DynamicObject) -> Result<(), EngineError> {
    let mark = json!({ "metadata": { "annotations": { (UNUSED): meta::TRUE } } });
    let mut found = Some(source);
    for _ in 0..ATTEMPTS {
        let Some(source) = found else { return Ok(()) };
        if source.metadata.deletion_timestamp.is_some() {
            return Ok(());
        }
        if let Some(marked) = upstream.change(kind, &source, mark.clone()).await?
            && (is_used(upstream, &marked).await?
                || upstream.delete(kind, &marked, true).await? != Deletion::Conflict)
        {
            return Ok(());
        }
        let (namespace, name) = place_of(&source);
        found = upstream.get(kind, namespace, name).await?;
    }
    Err(EngineError::world(format!("delete an unused {}", kind.name), "it keeps changing"))
}

async fn is_used(upstream: &Upstream, source: &DynamicObject) -> Result<bool, EngineError> {
    let users = ListParams::default().labels(&format!("{SOURCE}={}", source.name_any())).limit(1);
    Ok(!upstream.list(HELM_RELEASE, &users).await?.is_empty())
}
