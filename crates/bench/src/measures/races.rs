//! Conflicting requests: few owners send requests for few templates to three replicas at the same
//! time. The responses are then compared with the instances that the API server reported.

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

use super::{ms, rate};
use crate::report::Report;
use harness::{Client, Fixture, InstanceWatch, Instances, Response, ServeProcess, templates};

const REPLICAS: usize = 3;
const OWNERS: usize = 24;
/// The quota of an owner. It is low, so that most launches reach it.
const QUOTA: usize = 3;
const TEMPLATES: [&str; 6] = ["warm-a", "warm-b", "desk-a", "desk-b", "desk-c", "desk-d"];
/// The number of concurrent requests to each replica.
const CONNECTIONS_PER_REPLICA: usize = 20;

/// The successful responses.
#[derive(Debug, Default)]
struct Acknowledged {
    /// The owners that got an instance in a response, by its uuid.
    owners: BTreeMap<String, BTreeSet<String>>,
    /// The number of acknowledged extensions, by owner and template.
    extensions: BTreeMap<(String, String), u64>,
    /// The number of responses by status.
    responses: BTreeMap<u16, usize>,
}

impl Acknowledged {
    fn add(&mut self, owner: &str, request: &Request, response: &Response) {
        *self.responses.entry(response.status.as_u16()).or_default() += 1;
        if response.status != StatusCode::OK {
            return;
        }
        match request.action {
            Action::Launch => {
                let environment = response.json().unwrap_or_default();
                let uuid = environment["uuid"].as_str().unwrap_or_default().to_owned();
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

    /// The number of acknowledged extensions that the instances do not contain.
    fn lost_extensions(&self, instances: &Instances) -> u64 {
        let stored = instances.extensions();
        let stored = |key| stored.get(key).copied().unwrap_or_default();
        self.extensions.iter().map(|(key, count)| count.saturating_sub(stored(key))).sum()
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
    /// A random request. Deletions are rare because they cost the cluster the most.
    fn random() -> Self {
        let action = match clock::random_index(0..100) {
            0..55 => Action::Launch,
            55..97 => Action::Extend,
            _ => Action::Delete,
        };
        Self { action, template: TEMPLATES[clock::random_index(0..TEMPLATES.len())] }
    }

    async fn send(self, client: &mut Client) -> Result<Response> {
        let path = format!("/run/{}", self.template);
        match self.action {
            Action::Launch => client.get(&path).await,
            Action::Extend => client.send(Method::POST, &format!("{path}/extend")).await,
            Action::Delete => client.send(Method::DELETE, &path).await,
        }
    }
}

pub(super) async fn measure(fixture: &Fixture, requests: usize, report: &mut Report) -> Result<()> {
    let quota = QUOTA.to_string();
    let variables = [("MAX_ENVIRONMENTS_PER_USER", quota.as_str())];
    let servers = try_join_all((0..REPLICAS).map(|_| fixture.serve_with(&variables))).await?;
    let operator = fixture.operate()?;
    for template in TEMPLATES {
        let spec = match template.starts_with("warm") {
            true => templates::pooled(4, 0),
            false => templates::on_demand(),
        };
        fixture.template(template, spec).await?;
    }
    // A new watch contains no instances of earlier measures.
    let instances = InstanceWatch::start(fixture.kube.clone(), &fixture.namespace);
    sleep(Duration::from_secs(2)).await;
    let start = Instant::now();
    let acknowledged = race(fixture, &servers, requests).await?;
    let took = start.elapsed();
    // The watch must receive the last changes.
    sleep(Duration::from_secs(2)).await;
    instances.read(|it| report_races(&acknowledged, it, requests, took, report));
    fixture.clear().await?;
    try_join_all(servers.into_iter().map(ServeProcess::stop)).await?;
    operator.stop().await
}

fn report_races(
    acknowledged: &Acknowledged,
    instances: &Instances,
    requests: usize,
    took: Duration,
    report: &mut Report,
) {
    let double_claims = acknowledged.double_claims();
    let quota_overrun = instances.max_per_owner().saturating_sub(QUOTA);
    let duplicates = instances.max_per_owner_and_template().saturating_sub(1);
    let lost = acknowledged.lost_extensions(instances);
    let extensions: u64 = acknowledged.extensions.values().sum();
    report.check(
        format!("double claims, quota overruns, second environments of a template, lost extends in {requests} racing requests on {REPLICAS} replicas"),
        "0",
        format!("{double_claims}, {quota_overrun}, {duplicates}, {lost} (of {extensions} extends)"),
        double_claims == 0 && quota_overrun == 0 && duplicates == 0 && lost == 0,
    );
    let responses =
        acknowledged.responses.iter().map(|(status, count)| format!("{count} × {status}"));
    let responses = responses.collect::<Vec<_>>().join(", ");
    report.note(
        "responses to the racing requests",
        format!("{responses}; {:.0} req/s, {}", rate(requests, took), ms(took)),
    );
}

/// Sends `requests` requests over all connections at the same time.
async fn race(
    fixture: &Fixture,
    servers: &[ServeProcess],
    requests: usize,
) -> Result<Acknowledged> {
    let tokens: Vec<String> =
        (0..OWNERS).map(|it| fixture.token(&owner(it))).collect::<Result<_>>()?;
    let (acknowledged, sent) = (Mutex::new(Acknowledged::default()), AtomicUsize::new(0));
    let connections =
        servers.iter().flat_map(|server| (0..CONNECTIONS_PER_REPLICA).map(move |_| server));
    let connections = connections.map(|server| async {
        let mut client = Client::connect(server.host(), None).await?;
        while sent.fetch_add(1, Ordering::Relaxed) < requests {
            let (number, request) = (clock::random_index(0..OWNERS), Request::random());
            client.set_token(&tokens[number]);
            let response = request.send(&mut client).await?;
            let mut acknowledged = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            acknowledged.add(&owner(number), &request, &response);
        }
        anyhow::Ok(())
    });
    join_all(connections).await.into_iter().collect::<Result<()>>().context("a request failed")?;
    Ok(acknowledged.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn owner(number: usize) -> String {
    format!("racer-{number}")
}
