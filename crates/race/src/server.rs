//! A run against a server that somebody else runs: what its callers see is all that is known.

use std::{collections::VecDeque, fs, path::Path, sync::Mutex, time::Duration};

use anyhow::{Context as _, Result, ensure};
use clock::World;
use futures::future::try_join_all;
use harness::Machine;
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    caller::{Caller, Crowd},
    lives::{Life, Lives},
    plan::Plan,
    report::{Report, Tally},
    storm::Storm,
    storms::{Callers, Weather},
    templates::Templates,
    verdict::Evidence,
};

/// The time after the last request until the server is asked what it has.
const REST: Duration = Duration::from_secs(30);

/// Runs the storms against the server at `origin`, with the callers of `tokens`: a file with one
/// token a line. The server must accept the tokens until the end of the run.
pub(crate) async fn run(plan: &Plan, world: &World, origin: &str, tokens: &Path) -> Result<Report> {
    let crowd = Crowd::new()?;
    crowd.replicas.add(origin.trim_end_matches('/').to_owned());
    let tokens = fs::read_to_string(tokens).context("could not read the tokens")?;
    let tokens = tokens.lines().map(str::trim).filter(|line| !line.is_empty());
    let owners = try_join_all(tokens.map(|token| known(&crowd, token))).await?;
    let callers: Vec<_> =
        owners.iter().map(|it| crowd.caller(it.0.clone(), it.1.clone())).collect();
    let first = callers.first().context("there is no token")?;
    let templates = Templates::of_catalog(&first.read("/api/environments/available").await?)?;
    let limit = first.read("/api/environments").await?["limit"].as_u64().unwrap_or_default();
    let given = Callers::Given(Mutex::new(VecDeque::from(owners)));
    let weather = Weather { crowd: &crowd, callers: &given, templates: &templates, world };
    // A catalog says nothing of environments that end within seconds.
    let storms = plan.storms.iter().copied().filter(|storm| *storm != Storm::ExpiryExtend);
    weather.run(&storms.collect::<Vec<_>>(), plan.size).await?;
    sleep(REST).await;
    let (lives, calls) = (lives(&callers).await?, crowd.history.calls());
    let counts = Evidence::new(&calls, &lives, usize::try_from(limit)?).counts();
    let (machine, tally) = (Machine::detect(), Tally::default());
    Ok(Report { machine, seed: plan.seed, calls, tally, counts, health: String::new() })
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
async fn lives(callers: &[Caller]) -> Result<Lives> {
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
