//! Runs the storms one after the other, each with many callers at the same time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use clock::World;
use futures::future::try_join_all;
use harness::Fixture;
use tokio::time::sleep;

use crate::{
    caller::{Caller, Crowd},
    rounds::Round,
    storm::Storm,
    templates::Templates,
};

/// The number of callers at the same time.
const LANES: usize = 24;
/// The pause while all given tokens are in use.
const TOKEN_PAUSE: Duration = Duration::from_millis(20);

/// Where the callers come from.
pub(crate) enum Callers {
    /// Each round has a new owner, whose token the fixture signs.
    New(Arc<Fixture>, Mutex<usize>),
    /// Owners and tokens that were given. A round has an owner for itself.
    Given(Mutex<VecDeque<(String, String)>>),
}

impl Callers {
    async fn take(&self) -> Result<(String, String)> {
        loop {
            match self {
                Self::New(fixture, next) => {
                    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                    *next += 1;
                    let owner = format!("racer-{next}");
                    let token = fixture.token(&owner)?;
                    return Ok((owner, token));
                }
                Self::Given(free) => {
                    let free = free.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    if let Some(caller) = free {
                        return Ok(caller);
                    }
                }
            }
            sleep(TOKEN_PAUSE).await;
        }
    }

    fn give_back(&self, caller: (String, String)) {
        if let Self::Given(free) = self {
            free.lock().unwrap_or_else(PoisonError::into_inner).push_back(caller);
        }
    }
}

/// How much is sent, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// The number of requests, which the last rounds of each storm exceed; `None` for no limit.
    pub(crate) requests: Option<usize>,
    /// The longest time; `None` for no limit.
    pub(crate) time: Option<Duration>,
    /// The pause of each lane between two rounds.
    pub(crate) pause: Duration,
}

/// What the storms need.
pub(crate) struct Weather<'a> {
    /// The replicas and the history.
    pub(crate) crowd: &'a Crowd,
    /// The callers.
    pub(crate) callers: &'a Callers,
    /// The templates.
    pub(crate) templates: &'a Templates,
    /// The clock, and the source of choices.
    pub(crate) world: &'a World,
}

impl Weather<'_> {
    /// Runs `storms`, each with its share of the requests and of the time.
    pub(crate) async fn run(&self, storms: &[Storm], size: Size) -> Result<()> {
        let all: usize = storms.iter().map(|storm| storm.percent()).sum();
        let start = Instant::now();
        let mut percent = 0;
        for storm in storms {
            percent += storm.percent();
            // The last rounds of the storm before may have sent more than its share.
            let before = self.crowd.history.count();
            let share = |requests: usize| before + requests * storm.percent() / all;
            let requests = size.requests.map(share);
            let time = size.time.map(|time| time.mul_f64(percent as f64 / all as f64));
            tracing::info!("storm {storm}, after {before} requests");
            let size = Size { requests, time, ..size };
            try_join_all((0..LANES).map(|_| self.lane(*storm, size, start)))
                .await
                .with_context(|| format!("the storm {storm} failed"))?;
        }
        Ok(())
    }

    /// Runs rounds until enough requests are sent.
    async fn lane(&self, storm: Storm, size: Size, start: Instant) -> Result<()> {
        let is_over = || {
            size.requests.is_some_and(|requests| self.crowd.history.count() >= requests)
                || size.time.is_some_and(|time| start.elapsed() > time)
        };
        while !is_over() {
            let (owner, token) = self.callers.take().await?;
            let caller: Caller = self.crowd.caller(owner.clone(), token.clone());
            let round =
                Round { storm, caller: &caller, templates: self.templates, world: self.world };
            round.run().await;
            self.callers.give_back((owner, token));
            sleep(self.world.jitter(size.pause)).await;
        }
        Ok(())
    }
}
