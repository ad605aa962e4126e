//! The embedded cluster and the identity provider of one `dploy dev`.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use axum::Router;
use clock::{SharedClock, SystemClock};
use kube::Client;
use localkube::{LocalKube, OpenError};

use crate::{
    DataDirectory, DevError, cluster, kube_guard::guarded, private_file::write_for_owner,
    provider::Provider,
};

/// The embedded cluster and the identity provider of one `dploy dev`.
pub struct Development {
    pub(crate) provider: Provider,
    pub(crate) port: u16,
    cluster: LocalKube,
    client: Client,
    namespace: String,
    /// Unlocked last, when the cluster has closed its files.
    pub(crate) data: DataDirectory,
}

impl fmt::Debug for Development {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Development").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Development {
    /// Opens the cluster in `data`, applies definitions and samples, and opens the provider for the
    /// site at `port` of loopback.
    ///
    /// # Errors
    /// [`DevError`] when the data directory cannot be used or an object cannot be applied.
    pub async fn prepare(
        data: DataDirectory,
        namespace: String,
        port: u16,
        clock: SharedClock,
    ) -> Result<Self, DevError> {
        let cluster = open_cluster(&data, clock.clone())?;
        let client = cluster.client(&namespace);
        cluster::prepare(&client, &namespace, port).await?;
        let site = origin(port);
        let provider = Provider::open(&data.identity(), &format!("{site}/dev"), &site, clock)
            .map_err(DevError::Provider)?;
        Ok(Self { provider, port, cluster, client, namespace, data })
    }

    /// The site's origin, `http://localhost:<port>`.
    #[must_use]
    pub fn origin(&self) -> String {
        origin(self.port)
    }

    /// A client of the embedded cluster.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The settings of a server whose people sign in at the development provider.
    #[must_use]
    pub fn identity_settings(&self) -> identity::Settings {
        self.provider.settings()
    }

    /// An ID token of one of the provider's people.
    ///
    /// # Errors
    /// [`DevError::Token`] for an unknown name.
    pub fn token(&self, person: &str) -> Result<String, DevError> {
        self.provider.issue_token(person).map_err(DevError::Token)
    }

    /// The Kubernetes API as a router, to be served at `port` of loopback, and the file of a
    /// kubeconfig for it, which nobody else can read.
    ///
    /// # Errors
    /// [`DevError::Data`] when the kubeconfig cannot be written.
    pub fn kubernetes_api(&self, port: u16) -> Result<(Router, PathBuf), DevError> {
        let path = self.data.root().join("kubeconfig");
        let secret = clock::random_hex::<32>();
        let address = format!("http://127.0.0.1:{port}/{secret}");
        let text = LocalKube::kubeconfig(&address, &self.namespace);
        write_for_owner(&path, text.as_bytes())
            .map_err(|cause| DevError::Data { directory: path.clone(), cause: cause.into() })?;
        Ok((guarded(self.cluster.router(), port, &secret), path))
    }
}

/// An ID token like a browser's, made with the keys in a data directory.
///
/// # Errors
/// [`DevError::Token`] for an unknown name, or when no `dploy dev` has used the directory;
/// [`DevError::NoDataDirectory`].
pub fn token(person: &str, data_directory: Option<&Path>) -> Result<String, DevError> {
    let root = match data_directory {
        Some(directory) => directory.to_owned(),
        None => DataDirectory::default_path()?,
    };
    Provider::reopen(&DataDirectory::identity_in(&root), SystemClock::shared())
        .and_then(|provider| provider.issue_token(person))
        .map_err(DevError::Token)
}

fn open_cluster(data: &DataDirectory, clock: SharedClock) -> Result<LocalKube, DevError> {
    LocalKube::open(&data.cluster(), clock).map_err(|cause| match cause {
        OpenError::InUse { .. } => DevError::DataInUse(data.root().to_owned()),
        cause => DevError::Data { directory: data.cluster(), cause: cause.into() },
    })
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}
