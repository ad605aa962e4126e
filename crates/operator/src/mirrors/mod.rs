//! The cache: one mirror for each kind that the controllers read. Every replica fills its cache, so
//! that a new leader can start at once.

mod mirror;

use std::sync::Arc;

use futures::{FutureExt, future};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, Resource, runtime::watcher};
use resources::{
    DployInstance, DployOwner, DployTemplate, OperatorConfig, OperatorConfigSpec, meta,
};

pub(crate) use mirror::{Guarded, Mirror, MirrorEvent};

/// The cache of one replica.
#[derive(Debug, Clone)]
pub(crate) struct Mirrors {
    pub(crate) instances: Mirror<DployInstance>,
    pub(crate) templates: Mirror<DployTemplate>,
    pub(crate) owners: Mirror<DployOwner>,
    pub(crate) configs: Mirror<OperatorConfig>,
    pub(crate) namespaces: Mirror<Namespace>,
}

impl Mirrors {
    /// The cache, and the task that fills it. The task ends only if a watch does.
    pub(crate) fn new(
        client: &Client,
        namespace: &str,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let everything = watcher::Config::default();
        let managed = everything.clone().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
        let (instances, one) =
            Mirror::new(Api::namespaced(client.clone(), namespace), everything.clone());
        let (templates, two) =
            Mirror::new(Api::namespaced(client.clone(), namespace), everything.clone());
        let (owners, three) =
            Mirror::new(Api::namespaced(client.clone(), namespace), everything.clone());
        let (configs, four) = Mirror::new(Api::all(client.clone()), everything);
        let (namespaces, five) = Mirror::new(Api::all(client.clone()), managed);
        let filling = async {
            let first = future::select_all([one, two, three, four, five]).await;
            drop(first);
        };
        (Self { instances, templates, owners, configs, namespaces }, filling)
    }

    /// Waits until every mirror has been filled once.
    pub(crate) async fn filled(&self) {
        tokio::join!(
            self.instances.filled(),
            self.templates.filled(),
            self.owners.filled(),
            self.configs.filled(),
            self.namespaces.filled(),
        );
    }

    /// Whether every mirror has been filled once.
    pub(crate) fn are_filled(&self) -> bool {
        self.filled().now_or_never().is_some()
    }

    /// Whether there is an object of this kind that is reconciled, malformed or not.
    pub(crate) fn have(&self, kind: &str, name: &str) -> bool {
        let Self { instances, templates, owners, configs: _, namespaces: _ } = self;
        (kind == DployInstance::kind(&()) && instances.guarded(name).is_some())
            || (kind == DployTemplate::kind(&()) && templates.guarded(name).is_some())
            || (kind == DployOwner::kind(&()) && owners.guarded(name).is_some())
    }

    /// The spec of the OperatorConfig, if there is one.
    pub(crate) fn config(&self) -> Option<Arc<OperatorConfigSpec>> {
        self.configs.get(meta::CONFIG_NAME).map(|config| Arc::new(config.spec.clone()))
    }
}
