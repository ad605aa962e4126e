//! The ports beside the site's: the probes of `dploy operate`, and the metrics of both roles.

use std::collections::BTreeMap;

use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use resources::DployTemplate;
use testbed::{Client, eventually};
use tokio::{net::TcpListener, process::Command};

use super::{
    program::{Running, command, kube_client},
    world::{World, ready},
};

/// A pool whose members are ready at once, in any cluster.
const WARM: &str = "
apiVersion: dploy.dev/v1alpha1
kind: DployTemplate
metadata: { name: warm }
spec:
  engine: manifests
  method: pool
  pool: { size: 2 }
  manifests: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: warm }
";

/// The value of each series of one scrape, by name and labels: `dploy_seats{}`.
struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Parses the text format. A malformed line fails the test.
    fn parse(text: &str) -> Self {
        assert!(text.ends_with("# EOF\n"), "it was cut off: {text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        Self(samples.map(sample).collect())
    }

    fn value(&self, series: &str) -> Option<f64> {
        self.0.get(series).copied()
    }

    /// The values of all series of a name, by their labels.
    fn family(&self, name: &str) -> BTreeMap<&str, f64> {
        let series = self.0.iter().filter_map(|(series, value)| {
            Some((series.strip_prefix(name)?.strip_prefix('{')?.strip_suffix('}')?, *value))
        });
        series.collect()
    }
}

fn sample(line: &str) -> (String, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
    let series = if series.ends_with('}') { series.to_owned() } else { format!("{series}{{}}") };
    (series, value.parse().unwrap_or_else(|_| panic!("no number: {line}")))
}

async fn scrape(role: &Running) -> Scrape {
    let client = Client::new(role.listens_at("metrics").await, None);
    let answer = client.get("/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.headers["content-type"].to_str().is_ok_and(|it| it.contains("text")));
    Scrape::parse(&answer.text)
}

/// Scrapes until a series has a value, and returns that scrape.
async fn until(role: &Running, series: &str, value: Option<f64>) -> Scrape {
    eventually(&format!("{series} is {value:?}"), || async {
        let scrape = scrape(role).await;
        (scrape.value(series) == value).then_some(scrape)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_of_both_roles_shows_what_happened() {
    let world = World::start().await;
    world.install().await;
    let templates: Api<DployTemplate> =
        Api::default_namespaced(kube_client(&world.kubeconfig()).await);
    let warm = serde_yaml_ng::from_str(WARM).expect("a template");
    templates.create(&PostParams::default(), &warm).await.expect("a template");
    let server = Running::serve(&world.kubeconfig(), &world.issuer);
    let operator = Running::operate(&world.kubeconfig());
    let token = world.provider.issue_token("alice").expect("a token");
    let alice = Client::new(server.origin().await, Some(token));
    ready(&alice).await;

    until(&operator, "dploy_pool_members{template=\"warm\",state=\"available\"}", Some(2.0)).await;
    let stream = alice.request(reqwest::Method::GET, "/api/environments/stream").send().await;
    assert_eq!(alice.get("/run/notes").await.status, 200);
    alice.until_status("notes", "Healthy").await;
    // The server's cache may lag behind the operator's.
    eventually("a claim", || async { (alice.get("/run/warm").await.status == 200).then_some(()) })
        .await;
    assert_eq!(alice.get("/run/warm").await.status, 200, "the same again");

    let seen = until(&server, "dploy_seats{}", Some(2.0)).await;
    assert_eq!(seen.value("dploy_stream_clients{}"), Some(1.0));
    let claims = seen.family("dploy_claim_duration_seconds_count");
    assert_eq!(claims["outcome=\"claimed\""], 1.0, "{claims:?}");
    assert_eq!(claims["outcome=\"existing\""], 1.0, "{claims:?}");
    let took = seen.value("dploy_claim_duration_seconds_sum{outcome=\"claimed\"}");
    assert!(took.is_some_and(|it| it > 0.0 && it < 30.0), "{took:?}");
    let ages = seen.family("dploy_cache_age_seconds");
    let kinds = [
        "controllerrevisions",
        "dployinstances",
        "dployowners",
        "dploytemplates",
        "operatorconfigs",
    ];
    assert_eq!(
        ages.keys().copied().collect::<Vec<_>>(),
        kinds.map(|kind| format!("kind=\"{kind}\"")).iter().map(String::as_str).collect::<Vec<_>>()
    );
    assert!(ages.values().all(|age| (0.0..60.0).contains(age)), "{ages:?}");

    drop(stream);
    until(&server, "dploy_stream_clients{}", Some(0.0)).await;

    let claimed = "dploy_pool_members{template=\"warm\",state=\"claimed\"}";
    let seen = until(&operator, claimed, Some(1.0)).await;
    assert_eq!(seen.value("dploy_leader{}"), Some(1.0));
    let launched = "dploy_launch_duration_seconds_count{outcome=\"healthy\"}";
    assert_eq!(seen.value(launched), Some(1.0), "members of pools are no launches");
    let took = seen.value("dploy_launch_duration_seconds_sum{outcome=\"healthy\"}");
    assert!(took.is_some_and(|it| it > 0.0 && it < 30.0), "{took:?}");
    let looks = seen.family("dploy_reconcile_duration_seconds_count");
    for kind in ["dployinstances", "dployowners", "dploytemplates"] {
        assert!(looks[format!("kind=\"{kind}\"").as_str()] >= 1.0, "{looks:?}");
    }
    let mut buckets = seen.family("dploy_reconcile_duration_seconds_bucket");
    buckets.retain(|labels, _| labels.contains("dployowners"));
    assert!(buckets.values().any(|count| *count == looks["kind=\"dployowners\""]), "{buckets:?}");

    // A deleted template has no series, even while members of its pool remain.
    templates.delete("warm", &DeleteParams::default()).await.expect("a template");
    until(&operator, claimed, None).await;
    server.stop().await;
    operator.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_ready_once_its_caches_are_whether_it_leads_or_not() {
    let world = World::start().await;
    let operators =
        ["operator-0", "operator-1"].map(|name| Running::operate_as(name, &world.kubeconfig()));
    for operator in &operators {
        let probe = Client::new(operator.listens_at("health").await, None);
        assert_eq!(probe.get("/health").await.json()["status"], "ok");
        let early = probe.get("/ready").await;
        assert_eq!((early.status.as_u16(), early.error().as_str()), (503, "Service not ready"));
    }
    world.install().await;
    for operator in &operators {
        ready(&Client::new(operator.listens_at("health").await, None)).await;
    }
    let leads = |operator: &Running| operator.logged().contains("\"leading\"");
    eventually("one leads", || async { operators.iter().any(leads).then_some(()) }).await;
    assert!(!operators.iter().all(leads), "only one leads");
    for operator in operators {
        operator.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_beside_the_site_is_named() {
    let world = World::start().await;
    let busy = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = busy.local_addr().expect("an address").port().to_string();
    for (role, variable) in
        [("operate", "HEALTH_PORT"), ("operate", "METRICS_PORT"), ("serve", "METRICS_PORT")]
    {
        let mut role = command(role);
        role.env("KUBECONFIG", world.kubeconfig()).env("SERVER_HOST", "127.0.0.1").envs([
            ("SERVER_PORT", "0"),
            ("JWT_ISSUER", &world.issuer),
            ("JWKS_URL", &format!("{}/keys", world.issuer)),
        ]);
        let said = refusal(role.env(variable, &port)).await;
        let sentence =
            format!("port {port} is in use; stop what uses it, or choose another with {variable}");
        assert!(said.ends_with(&format!("dploy: {sentence}\n")), "{said}");
    }
}

/// The output of a process that fails to start.
async fn refusal(command: &mut Command) -> String {
    let output = command.output().await.expect("a process");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).expect("text")
}
