//! A complete Dploy in one process for tests: `dploy dev` on a free port, with its data in a
//! temporary directory, and an HTTP client for each person of the development provider.
//!
//! Nothing is mocked: the API server, the controllers, the child processes, the identity provider
//! and HTTP over loopback are real.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed set-up fails the test")]

mod client;
mod wait;

use std::path::{Path, PathBuf};

use dev::DataDirectory;
use dploy::{Dev, Env, Options};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub use client::{Client, Response};
pub use wait::{EVENTUALLY_TIMEOUT, eventually};

/// A running Dploy.
#[derive(Debug)]
pub struct TestBed {
    dev: Option<Dev>,
    stopping: CancellationToken,
    directory: TempDir,
}

impl TestBed {
    /// Starts a Dploy with the sample templates.
    ///
    /// `program` is the binary that supervises child processes: `env!("CARGO_BIN_EXE_dploy")`.
    pub async fn start(program: &str) -> Self {
        Self::with_env(program, Env::default()).await
    }

    /// Starts a Dploy with environment variables of the server.
    ///
    /// # Panics
    /// When Dploy does not start.
    pub async fn with_env(program: &str, env: Env) -> Self {
        // Another test of this process may have installed the provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let directory = tempfile::tempdir().expect("a temporary directory");
        let data = DataDirectory::open(Some(directory.path()), false).expect("an unused directory");
        let stopping = CancellationToken::new();
        let options =
            Options { port: 0, kube_port: None, env, data, program: PathBuf::from(program) };
        let dev = Dev::start(options, stopping.clone()).await.expect("a running Dploy");
        Self { dev: Some(dev), stopping, directory }
    }

    fn dev(&self) -> &Dev {
        self.dev.as_ref().expect("not stopped yet")
    }

    /// `http://localhost:<port>`
    #[must_use]
    pub fn origin(&self) -> String {
        self.dev().origin()
    }

    /// A client of its cluster.
    #[must_use]
    pub fn kube(&self) -> kube::Client {
        self.dev().client()
    }

    /// Its data directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A client without a token.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.origin(), None)
    }

    /// A client of alice, bob or carol.
    ///
    /// # Panics
    /// When the development provider has no person of that name.
    #[must_use]
    pub fn user(&self, person: &str) -> Client {
        let token = self.dev().token(person).expect("a person of the development provider");
        Client::new(self.origin(), Some(token))
    }

    /// A client of carol, who is an admin.
    #[must_use]
    pub fn admin(&self) -> Client {
        self.user("carol")
    }

    /// Stops everything, and waits until it has stopped.
    ///
    /// # Panics
    /// When a task ended with an error.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if let Some(dev) = self.dev.take() {
            dev.until_stopped().await.expect("an orderly end");
        }
    }
}

impl Drop for TestBed {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
