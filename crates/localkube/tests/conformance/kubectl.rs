//! A session of the real kubectl. `kubectl.golden` is what it prints on a real kube-apiserver; it has to print the same here.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use expect_test::expect_file;
use localkube::LocalKube;
use tempfile::TempDir;

use crate::bed::{given_kubeconfig, unique, variable, without_chance};

const DEFINITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charts/dploy/crds");
/// The version whose words are in the golden file.
const VERSION: &str = "v1.34.";
/// Each line is a command; what follows a `<` is a document of `document`.
const SESSION: &str = "
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
        other => panic!("there is no document {other}"),
    }
}

struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    namespace: String,
    room: TempDir,
}

impl Kubectl {
    /// Runs a line, and tells what it printed. What it sends is JSON or YAML: the embedded server reads no protobuf, which
    /// `kubectl create` with a kind's name sends.
    fn run(&self, line: &str) -> String {
        let (line, input) =
            line.split_once(" < ").map_or((line, ""), |(line, name)| (line, document(name)));
        let mut kubectl = Command::new(&self.program);
        kubectl.arg("--kubeconfig").arg(&self.kubeconfig).args(["--namespace", &self.namespace]);
        kubectl.arg("--cache-dir").arg(self.room.path()).args(line.split(' '));
        kubectl.env("KUBECTL_KUBERC", "false");
        kubectl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = kubectl.spawn().unwrap();
        // A command that reads nothing may have ended already.
        let _ = child
            .stdin
            .take()
            .unwrap()
            .write_all(input.replace("NAMESPACE", &self.namespace).as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = self.without_chance(&String::from_utf8(text).unwrap());
        let end = if output.status.success() { "" } else { "(fails)\n" };
        let text = if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" };
        format!("{text}{end}")
    }

    /// What differs from run to run is replaced by a word.
    fn without_chance(&self, text: &str) -> String {
        let text = text.replace(&self.namespace, "NAMESPACE");
        let words = [
            (r"(UID: +)\S+", "${1}UID"),
            (r"(Resource Version: +)\S+", "${1}VERSION"),
            (r"(Creation Timestamp: +)\S+", "${1}TIME"),
            (r"(?m) +\d+(\.\d+)?m?s$", " AGE"),
            (r" +AGE", " AGE"),
        ];
        without_chance(text, &words)
    }
}

/// The one that is named, which has to be of the version whose words are in the golden file, else one on the path that is.
fn program() -> Option<PathBuf> {
    if let Some(named) = variable("DPLOY_KUBECTL") {
        let version = version(&named).unwrap_or_default();
        assert!(version.starts_with(VERSION), "DPLOY_KUBECTL is of {version:?}, not {VERSION}");
        return Some(named);
    }
    let path = variable("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|it| it.join("kubectl")).find(|it| it.is_file())?;
    version(&found)?.starts_with(VERSION).then_some(found)
}

/// As in `v1.34.4`.
fn version(program: &Path) -> Option<String> {
    let told = Command::new(program).args(["version", "--client", "-o", "json"]).output().ok()?;
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).ok()?;
    Some(told["clientVersion"]["gitVersion"].as_str()?.to_owned())
}

async fn kubeconfig(room: &Path) -> PathBuf {
    if let Some(given) = given_kubeconfig() {
        return given;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = LocalKube::in_memory(clock::SystemClock::shared()).router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let path = room.join("kubeconfig");
    std::fs::write(&path, LocalKube::kubeconfig(&address, "default")).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_prints_what_it_prints_on_a_real_server() {
    let Some(program) = program() else {
        // Past the test harness, which would keep what a test that passes has to say to itself.
        let _ = writeln!(std::io::stderr(), "skipped: no kubectl {VERSION}x: kubectl's session");
        return;
    };
    let room = tempfile::tempdir().unwrap();
    let kubeconfig = kubeconfig(room.path()).await;
    let kubectl = Kubectl { program, kubeconfig, namespace: unique("kubectl"), room };
    let told = tokio::task::spawn_blocking(move || {
        kubectl.run("apply -f - < namespace");
        kubectl.run(&format!("apply --server-side --force-conflicts -f {DEFINITIONS}"));
        kubectl.run("wait --for=condition=Established --timeout=10s crd/dploytemplates.dploy.dev");
        let lines = SESSION.lines().filter(|line| !line.is_empty());
        let told: String = lines.map(|line| format!("$ {line}\n{}", kubectl.run(line))).collect();
        kubectl.run(&format!("delete namespace {} --wait=false", kubectl.namespace));
        told
    });
    expect_file!["kubectl.golden"].assert_eq(&told.await.unwrap());
}
