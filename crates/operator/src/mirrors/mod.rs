//! The cache: one mirror for each kind that the controllers read. Every replica fills its cache, so
//! that a new leader can start at once.

mod guards;
mod mirror;

use std::{fmt::Debug, sync::Arc, time::Duration};

use futures::future::{self, BoxFuture};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, Resource, core::NamespaceResourceScope, runtime::watcher};
use kubeclient::{CacheAges, Vitals};
use resources::{
    DployInstance, DployOwner, DployTemplate, OperatorConfig, OperatorConfigSpec, Revision, meta,
};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep_until};

pub(crate) use guards::{Fingerprint, GuardMirrors, joined, print};
pub(crate) use mirror::{Guarded, Mirror, MirrorEvent, ObjectChange};

/// The cache of one replica.
#[derive(Debug, Clone)]
pub(crate) struct Mirrors {
    pub(crate) instances: Mirror<DployInstance>,
    pub(crate) templates: Mirror<DployTemplate>,
    pub(crate) revisions: Mirror<Revision>,
    pub(crate) owners: Mirror<DployOwner>,
    pub(crate) configs: Mirror<OperatorConfig>,
    pub(crate) namespaces: Mirror<Namespace>,
    pub(crate) guards: GuardMirrors,
}

impl Mirrors {
    /// The cache, and the task that fills it. The task ends only if a watch does. The API server
    /// ends each watch after half of `max_age`.
    pub(crate) fn new(
        client: &Client,
        namespace: &str,
        max_age: Duration,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let seconds = u32::try_from(max_age.as_secs() / 2).unwrap_or(u32::MAX).max(1);
        let everything = watcher::Config::default().timeout(seconds);
        let managed = everything.clone().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
        let source = || {
            let vitals = Vitals::default();
            (vitals.recording(client, namespace), vitals)
        };
        let (instances, one) = namespaced(source(), namespace, &everything);
        let (templates, two) = namespaced(source(), namespace, &everything);
        let (owners, three) = namespaced(source(), namespace, &everything);
        let (client_of_configs, vitals) = source();
        let (configs, four) = Mirror::new(Api::all(client_of_configs), everything, vitals);
        let (client_of_namespaces, vitals) = source();
        let (namespaces, five) =
            Mirror::new(Api::all(client_of_namespaces), managed.clone(), vitals);
        let (revisions, six) = namespaced(source(), namespace, &managed);
        let (guards, seven) = guards(source, &managed);
        let filling = async {
            let six = [one, two, three, four, five, six];
            let first = future::select_all(six.into_iter().chain(seven)).await;
            drop(first);
        };
        let mirrors = Self { instances, templates, revisions, owners, configs, namespaces, guards };
        (mirrors, filling)
    }

    /// Waits until every mirror has been filled once.
    pub(crate) async fn filled(&self) {
        tokio::join!(
            self.instances.filled(),
            self.templates.filled(),
            self.revisions.filled(),
            self.owners.filled(),
            self.configs.filled(),
            self.namespaces.filled(),
            self.guards.filled(),
        );
    }

    /// Whether every mirror has been filled, and shown a sign of life within `max_age`.
    pub(crate) fn are_current(&self, max_age: Duration) -> bool {
        self.old_at(max_age).1.is_some_and(|at| Instant::now() < at)
    }

    /// Waits until a mirror is older than `max_age`. Returns its kind.
    pub(crate) async fn grow_old(&self, max_age: Duration) -> &'static str {
        loop {
            match self.old_at(max_age) {
                (_, Some(at)) if Instant::now() < at => sleep_until(at).await,
                (kind, _) => return kind,
            }
        }
    }

    /// The kind of the oldest mirror, and when it will be older than `max_age`. `None`: it has not
    /// been filled.
    fn old_at(&self, max_age: Duration) -> (&'static str, Option<Instant>) {
        let ages = [
            ("dployinstances", self.instances.old_at(max_age)),
            ("dploytemplates", self.templates.old_at(max_age)),
            ("controllerrevisions", self.revisions.old_at(max_age)),
            ("dployowners", self.owners.old_at(max_age)),
            ("operatorconfigs", self.configs.old_at(max_age)),
            ("namespaces", self.namespaces.old_at(max_age)),
            ("networkpolicies", self.guards.policies.old_at(max_age)),
            ("resourcequotas", self.guards.quotas.old_at(max_age)),
            ("limitranges", self.guards.limits.old_at(max_age)),
        ];
        ages.into_iter().min_by_key(|(_, at)| *at).unwrap_or(("", None))
    }

    /// The metric of the age of each mirror.
    pub(crate) fn ages(&self) -> CacheAges {
        CacheAges(vec![
            ("dployinstances", self.instances.vitals()),
            ("dploytemplates", self.templates.vitals()),
            ("controllerrevisions", self.revisions.vitals()),
            ("dployowners", self.owners.vitals()),
            ("operatorconfigs", self.configs.vitals()),
            ("namespaces", self.namespaces.vitals()),
            ("networkpolicies", self.guards.policies.vitals()),
            ("resourcequotas", self.guards.quotas.vitals()),
            ("limitranges", self.guards.limits.vitals()),
        ])
    }

    /// Whether there is an object of this kind that is reconciled, malformed or not.
    pub(crate) fn have(&self, kind: &str, name: &str) -> bool {
        let Self { instances, templates, owners, .. } = self;
        (kind == DployInstance::kind(&()) && instances.guarded(name).is_some())
            || (kind == DployTemplate::kind(&()) && templates.guarded(name).is_some())
            || (kind == DployOwner::kind(&()) && owners.guarded(name).is_some())
    }

    /// The spec of the OperatorConfig, if there is one.
    pub(crate) fn config(&self) -> Option<Arc<OperatorConfigSpec>> {
        self.configs.get(meta::CONFIG_NAME).map(|config| Arc::new(config.spec.clone()))
    }
}

/// The mirrors of the guard rails in all namespaces.
fn guards(
    source: impl Fn() -> (Client, Vitals),
    config: &watcher::Config,
) -> (GuardMirrors, [BoxFuture<'static, ()>; 3]) {
    let (policies, one) = everywhere(source(), config);
    let (quotas, two) = everywhere(source(), config);
    let (limits, three) = everywhere(source(), config);
    (GuardMirrors { policies, quotas, limits }, [one, two, three])
}

/// The mirror of one kind in all namespaces.
fn everywhere<K>(
    (client, vitals): (Client, Vitals),
    config: &watcher::Config,
) -> (Mirror<K>, BoxFuture<'static, ()>)
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    Mirror::new(Api::all(client), config.clone(), vitals)
}

/// The mirror of one kind in one namespace.
fn namespaced<K>(
    (client, vitals): (Client, Vitals),
    namespace: &str,
    config: &watcher::Config,
) -> (Mirror<K>, BoxFuture<'static, ()>)
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + Debug
        + DeserializeOwned
        + Send
        + Sync
        + 'static,
{
    Mirror::new(Api::namespaced(client, namespace), config.clone(), vitals)
}
