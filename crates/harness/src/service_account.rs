//! The service account of the measured processes.
//!
//! The certificate of an admin would distort the figures: the API server verifies it at every
//! request and exempts it from priority and fairness.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use k8s_openapi::{
    api::{
        authentication::v1::{TokenRequest, TokenRequestSpec},
        core::v1::{Namespace, ServiceAccount},
        rbac::v1::{ClusterRoleBinding, RoleRef, Subject},
    },
    apimachinery::pkg::apis::meta::v1::OwnerReference,
};
use kube::{
    Api, Resource as _, ResourceExt as _,
    api::{ObjectMeta, PostParams},
    config::{AuthInfo, Kubeconfig},
};

const NAME: &str = "dploy-bench";
/// The lifetime of the token. No bench runs longer.
const TOKEN_LIFETIME_SECONDS: i64 = 4 * 60 * 60;

/// Creates a service account with the role `cluster-admin`, which is deleted with the namespace.
/// Returns the path of its kubeconfig, a file in `directory`.
pub(crate) async fn create(
    kube: &kube::Client,
    admin: &Path,
    namespace: &Namespace,
    directory: &Path,
) -> Result<PathBuf> {
    let metadata = ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() };
    let account = ServiceAccount { metadata, ..ServiceAccount::default() };
    let accounts: Api<ServiceAccount> = Api::namespaced(kube.clone(), &namespace.name_any());
    accounts
        .create(&PostParams::default(), &account)
        .await
        .context("could not create the service account")?;
    let bindings: Api<ClusterRoleBinding> = Api::all(kube.clone());
    let binding = binding(namespace).context("the namespace has no uid")?;
    bindings.create(&PostParams::default(), &binding).await.context("could not bind the role")?;
    let request = TokenRequest {
        spec: TokenRequestSpec {
            expiration_seconds: Some(TOKEN_LIFETIME_SECONDS),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let granted = accounts.create_token_request(NAME, &PostParams::default(), &request).await;
    let token = granted
        .context("could not request a token")?
        .status
        .context("the response has no token")?
        .token;
    let path = directory.join("kubeconfig");
    std::fs::write(&path, serde_json::to_string(&with_token(admin, token)?)?)?;
    Ok(path)
}

fn binding(namespace: &Namespace) -> Option<ClusterRoleBinding> {
    let owner: OwnerReference = namespace.owner_ref(&())?;
    Some(ClusterRoleBinding {
        metadata: ObjectMeta {
            name: namespace.metadata.name.clone(),
            owner_references: Some(vec![owner]),
            ..ObjectMeta::default()
        },
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "ClusterRole".to_owned(),
            name: "cluster-admin".to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: NAME.to_owned(),
            namespace: namespace.metadata.name.clone(),
            ..Subject::default()
        }]),
    })
}

fn with_token(admin: &Path, token: String) -> Result<Kubeconfig> {
    let mut config = Kubeconfig::read_from(admin).context("could not read the kubeconfig")?;
    let info = AuthInfo { token: Some(token.into()), ..AuthInfo::default() };
    for user in &mut config.auth_infos {
        user.auth_info = Some(info.clone());
    }
    Ok(config)
}
