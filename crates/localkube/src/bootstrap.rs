//! What a fresh cluster holds.

use serde_json::{Value, json};

use crate::{
    api::{self, Target, WriteOptions},
    store::Txn,
};

/// The namespaces that every cluster has.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Creates what is missing of it.
pub(crate) fn fill(txn: &mut Txn<'_>) {
    let Some(kind) = txn.registry().by_path("", "v1", "namespaces") else { return };
    for name in NAMESPACES {
        let target = Target {
            kind: kind.clone(),
            namespace: String::new(),
            name: name.to_owned(),
            subresource: String::new(),
        };
        let namespace: Value = json!({ "metadata": { "name": name } });
        if txn.get(&target.key()).is_none()
            && let Err(error) = api::create(txn, &target, namespace, &WriteOptions::default())
        {
            tracing::error!(%error, name, "could not create a namespace of the cluster");
        }
    }
}
