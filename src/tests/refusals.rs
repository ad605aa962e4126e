//! Failures are reported in one sentence: unusable settings, ports and directories at start, and an
//! unreachable cluster or issuer later.

use std::{
    ffi::{OsStr, OsString},
    fs,
    net::TcpListener,
    os::unix::ffi::OsStringExt as _,
    path::PathBuf,
};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
};
use localkube::LocalKube;
use reqwest::{Method, header};
use rstest::rstest;
use testbed::{Client, TestBed, eventually};
use tokio::process::Command;

use super::program::{Home, Running, command, dploy};

/// The one sentence of a start that fails.
async fn refusal(mut command: Command) -> String {
    let command = command.env("RUST_BACKTRACE", "1").env("NO_COLOR", "1");
    let output = command.output().await.expect("a process");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let sentence = said.strip_prefix("dploy: ").and_then(|it| it.strip_suffix('\n'));
    sentence
        .filter(|it| !it.contains('\n'))
        .unwrap_or_else(|| panic!("one sentence, not {said}"))
        .to_owned()
}

/// A role with one variable set, and valid values of the required ones.
fn with(role: &str, name: &str, value: impl AsRef<OsStr>) -> Command {
    let mut command = command(role);
    command.env("JWT_ISSUER", "http://127.0.0.1:9").env("JWKS_URL", "http://127.0.0.1:9/keys");
    command.env(name, value);
    command
}

#[tokio::test]
async fn replicas_that_could_not_read_each_others_sessions_do_not_start() {
    let mut serve = with("serve", "SERVE_REPLICAS", "2");
    serve.env("OIDC_ISSUER", "http://127.0.0.1:9");
    serve.env("OIDC_REDIRECT_URL", "http://127.0.0.1:8/auth/callback");
    assert_eq!(
        refusal(serve).await,
        "SESSION_SECRET is required but not set: without it and without OIDC_CLIENT_SECRET, the 2 \
         replicas could not read each other's sessions"
    );
}

#[rstest]
#[case("serve", "SERVER_PORT", "80a", "SERVER_PORT is malformed: `80a` is not a port (0 to 65535)")]
#[case("serve", "JWKS_URL", "", "JWKS_URL is required but not set")]
#[case("serve", "JWT_ISSUER", "", "JWT_ISSUER is required but not set")]
#[case(
    "serve",
    "CATALOG_ENABLED",
    "maybe",
    "CATALOG_ENABLED is malformed: `maybe` is neither `true` nor `false`"
)]
#[case(
    "operate",
    "EXTEND_TTL",
    "0",
    "EXTEND_TTL is malformed: `0` is not a number of seconds of at least 1"
)]
#[case("dev", "DEBUG", "loud", "DEBUG is malformed: `loud` is neither `true` nor `false`")]
#[case(
    "serve",
    "KUBECONFIG",
    "/nowhere/kubeconfig",
    "could not find out how to reach the cluster (KUBECONFIG, or a pod's service account): "
)]
#[tokio::test]
async fn a_setting_that_cannot_be_used_stops_the_start(
    #[case] role: &str,
    #[case] name: &str,
    #[case] value: &str,
    #[case] sentence: &str,
) {
    let said = refusal(with(role, name, value)).await;
    assert!(said.starts_with(sentence), "{said}");
}

#[tokio::test]
async fn a_setting_that_is_no_text_is_not_passed_over() {
    let said = refusal(with("serve", "SERVER_PORT", OsString::from_vec(vec![b'8', 0xff]))).await;
    assert_eq!(said, "SERVER_PORT is malformed: its value is not UTF-8");
    let said = refusal(with("serve", "RUST_LOG", "dploy=deafening")).await;
    assert!(said.starts_with("RUST_LOG is malformed: "), "{said}");
}

fn dev(home: &Home) -> Command {
    let mut command = command("dev");
    command.args(["--port", "0", "--data-dir"]).arg(home.data());
    command
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let (home, taken) = (Home::new(), TcpListener::bind("127.0.0.1:0").expect("a port"));
    let port = taken.local_addr().expect("an address").port();
    let sentence = format!("port {port} is in use; ");
    let port = port.to_string();
    let mut same_site = command("dev");
    same_site.args(["--port", &port, "--data-dir"]).arg(home.data());
    assert!(refusal(same_site).await.starts_with(&sentence));
    let mut same_kube = dev(&home);
    same_kube.args(["--kube-port", &port]);
    assert!(refusal(same_kube).await.starts_with(&sentence));
    let kubeconfig = unreachable(&home);
    let mut serve = with("serve", "SERVER_PORT", &port);
    serve.env("SERVER_HOST", "127.0.0.1").env("KUBECONFIG", kubeconfig);
    assert!(refusal(serve).await.starts_with(&sentence));
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_used_is_named() {
    let home = Home::new();
    let first = home.start().await;
    let shown = home.data().display().to_string();
    let said = refusal(dev(&home)).await;
    assert_eq!(
        said,
        format!(
            "another `dploy dev` is using {shown}; stop it, or name another directory with --data-dir"
        )
    );
    assert!(first.stop().await.success());

    let no_directory = Home::new();
    fs::write(no_directory.data(), "a file").expect("a file");
    let said = refusal(dev(&no_directory)).await;
    let shown = no_directory.data().display().to_string();
    assert!(said.starts_with(&format!("could not use the data directory {shown}: ")), "{said}");
}

/// A `dploy dev` whose files have at most this many blocks of 512 bytes, which simulates a full
/// disk.
fn limited(blocks: u32) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")).arg("sh");
    shell.args([dploy(), "dev"]).kill_on_drop(true);
    shell
}

#[tokio::test]
async fn a_full_disk_is_told_at_the_start() {
    let home = Home::new();
    let mut full = limited(8);
    full.args(["--port", "0", "--data-dir"]).arg(home.data());
    let said = refusal(full).await;
    let shown = home.data().display().to_string();
    assert!(said.starts_with(&format!("could not use the data directory {shown}")), "{said}");
    assert!(home.start().await.stop().await.success(), "with room again it starts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_costs_nothing_that_was_acknowledged() {
    let home = Home::new();
    let dev = home.start_as(limited(1024)).await;
    let alice = dev.user("alice");
    let uuid = alice.get("/run/nc-echo").await.field("uuid");
    alice.until_status("nc-echo", "Healthy").await;
    let objects: Api<ConfigMap> = Api::default_namespaced(dev.kube().await);
    for size in [60_000, 10_000, 1_000, 1] {
        let fill = ConfigMap {
            metadata: ObjectMeta {
                generate_name: Some("fill-".to_owned()),
                ..ObjectMeta::default()
            },
            data: Some([("fill".to_owned(), "x".repeat(size))].into()),
            ..ConfigMap::default()
        };
        while objects.create(&PostParams::default(), &fill).await.is_ok() {}
    }
    let refused = dev.user("bob").get("/run/webterm").await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (503, "Service not ready"));
    assert_eq!(alice.get("/health").await.status, 200);
    assert_eq!(alice.get("/run/nc-echo/status").await.field("uuid"), uuid);
    dev.kill().await;

    let dev = home.start().await;
    assert_eq!(dev.user("alice").until_status("nc-echo", "Healthy").await.field("uuid"), uuid);
    assert_eq!(dev.user("bob").get("/run/webterm").await.status, 200);
    assert!(dev.stop().await.success() && !home.logged().contains("panicked"), "{}", home.logged());
}

/// A kubeconfig with the address of no server.
fn unreachable(home: &Home) -> PathBuf {
    fs::create_dir_all(home.data()).expect("a directory");
    let path = home.data().join("kubeconfig");
    fs::write(&path, LocalKube::kubeconfig("http://127.0.0.1:9", "dploy-system")).expect("a file");
    path
}

#[tokio::test]
async fn without_a_cluster_and_an_issuer_both_roles_wait() {
    let home = Home::new();
    let kubeconfig = unreachable(&home);
    let (server, operator) =
        (Running::serve(&kubeconfig, "http://127.0.0.1:9"), Running::operate(&kubeconfig));
    let origin = server.origin().await;
    let nobody = Client::new(origin.clone(), None);
    assert_eq!(nobody.get("/health").await.status, 200);
    let ready = nobody.get("/ready").await;
    assert_eq!((ready.status.as_u16(), ready.error().as_str()), (503, "Service not ready"));

    // A well-formed token, so that verifying it needs the issuer's keys: `{"alg":"RS256"}`, `{}`
    // and a signature.
    let alice = Client::new(origin, Some("eyJhbGciOiJSUzI1NiJ9.e30.c2ln".to_owned()));
    let told = alice.get("/api/environments").await;
    assert_eq!(told.status, 503, "{}", told.text);
    assert_eq!(
        told.error(),
        "the token cannot be verified now, the issuer's keys are out of reach"
    );
    assert_eq!(told.headers[header::RETRY_AFTER], "10");

    eventually("the operator says what it waits for", || async {
        operator.logged().contains("a watch failed").then_some(())
    })
    .await;
    let said = server.logged();
    let why = said.lines().find(|line| line.contains("is retried")).unwrap_or_default();
    assert!(why.contains("Connection refused") && !said.contains("kube_client"), "{said}");
    server.stop().await;
    operator.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_launches_nothing() {
    let bed = TestBed::start(dploy()).await;
    let alice = bed.user("alice");
    for path in ["/run/nc-echo", "/api/run/nc-echo"] {
        let page = alice.request(Method::HEAD, path).header(header::ACCEPT, "text/html");
        for request in [alice.request(Method::HEAD, path), page] {
            let told = alice.send(request).await;
            assert_eq!(
                (told.status.as_u16(), &told.headers[header::ALLOW]),
                (405, &"GET,DELETE".parse().expect("a value"))
            );
        }
    }
    assert_eq!(alice.get("/api/environments").await.json()["count"], 0);
    bed.stop().await;
}
