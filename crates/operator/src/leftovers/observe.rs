//! Lists namespaces and what the engines run, and finds out whose instance does not exist. Reads
//! only.

use std::collections::{BTreeSet, HashSet};

use errors::chain;
use kube::ResourceExt;
use ledger::void::is_void;
use planner::leftovers::{Found, Leftover};
use resources::{Placed, label, meta};

use crate::context::Reads;

/// The leftovers. Only a live read proves that an instance does not exist; after a read that failed
/// its objects are no leftovers.
pub(super) async fn observe(reads: Reads<'_>) -> Found {
    let mut found = suspects(reads).await;
    let instances = found.leftovers.iter().filter_map(|it| it.placed.instance.clone());
    let instances: BTreeSet<String> = instances.collect();
    let mut absent = BTreeSet::new();
    for instance in instances {
        match reads.instance_exists(&instance).await {
            Ok(true) => {}
            Ok(false) => drop(absent.insert(instance)),
            Err(error) => {
                tracing::warn!(instance, "cannot tell whether it left anything: {}", chain(&error));
                found.is_incomplete = true;
            }
        }
    }
    found.leftovers.retain(|it| match &it.placed.instance {
        Some(instance) => absent.contains(instance),
        None => true,
    });
    found
}

/// What carries the labels of this installation and of no instance in the cache.
async fn suspects(reads: Reads<'_>) -> Found {
    let mut found = Found { leftovers: namespaces(reads), is_incomplete: false };
    let (installation, config) = (&reads.settings().namespace, reads.config().unwrap_or_default());
    for (name, engine) in reads.engines().iter() {
        match engine.list(installation, &config).await {
            Ok(listed) => found
                .leftovers
                .extend(listed.into_iter().map(|placed| Leftover { engine: Some(name), placed })),
            Err(error) => {
                let engine = name.as_str();
                tracing::warn!(engine, "cannot tell what was left behind: {}", chain(&error));
                found.is_incomplete = true;
            }
        }
    }
    let known = instances(reads);
    found.leftovers.retain(|it| match &it.placed.instance {
        Some(instance) => !instance.is_empty() && !known.contains(instance),
        None => true,
    });
    found
}

/// The values of label `dploy.dev/instance` of the cached instances. A void one only takes the
/// name: it never had a namespace or a workload.
fn instances(reads: Reads<'_>) -> HashSet<String> {
    let instances = &reads.mirrors().instances;
    let voids: HashSet<String> =
        instances.pick(|it| is_void(it).then(|| it.name_any())).into_iter().collect();
    let known = instances.all().into_iter().filter(|it| !voids.contains(&it.name));
    known.map(|it| label(&it.name)).collect()
}

fn namespaces(reads: Reads<'_>) -> Vec<Leftover> {
    let installation = &reads.settings().namespace;
    reads.mirrors().namespaces.pick(|namespace| {
        if namespace.labels().get(meta::INSTALLATION) != Some(installation) {
            return None;
        }
        let placed = Placed {
            api_version: "v1".into(),
            kind: "Namespace".into(),
            namespace: String::new(),
            name: namespace.name_any(),
            uid: namespace.uid()?,
            instance: Some(namespace.labels().get(meta::INSTANCE)?.clone()),
            is_deleting: namespace.metadata.deletion_timestamp.is_some(),
        };
        Some(Leftover { engine: None, placed })
    })
}
