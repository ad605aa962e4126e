//! Requests of few owners for few templates, on three replicas at once, so that nearly all of them race; then what was
//! acknowledged is held against what the API server saw, in its order.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use futures::future::{join_all, try_join_all};
use http::{Method, StatusCode};
use tokio::time::sleep;

use super::{ms, on_demand, pooled, rate};
use crate::{
    client::{Answer, Client},
    program::Server,
    report::Report,
    tracker::{Picture, Tracker},
    world::World,
};

const REPLICAS: usize = 3;
const OWNERS: usize = 24;
/// So that the quota is what most launches end at.
const QUOTA: usize = 3;
const TEMPLATES: [&str; 6] = ["warm-a", "warm-b", "desk-a", "desk-b", "desk-c", "desk-d"];
/// How many requests are under way on each replica.
const AT_ONCE: usize = 20;

/// What was acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    /// By uuid, who was told that it is theirs.
    owners: BTreeMap<String, BTreeSet<String>>,
    /// By owner and template, how often they were told that it was extended.
    extensions: BTreeMap<(String, String), u64>,
    /// By status, how many answers there were.
    answers: BTreeMap<u16, usize>,
}

impl Acknowledged {
    fn note(&mut self, owner: &str, request: &Request, answer: &Answer) {
        *self.answers.entry(answer.status.as_u16()).or_default() += 1;
        if answer.status != StatusCode::OK {
            return;
        }
        match request.action {
            Action::Launch => {
                let run = answer.json().unwrap_or_default();
                let uuid = run["uuid"].as_str().unwrap_or_default().to_owned();
                self.owners.entry(uuid).or_default().insert(owner.to_owned());
            }
            Action::Extend => {
                let key = (owner.to_owned(), request.template.to_owned());
                *self.extensions.entry(key).or_default() += 1;
            }
            Action::Delete => {}
        }
    }

    fn double_claims(&self) -> usize {
        self.owners.values().filter(|owners| owners.len() > 1).count()
    }

    /// Extensions that were acknowledged and that nobody can see.
    fn lost_extends(&self, picture: &Picture) -> u64 {
        let seen = picture.extensions();
        let seen = |key| seen.get(key).copied().unwrap_or_default();
        self.extensions.iter().map(|(key, told)| told.saturating_sub(seen(key))).sum()
    }
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Launch,
    Extend,
    Delete,
}

#[derive(Debug, Clone, Copy)]
struct Request {
    action: Action,
    template: &'static str,
}

impl Request {
    /// Mostly launches and extensions: a deletion makes room for both, but costs the cluster much more than them.
    fn random() -> Self {
        let action = match clock::random_index(0..100) {
            0..55 => Action::Launch,
            55..97 => Action::Extend,
            _ => Action::Delete,
        };
        Self { action, template: TEMPLATES[clock::random_index(0..TEMPLATES.len())] }
    }

    async fn send(self, client: &mut Client) -> Result<Answer> {
        let path = format!("/run/{}", self.template);
        match self.action {
            Action::Launch => client.get(&path).await,
            Action::Extend => client.send(Method::POST, &format!("{path}/extend")).await,
            Action::Delete => client.send(Method::DELETE, &path).await,
        }
    }
}

pub(super) async fn measure(world: &World, requests: usize, report: &mut Report) -> Result<()> {
    let quota = QUOTA.to_string();
    let variables = [("MAX_ENVIRONMENTS_PER_USER", quota.as_str())];
    let servers = try_join_all((0..REPLICAS).map(|_| world.serve_with(&variables))).await?;
    let operator = world.operate()?;
    for template in TEMPLATES {
        let warm = template.starts_with("warm");
        world.template(template, if warm { pooled(4, 0) } else { on_demand() }).await?;
    }
    // Its own, so that it knows of nothing that happened before.
    let tracker = Tracker::start(world.kube.clone(), &world.namespace);
    sleep(Duration::from_secs(2)).await;
    let start = Instant::now();
    let acknowledged = race(world, &servers, requests).await?;
    let took = start.elapsed();
    // What was answered last has to reach the watch, too.
    sleep(Duration::from_secs(2)).await;
    tracker.look(|picture| tell(&acknowledged, picture, requests, took, report));
    world.clear().await?;
    try_join_all(servers.into_iter().map(Server::stop)).await?;
    operator.stop().await
}

fn tell(
    acknowledged: &Acknowledged,
    picture: &Picture,
    requests: usize,
    took: Duration,
    report: &mut Report,
) {
    let doubles = acknowledged.double_claims();
    let overrun = picture.most_of_an_owner().saturating_sub(QUOTA);
    let twice = picture.most_of_a_template().saturating_sub(1);
    let lost = acknowledged.lost_extends(picture);
    let extensions: u64 = acknowledged.extensions.values().sum();
    report.check(
        format!("double claims, quota overruns, second environments of a template, lost extends in {requests} racing requests on {REPLICAS} replicas"),
        "0",
        format!("{doubles}, {overrun}, {twice}, {lost} (of {extensions} extends)"),
        doubles == 0 && overrun == 0 && twice == 0 && lost == 0,
    );
    let answers = acknowledged.answers.iter().map(|(status, count)| format!("{count} × {status}"));
    let answers = answers.collect::<Vec<_>>().join(", ");
    report.note(
        "what they were answered",
        format!("{answers}; {:.0} req/s, {}", rate(requests, took), ms(took)),
    );
}

/// Everybody at once, until there were so many requests.
async fn race(world: &World, servers: &[Server], requests: usize) -> Result<Acknowledged> {
    let tokens: Vec<String> =
        (0..OWNERS).map(|it| world.token(&owner(it))).collect::<Result<_>>()?;
    let (acknowledged, sent) = (Mutex::new(Acknowledged::default()), AtomicUsize::new(0));
    let runners = servers.iter().flat_map(|server| (0..AT_ONCE).map(move |_| server));
    let runners = runners.map(|server| async {
        let mut client = Client::connect(server.host(), None).await?;
        while sent.fetch_add(1, Ordering::Relaxed) < requests {
            let (number, request) = (clock::random_index(0..OWNERS), Request::random());
            client.be(&tokens[number]);
            let answer = request.send(&mut client).await?;
            let mut acknowledged = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            acknowledged.note(&owner(number), &request, &answer);
        }
        anyhow::Ok(())
    });
    join_all(runners).await.into_iter().collect::<Result<()>>().context("a request failed")?;
    Ok(acknowledged.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn owner(number: usize) -> String {
    format!("racer-{number}")
}
