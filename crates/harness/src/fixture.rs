//! The fixture of the measures: a namespace, the CustomResourceDefinitions, an identity provider,
//! and functions that start `dploy`.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::StatusCode;
use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Config, ResourceExt as _,
    api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams},
    config::{Cluster, KubeConfigOptions, Kubeconfig},
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use resources::{DployInstance, DployOwner, DployTemplate};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::{
    client::Client,
    instances::InstanceWatch,
    issuer::Issuer,
    process::{DployProcess, ServeProcess, UnexpectedExits},
    service_account, templates,
};

/// The field manager of the bench.
const FIELD_MANAGER: &str = "dploy-bench";
/// The timeout for a CustomResourceDefinition to be served.
const DEFINITION_TIMEOUT: Duration = Duration::from_secs(60);
/// The number of requests to delete a collection before the bench fails.
const MAX_DELETE_ATTEMPTS: usize = 10;
/// The number of users that are introduced concurrently.
const MAX_CONCURRENT_INTRODUCTIONS: usize = 32;
/// The template that introduces users: its launch is refused, but creates the owner record.
const INTRODUCTION: &str = "introduction";

/// A user with a connection to a replica.
pub struct User {
    /// The name, and the owner key.
    pub name: String,
    /// The connection.
    pub client: Client,
}

/// What all measures share: clients, the namespace and the processes in it.
pub struct Fixture {
    /// A client with the rights of the admin.
    pub kube: kube::Client,
    /// The namespace of the processes and their resources.
    pub namespace: String,
    /// The instances in the namespace.
    pub instances: InstanceWatch,
    /// The unexpected exits of processes.
    pub exits: UnexpectedExits,
    /// The kubeconfig of the processes.
    kubeconfig: PathBuf,
    dploy: PathBuf,
    directory: TempDir,
    issuer: Issuer,
    /// The number of started processes. It names their logs.
    process_count: AtomicUsize,
}

impl Fixture {
    /// Creates a namespace `dploy-<name>-<random>` and applies the CustomResourceDefinitions.
    pub async fn open(name: &str, kubeconfig: &Path, dploy: &Path) -> Result<Self> {
        let kube = client(kubeconfig).await?;
        install(&kube).await?;
        let namespace = format!("dploy-{name}-{}", clock::random_hex::<4>());
        let metadata = ObjectMeta { name: Some(namespace.clone()), ..ObjectMeta::default() };
        let namespaces: Api<Namespace> = Api::all(kube.clone());
        let created = Namespace { metadata, ..Namespace::default() };
        let created = namespaces
            .create(&PostParams::default(), &created)
            .await
            .context("could not create the namespace")?;
        let directory = tempfile::tempdir()?;
        let kubeconfig =
            service_account::create(&kube, kubeconfig, &created, directory.path()).await?;
        Ok(Self {
            instances: InstanceWatch::start(kube.clone(), &namespace),
            exits: UnexpectedExits::default(),
            kube,
            namespace,
            kubeconfig,
            dploy: dploy.canonicalize().context("the dploy binary does not exist")?,
            directory,
            issuer: Issuer::start().await?,
            process_count: AtomicUsize::new(0),
        })
    }

    /// Deletes the namespace with its contents.
    pub async fn close(&self) -> Result<()> {
        self.remove_finalizers().await?;
        let namespaces: Api<Namespace> = Api::all(self.kube.clone());
        namespaces.delete(&self.namespace, &DeleteParams::default()).await?;
        Ok(())
    }

    /// The API of a kind in the namespace.
    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.kube.clone(), &self.namespace)
    }

    /// Starts `dploy serve` and waits until it is ready.
    pub async fn serve(&self) -> Result<ServeProcess> {
        self.serve_with(&[]).await
    }

    /// Starts `dploy serve` with extra environment variables and waits until it is ready.
    pub async fn serve_with(&self, variables: &[(&str, &str)]) -> Result<ServeProcess> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let mut serve = self.command("serve");
        serve.envs([("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", &port)]);
        serve.envs([("JWT_ISSUER", self.issuer.origin()), ("JWKS_URL", &self.issuer.keys_url())]);
        // One person stands for many.
        serve.env("MAX_CHANGES_PER_MINUTE", "0");
        serve.envs(variables.iter().copied());
        ServeProcess::when_ready(self.start(serve)?, format!("127.0.0.1:{port}")).await
    }

    /// Starts `dploy operate`. Does not wait until it leads.
    pub fn operate(&self) -> Result<DployProcess> {
        self.operate_as("bench")
    }

    /// Starts `dploy operate` with a host name, which names it in the election.
    pub fn operate_as(&self, host: &str) -> Result<DployProcess> {
        let mut operate = self.command("operate");
        operate.env("HOSTNAME", host);
        self.start(operate)
    }

    /// Lets the processes that are started next reach the API server through a proxy at `url`.
    pub fn route_through(&mut self, url: &str) -> Result<()> {
        let mut config = Kubeconfig::read_from(&self.kubeconfig)?;
        for cluster in config.clusters.iter_mut().filter_map(|it| it.cluster.as_mut()) {
            *cluster = Cluster { server: Some(url.to_owned()), ..Cluster::default() };
        }
        self.kubeconfig = self.directory.path().join("kubeconfig-proxy");
        fs::write(&self.kubeconfig, serde_json::to_string(&config)?)?;
        Ok(())
    }

    /// The directory of the processes' logs.
    pub fn logs(&self) -> &Path {
        self.directory.path()
    }

    /// Keeps the logs of the processes, and returns their directory.
    pub fn keep_logs(&mut self) -> &Path {
        self.directory.disable_cleanup(true);
        self.directory.path()
    }

    fn command(&self, role: &str) -> Command {
        let mut command = Command::new(&self.dploy);
        command.arg(role).env_clear().env("KUBECONFIG", &self.kubeconfig);
        command.env("DPLOY_NAMESPACE", &self.namespace);
        // Port 0 lets several processes run at the same time.
        command.envs([("HEALTH_PORT", "0"), ("METRICS_PORT", "0")]);
        command
    }

    fn start(&self, command: Command) -> Result<DployProcess> {
        let count = self.process_count.fetch_add(1, Ordering::Relaxed);
        let log = self.directory.path().join(format!("{count}.log"));
        DployProcess::start(command, log, self.exits.clone())
    }

    /// Applies a template.
    pub async fn template(&self, name: &str, spec: Value) -> Result<()> {
        let template = json!({
            "apiVersion": "dploy.dev/v1alpha1",
            "kind": "DployTemplate",
            "metadata": { "name": name },
            "spec": spec,
        });
        let apply = PatchParams::apply(FIELD_MANAGER).force();
        let (templates, template) = (self.api::<DployTemplate>(), Patch::Apply(template));
        let applied = templates.patch(name, &apply, &template).await;
        applied.with_context(|| format!("could not apply the template {name}"))?;
        Ok(())
    }

    /// A token of the user `name`.
    pub fn token(&self, name: &str) -> Result<String> {
        self.issuer.token(name)
    }

    /// A connected user.
    pub async fn user(&self, name: String, server: &ServeProcess) -> Result<User> {
        let token = self.token(&name)?;
        Ok(User { client: Client::connect(server.host(), Some(&token)).await?, name })
    }

    /// `count` connected users that have an owner record, as users have after their first launch.
    pub async fn users(
        &self,
        prefix: &str,
        count: usize,
        server: &ServeProcess,
    ) -> Result<Vec<User>> {
        self.template(INTRODUCTION, templates::unlaunchable()).await?;
        let users = stream::iter(0..count).map(|number| async move {
            let mut user = self.user(format!("{prefix}-{number}"), server).await?;
            let response = user.client.get("/run/introduction").await?;
            ensure!(response.status == StatusCode::BAD_REQUEST, "{response:?}");
            Ok(user)
        });
        users.buffered(MAX_CONCURRENT_INTRODUCTIONS).try_collect().await
    }

    /// Deletes all templates, instances and owner records. Requires a running operator.
    pub async fn clear(&self) -> Result<()> {
        delete_all(&self.api::<DployTemplate>()).await?;
        delete_all(&self.api::<DployInstance>()).await?;
        self.instances.until("nothing is left", |it| it.existing().next().is_none()).await?;
        delete_all(&self.api::<DployOwner>()).await
    }

    /// Removes the finalizers of the instances that a failed measure has left.
    async fn remove_finalizers(&self) -> Result<()> {
        let instances = self.api::<DployInstance>();
        let none = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
        for instance in instances.list_metadata(&ListParams::default()).await? {
            instances.patch_metadata(&instance.name_any(), &PatchParams::default(), &none).await?;
        }
        Ok(())
    }
}

async fn client(kubeconfig: &Path) -> Result<kube::Client> {
    let read = Kubeconfig::read_from(kubeconfig).context("could not read the kubeconfig")?;
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(read, &options).await;
    kube::Client::try_from(config.context("the kubeconfig is not usable")?)
        .context("could not create a client")
}

/// Deletes a collection. Repeats the request after an error, since the API server stops a request
/// after a minute.
async fn delete_all<K>(api: &Api<K>) -> Result<()>
where
    K: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let (params, all) = (DeleteParams::background(), ListParams::default());
    for _ in 0..MAX_DELETE_ATTEMPTS {
        match api.delete_collection(&params, &all).await {
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::warn!(%error, "could not delete the whole collection, trying again")
            }
        }
    }
    bail!("could not delete all {}", K::plural(&()))
}

/// Applies the CustomResourceDefinitions and waits until they are served. They are never deleted,
/// since others may use them.
async fn install(kube: &kube::Client) -> Result<()> {
    let kinds: Api<CustomResourceDefinition> = Api::all(kube.clone());
    for kind in resources::custom_resource_definitions() {
        let name = kind.name_any();
        let apply = PatchParams::apply(FIELD_MANAGER).force();
        kinds
            .patch(&name, &apply, &Patch::Apply(kind))
            .await
            .context("could not apply a CustomResourceDefinition")?;
        let served = await_condition(kinds.clone(), &name, is_crd_established());
        timeout(DEFINITION_TIMEOUT, served)
            .await
            .context("the custom resources are not served in time")??;
    }
    Ok(())
}
