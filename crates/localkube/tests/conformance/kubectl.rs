//! Commands of the real kubectl. `kubectl.golden` contains its output on a real kube-apiserver; the
//! output on the embedded server must be the same.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use expect_test::expect_file;
use localkube::LocalKube;
use tempfile::TempDir;

use crate::bed::{cluster_kubeconfig, redact, unique, variable};

const DEFINITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charts/dploy/crds");
/// The prefix of the kubectl versions whose output is in the golden file.
const VERSION: &str = "v1.34.";
/// One kubectl command per line. `< NAME` passes the result of `document(NAME)` as input.
const COMMANDS: &str = "
apply -f - < map
apply -f - < map
apply -f - < changed
apply --server-side -f - < changed
apply --server-side --field-manager=other -f - < map
apply --server-side --field-manager=other --force-conflicts -f - < map
get configmap one -o jsonpath={.data}
get configmaps -l app=demo
get configmaps -l app=demo -o name
get configmaps -l app=other
patch configmap one --type merge -p {\"data\":{\"b\":\"2\"}}
patch configmap one --type json -p [{\"op\":\"remove\",\"path\":\"/data/b\"}]
patch configmap one --type strategic -p {\"data\":{\"c\":\"3\"}}
patch configmap one --type json -p [{\"op\":\"remove\",\"path\":\"/data/nope\"}]
patch configmap nope --type merge -p {}
label configmap one tier=web
label configmap one tier=db
annotate configmap one note=x
wait --for=jsonpath={.data.c}=3 --timeout=5s configmap/one
get configmaps -l app=demo -w --output-watch-events --request-timeout=1s -o name
replace -f - < changed
create -f - < changed
apply -f - < second
delete configmap two
delete configmap two
delete configmap two --ignore-not-found
get configmap two
api-resources --api-group=dploy.dev
explain dtpl.spec.pool
explain dtpl.spec.pool.size
explain dtpl.spec.nope
apply -f - < unknown
apply -f - < invalid
apply --server-side -f - < template
apply --server-side -f - < template
get dtpl
get dtpl demo -o jsonpath={.spec}
patch dtpl demo --type merge -p {\"spec\":{\"pool\":{\"size\":-1}}}
patch dtpl demo --type merge -p {\"spec\":{\"displayName\":\"Other\"}}
get dtpl demo -o jsonpath={.metadata.generation}
wait --for=condition=Ready --timeout=1s dtpl/demo
patch dtpl demo --subresource=status --type merge -p {\"status\":{\"poolAvailable\":2,\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Fine\",\"message\":\"\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]}}
wait --for=condition=Ready --timeout=5s dtpl/demo
get dtpl
describe dtpl demo
delete dtpl demo --wait=false
wait --for=delete --timeout=5s dtpl/demo
get dtpl
get nonsense
";

const NAMESPACE: &str = "{apiVersion: v1, kind: Namespace, metadata: {name: NAMESPACE}}";

fn document(name: &str) -> &'static str {
    match name {
        "namespace" => NAMESPACE,
        "map" => {
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: one, labels: {app: demo}}, data: {a: '1'}}"
        }
        "second" => "{apiVersion: v1, kind: ConfigMap, metadata: {name: two}}",
        "changed" => {
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: one, labels: {app: demo}}, data: {a: '2'}}"
        }
        "template" => {
            "{apiVersion: dploy.dev/v1alpha1, kind: DployTemplate, metadata: {name: demo}, spec: {displayName: Demo, manifests: text}}"
        }
        "unknown" => {
            "{apiVersion: dploy.dev/v1alpha1, kind: DployTemplate, metadata: {name: demo}, spec: {manifests: text, nope: 1}}"
        }
        "invalid" => {
            "{apiVersion: dploy.dev/v1alpha1, kind: DployTemplate, metadata: {name: demo}, spec: {method: sometimes}}"
        }
        other => panic!("unknown document {other}"),
    }
}

struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    namespace: String,
    directory: TempDir,
}

impl Kubectl {
    /// Runs a command and returns its output. `kubectl create KIND` does not work on the embedded
    /// server, because it sends protobuf.
    fn run(&self, line: &str) -> String {
        let (line, input) =
            line.split_once(" < ").map_or((line, ""), |(line, name)| (line, document(name)));
        let mut kubectl = Command::new(&self.program);
        kubectl.arg("--kubeconfig").arg(&self.kubeconfig).args(["--namespace", &self.namespace]);
        kubectl.arg("--cache-dir").arg(self.directory.path()).args(line.split(' '));
        kubectl.env("KUBECTL_KUBERC", "false");
        kubectl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = kubectl.spawn().unwrap();
        // A command that does not read its input may have ended already.
        let _ = child
            .stdin
            .take()
            .unwrap()
            .write_all(input.replace("NAMESPACE", &self.namespace).as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = self.redacted(&String::from_utf8(text).unwrap());
        let end = if output.status.success() { "" } else { "(fails)\n" };
        let text = if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" };
        format!("{text}{end}")
    }

    /// The output, with words for the values that differ between runs.
    fn redacted(&self, text: &str) -> String {
        let text = text.replace(&self.namespace, "NAMESPACE");
        let words = [
            (r"(UID: +)\S+", "${1}UID"),
            (r"(Resource Version: +)\S+", "${1}VERSION"),
            (r"(Creation Timestamp: +)\S+", "${1}TIME"),
            (r"(?m) +\d+(\.\d+)?m?s$", " AGE"),
            (r" +AGE", " AGE"),
        ];
        redact(text, &words)
    }
}

/// The kubectl that `DPLOY_KUBECTL` names, whose version must match, or a matching one in `PATH`.
fn program() -> Option<PathBuf> {
    if let Some(named) = variable("DPLOY_KUBECTL") {
        let version = version(&named).unwrap_or_default();
        assert!(
            version.starts_with(VERSION),
            "DPLOY_KUBECTL has version {version:?} instead of {VERSION}"
        );
        return Some(named);
    }
    let path = variable("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|it| it.join("kubectl")).find(|it| it.is_file())?;
    version(&found)?.starts_with(VERSION).then_some(found)
}

/// The version, such as `v1.34.4`.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).args(["version", "--client", "-o", "json"]).output().ok()?;
    let output: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(output["clientVersion"]["gitVersion"].as_str()?.to_owned())
}

async fn kubeconfig(directory: &Path) -> PathBuf {
    if let Some(given) = cluster_kubeconfig() {
        return given;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = LocalKube::in_memory(clock::SystemClock::shared()).router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let path = directory.join("kubeconfig");
    std::fs::write(&path, LocalKube::kubeconfig(&address, "default")).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_kubectl_matches_a_real_server() {
    let Some(program) = program() else {
        // The test harness hides what a passing test prints with `eprintln!`.
        let _ = writeln!(std::io::stderr(), "skipped: no kubectl {VERSION}x: kubectl's session");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let kubeconfig = kubeconfig(directory.path()).await;
    let kubectl = Kubectl { program, kubeconfig, namespace: unique("kubectl"), directory };
    let session = tokio::task::spawn_blocking(move || {
        kubectl.run("apply -f - < namespace");
        kubectl.run(&format!("apply --server-side --force-conflicts -f {DEFINITIONS}"));
        kubectl.run("wait --for=condition=Established --timeout=10s crd/dploytemplates.dploy.dev");
        let lines = COMMANDS.lines().filter(|line| !line.is_empty());
        let output: String = lines.map(|line| format!("$ {line}\n{}", kubectl.run(line))).collect();
        kubectl.run(&format!("delete namespace {} --wait=false", kubectl.namespace));
        output
    });
    expect_file!["kubectl.golden"].assert_eq(&session.await.unwrap());
}
