//! A run on a cluster, with replicas of its own that are killed, suspended and cut off.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context as _, Result};
use clock::World;
use harness::{Fixture, Machine};
use kube::{
    Config, Resource as _,
    config::{KubeConfigOptions, Kubeconfig},
};
use resources::DployInstance;
use tokio::time::sleep;

use crate::{
    caller::Crowd,
    health::{self, Health, Watches},
    history::Call,
    lives::{LifeWatch, Lives},
    plan::Plan,
    proxy::Proxy,
    replicas::{Fleet, Surroundings},
    report::{Breaches, Report, Tally},
    rest::{self, Inspection},
    storms::{Callers, Weather},
    templates::{QUOTA, Templates},
    timeline::timeline,
    verdict::Evidence,
};

/// The number of replicas of each role.
const SERVE: usize = 3;
const OPERATE: usize = 2;
/// The seconds until an environment ends, longer than a run.
const TTL_SECONDS: i64 = 24 * 3600;
/// The same in a soak.
const SOAK_TTL_SECONDS: i64 = 180;
/// The number of owners in a soak.
const SOAK_OWNERS: usize = 100;
/// The watches of the instances by this process: that of the fixture and that of the lives.
const OWN_WATCHES: u64 = 2;
/// How often, and with which pauses, watches are counted until their number is as expected.
const WATCH_LOOKS: usize = 60;
const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// What a run on a cluster consists of, before the replicas start.
struct Stage<'a> {
    plan: &'a Plan,
    world: &'a World,
    fixture: Arc<Fixture>,
    proxy: Proxy,
    templates: Templates,
    lives: LifeWatch,
    with_flux: bool,
    /// The watches that the API server serves without the replicas.
    watches: Watches,
}

/// Runs the storms on the cluster of `kubeconfig` with the program `dploy`.
pub(crate) async fn run(
    plan: &Plan,
    world: &World,
    kubeconfig: &Path,
    dploy: &Path,
) -> Result<Report> {
    let stage = Stage::prepare(plan, world, kubeconfig, dploy).await?;
    let crowd = Crowd::new()?;
    let around = Arc::new(stage.surroundings(&crowd));
    let fleet = Fleet::start(&around, SERVE, OPERATE);
    if !plan.is_disturbed {
        stage.calm(&fleet);
    }
    let callers = callers(plan, &stage.fixture)?;
    let weather = Weather { crowd: &crowd, callers: &callers, templates: &stage.templates, world };
    weather.run(&plan.storms, plan.size).await?;
    stage.calm(&fleet);
    let left = stage.leftovers().await?;
    let (calls, lives) = (crowd.history.calls(), stage.lives.lives());
    let mut counts = Evidence::new(&calls, &lives, QUOTA).counts();
    counts.extend(left);
    counts.extend(stage.clear(fleet, &calls, &lives).await?);
    counts.push(("processes that grow", around.health.growth()));
    let (machine, tally) = (Machine::detect(), around.tally.clone());
    let health = around.health.to_string();
    Ok(Report { machine, seed: plan.seed, calls, tally, counts, health })
}

impl<'a> Stage<'a> {
    async fn prepare(
        plan: &'a Plan,
        world: &'a World,
        kubeconfig: &Path,
        dploy: &Path,
    ) -> Result<Self> {
        let mut fixture = Fixture::open("race", kubeconfig, dploy).await?;
        let proxy = Proxy::start(config(kubeconfig).await?, world.clone()).await?;
        fixture.route_through(proxy.url())?;
        tracing::info!("the logs are in {}", fixture.keep_logs().display());
        let with_flux = rest::has_flux(&fixture).await;
        let ttl = if plan.is_soak { SOAK_TTL_SECONDS } else { TTL_SECONDS };
        let templates = Templates::apply(&fixture, with_flux, ttl).await?;
        let clock = world.clock.clone();
        let lives = LifeWatch::start(fixture.kube.clone(), &fixture.namespace, clock);
        let watches = own_watches(&fixture).await?;
        let fixture = Arc::new(fixture);
        Ok(Self { plan, world, fixture, proxy, templates, lives, with_flux, watches })
    }

    fn surroundings(&self, crowd: &Crowd) -> Surroundings {
        Surroundings {
            fixture: Arc::clone(&self.fixture),
            in_service: Arc::clone(&crowd.replicas),
            world: self.world.clone(),
            tally: Tally::default(),
            health: Health::default(),
            spares_first: self.plan.is_soak,
        }
    }

    /// Ends the disturbances.
    fn calm(&self, fleet: &Fleet) {
        fleet.calm();
        self.proxy.calm();
    }

    /// What is left over once everything has come to rest.
    async fn leftovers(&self) -> Result<Breaches> {
        tracing::info!("waiting until everything has come to rest");
        let inspection = Inspection {
            fixture: &self.fixture,
            templates: &self.templates,
            clock: &self.world.clock,
            with_flux: self.with_flux,
            with_voids: self.plan.with_voids,
        };
        inspection.settle().await
    }

    /// Writes the timeline, deletes what the run made and stops the replicas. Returns what the
    /// replicas leave behind.
    async fn clear(&self, fleet: Fleet, calls: &[Call], lives: &Lives) -> Result<Breaches> {
        let fixture = &self.fixture;
        fs::write(fixture.logs().join("timeline"), timeline(calls, lives))?;
        let mut watches = self.leaked_watches(SERVE + OPERATE).await?;
        tracing::info!("deleting everything");
        if let Err(error) = fixture.clear().await {
            tracing::warn!("could not delete what the race made: {error:#}");
        }
        let stuck = fleet.stop().await;
        watches.extend(self.leaked_watches(0).await?);
        let processes = health::processes(&fixture.namespace);
        fixture.close().await?;
        Ok(vec![
            ("replicas that do not stop", stuck),
            ("leaked processes", processes),
            ("leaked watches", watches),
        ])
    }

    /// The watches that are more than one of each kind for each of the replicas.
    async fn leaked_watches(&self, replicas: usize) -> Result<Vec<String>> {
        let mut leaked = Vec::new();
        for _ in 0..WATCH_LOOKS {
            let now = health::watches(&self.fixture.kube).await?;
            leaked = health::surplus(&self.watches, &now, replicas);
            if leaked.is_empty() {
                break;
            }
            sleep(WATCH_PAUSE).await;
        }
        Ok(leaked)
    }
}

/// The watches of this process and of Kubernetes, before the replicas start. The garbage collector
/// of Kubernetes watches every kind, and finds kinds that are new within a minute.
async fn own_watches(fixture: &Fixture) -> Result<Watches> {
    let kinds = resources::custom_resource_definitions().len();
    let instances = DployInstance::plural(&());
    let mut watches = Watches::new();
    for _ in 0..WATCH_LOOKS {
        watches = health::watches(&fixture.kube).await?;
        let of_instances = watches.get(&*instances).copied().unwrap_or_default();
        if watches.len() >= kinds && of_instances > OWN_WATCHES {
            break;
        }
        sleep(WATCH_PAUSE).await;
    }
    Ok(watches)
}

/// New owners for each round, or, in a soak, few of them.
fn callers(plan: &Plan, fixture: &Arc<Fixture>) -> Result<Callers> {
    if !plan.is_soak {
        return Ok(Callers::New(Arc::clone(fixture), Mutex::new(0)));
    }
    let owners = (0..SOAK_OWNERS).map(|number| format!("soaker-{number}"));
    let owners = owners.map(|owner| {
        let token = fixture.token(&owner)?;
        anyhow::Ok((owner, token))
    });
    Ok(Callers::Given(Mutex::new(owners.collect::<Result<_>>()?)))
}

async fn config(kubeconfig: &Path) -> Result<Config> {
    let read = Kubeconfig::read_from(kubeconfig).context("could not read the kubeconfig")?;
    let config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await;
    config.context("the kubeconfig is not usable")
}
