//! Who the measured processes are to the API server: a service account with a token, as in any installation. An admin's client
//! certificate would have to be verified at every request, and priority and fairness would not hold for it.

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
/// Longer than any run takes.
const LIFE_SECONDS: i64 = 4 * 60 * 60;

/// Makes an account that may do everything and goes with the namespace. Returns its kubeconfig, a file in `directory`.
pub(crate) async fn create(
    kube: &kube::Client,
    admin: &Path,
    namespace: &Namespace,
    directory: &Path,
) -> Result<PathBuf> {
    let metadata = ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() };
    let account = ServiceAccount { metadata, ..ServiceAccount::default() };
    let accounts: Api<ServiceAccount> = Api::namespaced(kube.clone(), &namespace.name_any());
    accounts.create(&PostParams::default(), &account).await.context("no service account")?;
    let bindings: Api<ClusterRoleBinding> = Api::all(kube.clone());
    let binding = binding(namespace).context("the namespace has no uid")?;
    bindings.create(&PostParams::default(), &binding).await.context("no rights")?;
    let request = TokenRequest {
        spec: TokenRequestSpec {
            expiration_seconds: Some(LIFE_SECONDS),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let granted = accounts.create_token_request(NAME, &PostParams::default(), &request).await;
    let token = granted.context("no token")?.status.context("the token is missing")?.token;
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
