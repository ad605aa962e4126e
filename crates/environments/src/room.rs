//! What all requests of one replica share.

use std::sync::Arc;

use clock::SharedClock;
use kube::Client;
use resources::DployTemplate;

use crate::{
    Refusal, Settings,
    cache::{Cache, StillFilling},
    cluster::Cluster,
    courtesy::{Reservations, Turns},
    measures::Measures,
};

/// One replica of the rules. Each request is a method, in the module that is called like it.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) cache: Arc<Cache>,
    pub(crate) cluster: Cluster,
    pub(crate) settings: Settings,
    pub(crate) clock: SharedClock,
    pub(crate) turns: Turns,
    pub(crate) reservations: Reservations,
    pub(crate) measures: Measures,
}

impl Room {
    pub(crate) fn open(client: &Client, settings: Settings, clock: SharedClock) -> Self {
        let cache = Arc::new(Cache::start(client, &settings.namespace));
        let cluster = Cluster::new(client, &settings.namespace, Arc::clone(&cache));
        Self {
            cache,
            cluster,
            settings,
            clock,
            turns: Turns::default(),
            reservations: Reservations::default(),
            measures: Measures::default(),
        }
    }

    /// Whether the cluster answers, and answered the first lists. A probe is not kept waiting for them.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        if !self.cache.is_filled() {
            return Err(Refusal::Unavailable(Box::new(StillFilling)));
        }
        Ok(self.cluster.ping().await?)
    }

    /// Waits for the first lists; a cluster that does not give them in time counts as not answering.
    pub(crate) async fn filled(&self) -> Result<(), Refusal> {
        self.cache.filled().await.map_err(|error| Refusal::Unavailable(Box::new(error)))
    }

    /// A template that can be launched: from the cache, and live before it is said not to be there.
    pub(crate) async fn enabled_template(&self, name: &str) -> Result<Arc<DployTemplate>, Refusal> {
        self.filled().await?;
        let template = match self.cache.templates.get(name) {
            Some(template) => Some(template),
            None => self.cluster.template(name).await?.map(Arc::new),
        };
        template
            .filter(|template| template.spec.enabled && !is_leaving(template))
            .ok_or_else(|| Refusal::NotFound(name.to_owned()))
    }
}

const fn is_leaving(template: &DployTemplate) -> bool {
    template.metadata.deletion_timestamp.is_some()
}
