//! A namespace of the cluster that is the bench's own, with Dploy's kinds and whatever processes a measure wants.

use std::{
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
    config::{KubeConfigOptions, Kubeconfig},
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use resources::{DployInstance, DployOwner, DployTemplate};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::{
    account,
    client::Client,
    issuer::Issuer,
    program::{Ends, Program, Server},
    tracker::Tracker,
};

/// The field manager of what the bench writes.
const MANAGER: &str = "dploy-bench";
/// How long the API server may take for what is not measured.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a deletion of everything is begun.
const ATTEMPTS: usize = 10;
/// How many requests of preparation are under way at once.
const AT_ONCE: usize = 32;
/// A launch without its parameter is refused, but makes the person known.
const INTRODUCTION: &str = "introduction";

/// Somebody with a token and a connection.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) client: Client,
}

/// Where the bench takes place.
pub(crate) struct World {
    /// An admin's client of the API server.
    pub(crate) kube: kube::Client,
    /// The namespace of Dploy's resources.
    pub(crate) namespace: String,
    /// Tells what becomes of the instances.
    pub(crate) tracker: Tracker,
    /// Tells of processes that ended unasked.
    pub(crate) ends: Ends,
    /// That of the processes.
    kubeconfig: PathBuf,
    dploy: PathBuf,
    directory: TempDir,
    issuer: Issuer,
    programs: AtomicUsize,
}

impl World {
    /// Makes the namespace, and Dploy's kinds where the cluster does not have them.
    pub(crate) async fn open(kubeconfig: &Path, dploy: &Path) -> Result<Self> {
        let kube = client(kubeconfig).await?;
        install(&kube).await?;
        let namespace = format!("dploy-bench-{}", clock::random_hex::<4>());
        let metadata = ObjectMeta { name: Some(namespace.clone()), ..ObjectMeta::default() };
        let namespaces: Api<Namespace> = Api::all(kube.clone());
        let made = Namespace { metadata, ..Namespace::default() };
        let made =
            namespaces.create(&PostParams::default(), &made).await.context("no namespace")?;
        let directory = tempfile::tempdir()?;
        let kubeconfig = account::create(&kube, kubeconfig, &made, directory.path()).await?;
        Ok(Self {
            tracker: Tracker::start(kube.clone(), &namespace),
            ends: Ends::default(),
            kube,
            namespace,
            kubeconfig,
            dploy: dploy.canonicalize().context("there is no dploy to measure")?,
            directory,
            issuer: Issuer::start().await?,
            programs: AtomicUsize::new(0),
        })
    }

    /// Removes the namespace. What is still in it goes with it.
    pub(crate) async fn close(self) -> Result<()> {
        self.strip().await?;
        let namespaces: Api<Namespace> = Api::all(self.kube.clone());
        namespaces.delete(&self.namespace, &DeleteParams::default()).await?;
        Ok(())
    }

    /// An API of one of Dploy's kinds.
    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = kube::core::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.kube.clone(), &self.namespace)
    }

    /// Starts a server and waits until it is ready.
    pub(crate) async fn serve(&self) -> Result<Server> {
        self.serve_with(&[]).await
    }

    /// Starts a server with more of its variables set and waits until it is ready.
    pub(crate) async fn serve_with(&self, variables: &[(&str, &str)]) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let mut serve = self.command("serve");
        serve.envs([("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", &port)]);
        serve.envs([("JWT_ISSUER", self.issuer.origin()), ("JWKS_URL", &self.issuer.keys_url())]);
        serve.envs(variables.iter().copied());
        Server::of(self.start(serve)?, format!("127.0.0.1:{port}")).await
    }

    /// Starts an operator. That it leads shows in what it does.
    pub(crate) fn operate(&self) -> Result<Program> {
        let mut operate = self.command("operate");
        operate.env("HOSTNAME", "bench");
        self.start(operate)
    }

    fn command(&self, role: &str) -> Command {
        let mut command = Command::new(&self.dploy);
        command.arg(role).env_clear().env("KUBECONFIG", &self.kubeconfig);
        command.env("DPLOY_NAMESPACE", &self.namespace);
        // Several run at once, each on ports of its own.
        command.envs([("HEALTH_PORT", "0"), ("METRICS_PORT", "0")]);
        command
    }

    fn start(&self, command: Command) -> Result<Program> {
        let count = self.programs.fetch_add(1, Ordering::Relaxed);
        let log = self.directory.path().join(format!("{count}.log"));
        Program::start(command, log, self.ends.clone())
    }

    /// Applies a template.
    pub(crate) async fn template(&self, name: &str, spec: Value) -> Result<()> {
        let template = json!({
            "apiVersion": "dploy.dev/v1alpha1",
            "kind": "DployTemplate",
            "metadata": { "name": name },
            "spec": spec,
        });
        let by_us = PatchParams::apply(MANAGER).force();
        let (templates, template) = (self.api::<DployTemplate>(), Patch::Apply(template));
        let applied = templates.patch(name, &by_us, &template).await;
        applied.with_context(|| format!("could not apply the template {name}"))?;
        Ok(())
    }

    /// A token of somebody.
    pub(crate) fn token(&self, name: &str) -> Result<String> {
        self.issuer.token(name)
    }

    /// Connects as somebody.
    pub(crate) async fn person(&self, name: String, server: &Server) -> Result<Person> {
        let token = self.token(&name)?;
        Ok(Person { client: Client::connect(server.host(), Some(&token)).await?, name })
    }

    /// People who have used Dploy before, so that they have their owner's record, and are connected.
    pub(crate) async fn people(
        &self,
        prefix: &str,
        count: usize,
        server: &Server,
    ) -> Result<Vec<Person>> {
        self.template(INTRODUCTION, introduction()).await?;
        let people = stream::iter(0..count).map(|number| async move {
            let mut person = self.person(format!("{prefix}-{number}"), server).await?;
            let refused = person.client.get("/run/introduction").await?;
            ensure!(refused.status == StatusCode::BAD_REQUEST, "{refused:?}");
            Ok(person)
        });
        people.buffered(AT_ONCE).try_collect().await
    }

    /// Deletes all templates, instances and owners, and waits until they are gone. An operator has to run.
    pub(crate) async fn clear(&self) -> Result<()> {
        delete_all(&self.api::<DployTemplate>()).await?;
        delete_all(&self.api::<DployInstance>()).await?;
        self.tracker.until("nothing is left", |it| it.present().next().is_none()).await?;
        delete_all(&self.api::<DployOwner>()).await
    }

    /// Drops the finalizers of what a measure that failed has left behind.
    async fn strip(&self) -> Result<()> {
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
    kube::Client::try_from(config.context("the kubeconfig has no cluster")?).context("no client")
}

/// Deletes them all. The API server gives a request a minute, which may not be enough for all: then it goes on with the rest.
async fn delete_all<K>(api: &Api<K>) -> Result<()>
where
    K: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let (params, all) = (DeleteParams::background(), ListParams::default());
    for _ in 0..ATTEMPTS {
        match api.delete_collection(&params, &all).await {
            Ok(_) => return Ok(()),
            Err(error) => tracing::warn!(%error, "could not delete all at once, going on"),
        }
    }
    bail!("could not delete all {}", K::plural(&()))
}

/// Applies Dploy's kinds and waits until they are served. They stay: others may use them by now.
async fn install(kube: &kube::Client) -> Result<()> {
    let kinds: Api<CustomResourceDefinition> = Api::all(kube.clone());
    for kind in resources::custom_resource_definitions() {
        let name = kind.name_any();
        let by_us = PatchParams::apply(MANAGER).force();
        kinds.patch(&name, &by_us, &Patch::Apply(kind)).await.context("no custom resources")?;
        let served = await_condition(kinds.clone(), &name, is_crd_established());
        timeout(PATIENCE, served).await.context("the custom resources are not served")??;
    }
    Ok(())
}

fn introduction() -> Value {
    json!({
        "engine": "manifests",
        "manifests": crate::measures::CONFIG_MAP,
        "visible": false,
        "parameters": [{ "name": "missing", "required": true }],
    })
}
