//! The two ports of every operation: reads and conditional writes.

use std::sync::Arc;

use clock::World;
use jiff::Timestamp;
use kube::Client;
use ledger::binding::OlderInstances;
use resources::{
    DployOwner, DployOwnerSpec, DployTemplate, DployTemplateSpec, LaunchDefaults, LaunchSources,
    OperatorConfig, OperatorConfigSpec, launch_defaults,
};
use wire::UiConfig;

use crate::{
    Refusal, Settings,
    allowances::Allowances,
    cache::{Cache, StillFilling},
    cluster::{Live, Writes},
    contention::{Attempts, Contention},
};

/// The read port: the cache, live reads, the configuration, the time and randomness.
#[derive(Debug)]
pub(crate) struct Reads {
    pub(crate) cache: Arc<Cache>,
    pub(crate) live: Live,
    settings: Settings,
    pub(crate) world: World,
}

/// Both ports, what each person may change, and what keeps the requests of one replica apart. For
/// operations that write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports<'a> {
    pub(crate) reads: &'a Reads,
    pub(crate) writes: &'a Writes,
    pub(crate) contention: &'a Contention,
    pub(crate) allowances: &'a Allowances,
}

impl<'a> Ports<'a> {
    /// The attempts of one request.
    pub(crate) const fn attempts(self) -> Attempts<'a> {
        Attempts::of(&self.reads.world)
    }
}

impl Reads {
    pub(crate) fn new(
        client: &Client,
        cache: Arc<Cache>,
        settings: Settings,
        world: World,
    ) -> Self {
        let live = Live::new(client, &settings.namespace, Arc::clone(&cache));
        Self { cache, live, settings, world }
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// Checks that the first lists are complete and that the API server answers. Does not wait for
    /// the lists: a probe needs its answer at once.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        if !self.cache.is_filled() {
            return Err(Refusal::Unavailable(Box::new(StillFilling)));
        }
        Ok(self.live.ping().await?)
    }

    /// Waits for the first lists; [`Refusal::Unavailable`] after a timeout.
    pub(crate) async fn filled(&self) -> Result<(), Refusal> {
        self.cache.filled().await.map_err(|error| Refusal::Unavailable(Box::new(error)))
    }

    /// A template that can be launched. Falls back to a live read when the cache has none of that
    /// name.
    pub(crate) async fn enabled_template(&self, name: &str) -> Result<Arc<DployTemplate>, Refusal> {
        self.filled().await?;
        let template = match self.cache.templates.get(name) {
            Some(template) => Some(template),
            None => self.live.template(name).await?.map(Arc::new),
        };
        template
            .filter(|template| template.spec.enabled && !is_deleting(template))
            .ok_or_else(|| Refusal::NotFound(name.to_owned()))
    }

    /// The launch defaults of a template for an owner.
    pub(crate) fn launch_defaults(
        &self,
        template: Option<&DployTemplateSpec>,
        owner: Option<&DployOwner>,
    ) -> LaunchDefaults {
        let config = self.cache.config();
        launch_defaults(LaunchSources {
            template,
            owner: owner.map(|record: &DployOwner| -> &DployOwnerSpec { &record.spec }),
            config: spec_of(config.as_ref()),
            fallback: self.fallback(),
        })
    }

    /// Who gets the instances of an older Dploy.
    pub(crate) const fn older_instances(&self) -> OlderInstances {
        if self.settings.inherit_by_name {
            OlderInstances::AreInherited
        } else {
            OlderInstances::AreReserved
        }
    }

    /// Which parts of the site are enabled.
    pub(crate) const fn features(&self) -> UiConfig {
        self.settings.features
    }

    /// The launch defaults without an `OperatorConfig`.
    pub(crate) const fn fallback(&self) -> LaunchDefaults {
        self.settings.fallback()
    }
}

/// The spec of the cluster's `OperatorConfig`.
pub(crate) fn spec_of(config: Option<&Arc<OperatorConfig>>) -> Option<&OperatorConfigSpec> {
    config.map(|config| &config.spec)
}

const fn is_deleting(template: &DployTemplate) -> bool {
    template.metadata.deletion_timestamp.is_some()
}
