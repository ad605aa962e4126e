//! Creates the namespaces that every cluster has.

use serde_json::{Value, json};

use crate::{
    api,
    request::{Target, WriteOptions},
    store::Txn,
};

/// The namespaces that every cluster has.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Creates the missing ones of the namespaces that every cluster has.
pub(crate) fn create_namespaces(txn: &mut Txn<'_>) {
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
            tracing::error!(%error, name, "could not create a namespace");
        }
    }
}
