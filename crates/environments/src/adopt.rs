//! Adopt: binds the owner key of an older installation to an identity, on an admin's word.

use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, PostParams},
    core::DeserializeGuard,
};
use resources::{DployOwner, Identity, names::is_owner_key};
use thiserror::Error;

use crate::owners::record;

/// What an adoption did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// The key is bound now.
    Bound,
    /// The key was bound to this identity before.
    WasBound,
}

/// Why an owner key cannot be adopted.
#[derive(Debug, Error)]
pub enum AdoptError {
    /// No owner has such a key.
    #[error(
        "`{0}` is not an owner key (at most 63 lower-case letters, digits and -, with no - at the ends)"
    )]
    NotAKey(String),
    /// The key belongs to somebody else.
    #[error("the owner key `{0}` is bound to another identity (kubectl get downer {0} -o yaml)")]
    BoundToAnother(String),
    /// An identity has one owner key.
    #[error(
        "this identity has the owner key `{0}` already; delete its environments and the record first (kubectl delete downer {0})"
    )]
    HasAnotherKey(String),
    /// The API server does not answer, or refuses.
    #[error("could not {doing}")]
    Cluster {
        /// The operation that failed.
        doing: &'static str,
        /// The cause.
        #[source]
        cause: Box<kube::Error>,
    },
}

/// Binds `key` to `identity`: writes the owner record, so that the environments under the key that
/// carry no identity belong to it. Changes nothing when the key is bound to it already.
///
/// # Errors
/// [`AdoptError`]
pub async fn adopt(
    client: &Client,
    namespace: &str,
    key: &str,
    identity: &Identity,
) -> Result<Adoption, AdoptError> {
    if !is_owner_key(key) {
        return Err(AdoptError::NotAKey(key.to_owned()));
    }
    let owners: Api<DployOwner> = Api::namespaced(client.clone(), namespace);
    if let Some(other) = other_key(client, namespace, key, identity).await? {
        return Err(AdoptError::HasAnotherKey(other));
    }
    match owners.create(&PostParams::default(), &record(key, identity)).await {
        Ok(_) => Ok(Adoption::Bound),
        Err(kube::Error::Api(status)) if status.is_already_exists() => {
            let found = owners.get(key).await.map_err(failed_to("read the owner record"))?;
            let is_same = found.spec.identity == *identity;
            let another = || AdoptError::BoundToAnother(key.to_owned());
            is_same.then_some(Adoption::WasBound).ok_or_else(another)
        }
        Err(cause) => Err(failed_to("write the owner record")(cause)),
    }
}

/// Another key that the identity has.
async fn other_key(
    client: &Client,
    namespace: &str,
    key: &str,
    identity: &Identity,
) -> Result<Option<String>, AdoptError> {
    let guarded: Api<DeserializeGuard<DployOwner>> = Api::namespaced(client.clone(), namespace);
    let listed = guarded.list(&ListParams::default()).await;
    let records = listed.map_err(failed_to("list owner records"))?;
    let readable = records.items.iter().filter_map(|guarded| guarded.0.as_ref().ok());
    let mut of_identity = readable.filter(|record| record.spec.identity == *identity);
    Ok(of_identity.find(|record| record.name_any() != key).map(ResourceExt::name_any))
}

fn failed_to(doing: &'static str) -> impl Fn(kube::Error) -> AdoptError {
    move |cause| AdoptError::Cluster { doing, cause: Box::new(cause) }
}
