//! Callers: people with a token, who send requests to the replicas in turn.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use http::{Method, StatusCode};
use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::{
    history::{Action, Call, History, Outcome},
    storm::Storm,
};

/// The time after which a caller gives up. A server's own calls end before.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// The pause of a caller while no replica is in service.
const NO_REPLICA_PAUSE: Duration = Duration::from_millis(100);

/// The replicas that are in service, as a load balancer knows them.
#[derive(Debug, Default)]
pub(crate) struct Replicas {
    origins: Mutex<Vec<String>>,
    turn: AtomicUsize,
}

impl Replicas {
    /// Takes a replica into service.
    pub(crate) fn add(&self, origin: String) {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).push(origin);
    }

    /// Takes a replica out of service.
    pub(crate) fn remove(&self, origin: &str) {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).retain(|it| it != origin);
    }

    /// The replica whose turn it is; waits while there is none.
    pub(crate) async fn next(&self) -> String {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            {
                let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(origin) = origins.get(turn % origins.len().max(1)) {
                    return origin.clone();
                }
            }
            tokio::time::sleep(NO_REPLICA_PAUSE).await;
        }
    }
}

/// What all callers share.
#[derive(Debug, Clone)]
pub(crate) struct Crowd {
    http: reqwest::Client,
    /// The replicas that the requests go to.
    pub(crate) replicas: Arc<Replicas>,
    /// The requests of all callers.
    pub(crate) history: Arc<History>,
}

impl Crowd {
    /// A crowd without replicas and requests.
    pub(crate) fn new() -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        let http = http.timeout(ANSWER_TIMEOUT).build().context("could not create a client")?;
        Ok(Self { http, replicas: Arc::default(), history: Arc::default() })
    }

    /// A caller with a token.
    pub(crate) fn caller(&self, owner: String, token: String) -> Caller {
        Caller { crowd: self.clone(), owner, token }
    }
}

/// A person with a token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    crowd: Crowd,
    /// The owner key.
    pub(crate) owner: String,
    token: String,
}

impl Caller {
    /// Sends a request and records what came back.
    pub(crate) async fn send(&self, storm: Storm, action: Action, template: &str) -> Outcome {
        let path = match action {
            Action::Extend => format!("/run/{template}/extend"),
            Action::Launch | Action::Delete => format!("/run/{template}"),
        };
        let method = match action {
            Action::Launch => Method::GET,
            Action::Extend => Method::POST,
            Action::Delete => Method::DELETE,
        };
        let origin = self.crowd.replicas.next().await;
        let start = Instant::now();
        let outcome = match self.request(method, &origin, &path).await {
            Ok((status, body)) => outcome(action, status, &body),
            Err(error) => {
                tracing::debug!(%error, origin, path, "no answer");
                Outcome::Unknown
            }
        };
        let (owner, template) = (self.owner.clone(), template.to_owned());
        let end = Instant::now();
        let result = outcome.clone();
        self.crowd.history.add(Call { storm, owner, template, action, start, end, outcome });
        result
    }

    /// The body of a GET, as JSON.
    pub(crate) async fn read(&self, path: &str) -> Result<Value> {
        let origin = self.crowd.replicas.next().await;
        let (status, body) = self.request(Method::GET, &origin, path).await?;
        anyhow::ensure!(status.is_success(), "{path} answered {status}: {body}");
        serde_json::from_str(&body).with_context(|| format!("{path} did not answer JSON"))
    }

    async fn request(
        &self,
        method: Method,
        origin: &str,
        path: &str,
    ) -> Result<(StatusCode, String), reqwest::Error> {
        let request = self.crowd.http.request(method, format!("{origin}{path}"));
        let response = request.bearer_auth(&self.token).send().await?;
        let status = response.status();
        Ok((status, response.text().await?))
    }
}

fn outcome(action: Action, status: StatusCode, body: &str) -> Outcome {
    if status.is_server_error() {
        // The one 503 that says that nothing happened.
        let pool_is_empty = body.contains("no pooled instance available");
        let status = status.as_u16();
        return if pool_is_empty { Outcome::Refused(status) } else { Outcome::Failed(status) };
    }
    if !status.is_success() {
        return Outcome::Refused(status.as_u16());
    }
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let deadline = body["expiresAt"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    match (action, body["uuid"].as_str()) {
        (Action::Delete, _) => Outcome::Deleted,
        (Action::Extend, _) if deadline.is_some() => Outcome::Extended { deadline },
        (Action::Launch, Some(uuid)) => Outcome::Launched { uuid: uuid.to_owned(), deadline },
        _ => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_definite_refusal_is_one() {
        let of = |status: u16, body: &str| {
            outcome(Action::Launch, StatusCode::from_u16(status).unwrap(), body)
        };
        let full = r#"{"error":"no pooled instance available, try again shortly"}"#;
        assert_eq!(of(503, full), Outcome::Refused(503));
        assert_eq!(of(503, r#"{"error":"Service not ready"}"#), Outcome::Failed(503));
        assert_eq!(of(403, ""), Outcome::Refused(403));
        assert_eq!(of(200, "<html>"), Outcome::Unknown);
        let launched = of(200, r#"{"uuid":"a1b2c3d4","expiresAt":""}"#);
        assert_eq!(launched, Outcome::Launched { uuid: "a1b2c3d4".into(), deadline: None });
    }

    #[tokio::test]
    async fn the_replicas_take_turns() {
        let replicas = Replicas::default();
        replicas.add("a".into());
        replicas.add("b".into());
        let mut next = [replicas.next().await, replicas.next().await];
        next.sort();
        assert_eq!(next, ["a", "b"]);
        replicas.remove("a");
        assert_eq!(replicas.next().await, "b");
    }
}
