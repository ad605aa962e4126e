//! A run: on a cluster with replicas of its own, or against a server that somebody else runs.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use clock::World;
use futures::future::try_join_all;
use harness::{Fixture, Machine};
use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    caller::{Caller, Crowd},
    health::{self, Health},
    history::Call,
    lives::{Life, LifeWatch, Lives},
    proxy::Proxy,
    replicas::{Fleet, Surroundings},
    report::{Report, Tally},
    rest::{self, Inspection, Leftovers},
    storm::Storm,
    storms::{Callers, Size, Weather},
    templates::{QUOTA, Templates},
    timeline::timeline,
    verdict::Evidence,
};

/// The number of replicas of each role.
const SERVE: usize = 3;
const OPERATE: usize = 2;
/// The time after the last request until a given server is asked what it has.
const REST: Duration = Duration::from_secs(30);

/// The seconds until an environment ends, longer than a run.
const TTL_SECONDS: i64 = 24 * 3600;
/// The same in a soak.
const SOAK_TTL_SECONDS: i64 = 180;
/// The number of owners in a soak.
const SOAK_OWNERS: usize = 100;
/// How often, and with which pauses, the watches of stopped replicas are counted.
const WATCH_LOOKS: usize = 30;
const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// What to run, and how much.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The storms.
    pub(crate) storms: Vec<Storm>,
    /// The number of requests and the time.
    pub(crate) size: Size,
    /// The seed of all choices.
    pub(crate) seed: u64,
    /// Whether the replicas and their connections are disturbed.
    pub(crate) is_disturbed: bool,
    /// Whether to wait until void instances, which live for ten minutes, are gone.
    pub(crate) with_voids: bool,
    /// Whether it is a soak: few owners, short lives, and replicas that nothing disturbs.
    pub(crate) is_soak: bool,
}

/// What a run on a cluster consists of, before the replicas start.
struct Stage {
    fixture: Arc<Fixture>,
    proxy: Proxy,
    templates: Templates,
    lives: LifeWatch,
    with_flux: bool,
    /// The number of watches that the API server serves without the replicas.
    watches: u64,
}

impl Stage {
    async fn prepare(plan: &Plan, world: &World, kubeconfig: &Path, dploy: &Path) -> Result<Self> {
        let mut fixture = Fixture::open("race", kubeconfig, dploy).await?;
        let proxy = Proxy::start(config(kubeconfig).await?, world.clone()).await?;
        fixture.route_through(proxy.url())?;
        tracing::info!("the logs are in {}", fixture.keep_logs().display());
        let with_flux = rest::has_flux(&fixture).await;
        let ttl = if plan.is_soak { SOAK_TTL_SECONDS } else { TTL_SECONDS };
        let templates = Templates::apply(&fixture, with_flux, ttl).await?;
        let clock = world.clock.clone();
        let lives = LifeWatch::start(fixture.kube.clone(), &fixture.namespace, clock);
        // By then the API server counts the watches of this process.
        sleep(2 * WATCH_PAUSE).await;
        let watches = health::watches(&fixture.kube).await?;
        Ok(Self { fixture: Arc::new(fixture), proxy, templates, lives, with_flux, watches })
    }

    /// What is left over once everything has come to rest.
    async fn leftovers(&self, plan: &Plan, world: &World) -> Result<Leftovers> {
        tracing::info!("waiting until everything has come to rest");
        let inspection = Inspection {
            fixture: &self.fixture,
            templates: &self.templates,
            clock: &world.clock,
            with_flux: self.with_flux,
            with_voids: plan.with_voids,
        };
        inspection.settle().await
    }
}

/// Runs the storms on a cluster. Returns the report as text, and whether no promise was broken.
pub(crate) async fn on_cluster(
    plan: &Plan,
    world: World,
    kubeconfig: &Path,
    dploy: &Path,
) -> Result<(String, bool)> {
    let stage = Stage::prepare(plan, &world, kubeconfig, dploy).await?;
    let Stage { fixture, proxy, templates, .. } = &stage;
    let crowd = Crowd::new()?;
    let around = Arc::new(Surroundings {
        fixture: Arc::clone(fixture),
        in_service: Arc::clone(&crowd.replicas),
        world: world.clone(),
        tally: Tally::default(),
        health: Health::default(),
        spares_first: plan.is_soak,
    });
    let fleet = Fleet::start(&around, SERVE, OPERATE);
    if !plan.is_disturbed {
        fleet.calm();
        proxy.calm();
    }
    let callers = callers(plan, fixture)?;
    let weather = Weather { crowd: &crowd, callers: &callers, templates, world: &world };
    weather.run(&plan.storms, plan.size).await?;
    fleet.calm();
    proxy.calm();
    let left = stage.leftovers(plan, &world).await?;
    let (calls, lives) = (crowd.history.calls(), stage.lives.lives());
    fs::write(fixture.logs().join("timeline"), timeline(&calls, &lives))?;
    if let Err(error) = fixture.clear().await {
        tracing::warn!("could not delete what the race made: {error:#}");
    }
    fleet.stop().await?;
    let mut counts = Evidence::new(&calls, &lives, QUOTA).counts();
    counts.extend(left);
    counts.push(("leaked processes", health::processes(&fixture.namespace)));
    counts.push(("processes that grow", around.health.growth()));
    counts.push(("leaked watches", leaked_watches(fixture, stage.watches).await?));
    fixture.close().await?;
    let (report, is_clean) = report(plan, &calls, &around.tally, &counts);
    Ok((format!("{report}\n{}", around.health), is_clean))
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

/// The watches of the stopped replicas that the API server still serves after a while.
async fn leaked_watches(fixture: &Fixture, before: u64) -> Result<Vec<String>> {
    let mut after = before;
    for _ in 0..WATCH_LOOKS {
        after = health::watches(&fixture.kube).await?;
        if after <= before {
            return Ok(Vec::new());
        }
        sleep(WATCH_PAUSE).await;
    }
    Ok((before..after).map(|_| "a watch".to_owned()).collect())
}

/// The report as text, and whether no promise was broken.
fn report(
    plan: &Plan,
    calls: &[Call],
    tally: &Tally,
    counts: &[(&'static str, Vec<String>)],
) -> (String, bool) {
    let report = Report { machine: Machine::detect(), seed: plan.seed, calls, tally, counts };
    (report.to_string(), report.is_clean())
}

/// Runs the storms against the server at `origin`, with the callers of `tokens`: a file with one
/// token a line. The server must accept the tokens until the end of the run.
pub(crate) async fn on_server(
    plan: &Plan,
    world: World,
    origin: &str,
    tokens: &PathBuf,
) -> Result<(String, bool)> {
    let crowd = Crowd::new()?;
    crowd.replicas.add(origin.trim_end_matches('/').to_owned());
    let tokens = fs::read_to_string(tokens).context("could not read the tokens")?;
    let tokens = tokens.lines().map(str::trim).filter(|line| !line.is_empty());
    let callers = try_join_all(tokens.map(|token| known(&crowd, token))).await?;
    let first = callers.first().context("there is no token")?;
    let first = crowd.caller(first.0.clone(), first.1.clone());
    let templates = Templates::of_catalog(&first.read("/api/environments/available").await?)?;
    let limit = first.read("/api/environments").await?["limit"].as_u64().unwrap_or_default();
    let given = Callers::Given(Mutex::new(VecDeque::from(callers.clone())));
    let weather = Weather { crowd: &crowd, callers: &given, templates: &templates, world: &world };
    // A catalog says nothing of environments that end within seconds.
    let storms: Vec<Storm> =
        plan.storms.iter().copied().filter(|storm| *storm != Storm::ExpiryExtend).collect();
    weather.run(&storms, plan.size).await?;
    sleep(REST).await;
    let callers = callers.into_iter().map(|(owner, token)| crowd.caller(owner, token));
    let lives = lives(callers.collect()).await?;
    let calls = crowd.history.calls();
    let quota = usize::try_from(limit)?;
    let counts = Evidence::new(&calls, &lives, quota).counts();
    Ok(report(plan, &calls, &Tally::default(), &counts))
}

/// The owner key of a token. The owner must have no environments.
async fn known(crowd: &Crowd, token: &str) -> Result<(String, String)> {
    let caller = crowd.caller(String::new(), token.to_owned());
    let me = caller.read("/api/me").await?;
    let owner = me["owner"].as_str().context("the server does not know the caller")?;
    let list = caller.read("/api/environments").await?;
    ensure!(list["count"] == 0, "{owner} has environments already");
    Ok((owner.to_owned(), token.to_owned()))
}

/// The environments that the callers have at the end.
async fn lives(callers: Vec<Caller>) -> Result<Lives> {
    let mut lives = Lives::default();
    for caller in callers {
        let list = caller.read("/api/environments").await?;
        let environments = list["environments"].as_array().into_iter().flatten();
        for environment in environments.filter(|it| it["status"] != "Deleting") {
            lives.add(life(&caller.owner, environment));
        }
    }
    Ok(lives)
}

fn life(owner: &str, environment: &Value) -> Life {
    let text = |field: &str| environment[field].as_str().unwrap_or_default().to_owned();
    Life {
        uuid: text("uuid"),
        template: text("name"),
        owners: [owner.to_owned()].into(),
        deadline: text("expiresAt").parse().ok(),
        extensions: environment["extendCount"].as_u64(),
        ..Life::default()
    }
}

async fn config(kubeconfig: &Path) -> Result<Config> {
    let read = Kubeconfig::read_from(kubeconfig).context("could not read the kubeconfig")?;
    let config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await;
    config.context("the kubeconfig is not usable")
}
