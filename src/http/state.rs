//! The state that the handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use clock::SharedClock;
use environments::Environments;
use identity::Identity;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;

use super::{files, overload::Capacity};

/// The state that the handlers share. Clones are cheap.
#[derive(Debug, Clone, FromRef)]
pub(crate) struct AppState {
    /// The operations on environments.
    pub(crate) environments: Environments,
    /// Authentication and sign-in.
    pub(crate) identity: Identity,
    /// The time.
    pub(crate) clock: SharedClock,
    /// How many requests are answered at the same time.
    pub(crate) capacity: Capacity,
    /// Cancelled when the server stops, so that event streams end.
    pub(crate) stopping: CancellationToken,
    /// Names and paths of the web app's build.
    pub(crate) leptos: LeptosOptions,
}

impl AppState {
    /// The state of one server.
    #[must_use]
    pub(crate) fn new(
        environments: Environments,
        identity: Identity,
        clock: SharedClock,
        capacity: Capacity,
        stopping: CancellationToken,
    ) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("dploy")
            .site_pkg_dir(Arc::<str>::from(files::package_folder()))
            .build();
        Self { environments, identity, clock, capacity, stopping, leptos }
    }
}
