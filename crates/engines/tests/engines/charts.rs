//! Charts on loopback: a Helm repository and a Git repository, each with a chart `web` and one that
//! is broken, and an OCI registry with `web`.

use std::{path::Path, process::Stdio, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::{get, post},
};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpListener, process::Command, task::JoinHandle};

use super::registry;

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }}, revision: {{ .Values.revision | quote }} } }
    spec: { containers: [{ name: web, image: 'registry.example/web:1' }] }
";
const BROKEN: &str = "{{ fail \"this chart is broken\" }}\n";

/// Serves until it is dropped.
pub(crate) struct Charts {
    pub(crate) helm: String,
    pub(crate) git: String,
    pub(crate) oci: String,
    server: JoinHandle<()>,
}

impl Charts {
    pub(crate) async fn serve() -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap();
        let url = format!("http://{host}");
        write(directory.path(), &url).await;
        let archive = std::fs::read(directory.path().join("web-1.0.0.tgz")).unwrap();
        let router = Router::new()
            .route("/helm/{file}", get(file))
            .route("/git/info/refs", get(advertise))
            .route("/git/git-upload-pack", post(upload))
            .with_state(Arc::clone(&directory))
            .merge(registry::router("web", "1.0.0", archive));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let (helm, git) = (format!("{url}/helm"), format!("{url}/git"));
        Self { helm, git, oci: format!("oci://{host}/charts"), server }
    }
}

impl Drop for Charts {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn write(directory: &Path, url: &str) {
    let git = directory.join("git");
    for (name, template) in [("web", DEPLOYMENT), ("broken", BROKEN)] {
        let chart = git.join("charts").join(name);
        std::fs::create_dir_all(chart.join("templates")).unwrap();
        let about = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        std::fs::write(chart.join("Chart.yaml"), about).unwrap();
        std::fs::write(chart.join("values.yaml"), "replicas: 1\nrevision: none\n").unwrap();
        std::fs::write(chart.join("two.yaml"), "replicas: 2\nrevision: two\n").unwrap();
        std::fs::write(chart.join("templates/all.yaml"), template).unwrap();
        let archive = directory.join(format!("{name}-1.0.0.tgz"));
        run(&git.join("charts"), "tar", &["czf", archive.to_str().unwrap(), name]).await;
    }
    let entry = |name| {
        format!(
            "  {name}: [{{ apiVersion: v2, name: {name}, version: 1.0.0, urls: ['{url}/helm/{name}-1.0.0.tgz'] }}]\n"
        )
    };
    let index = format!(
        "apiVersion: v1\ngenerated: '2026-01-01T00:00:00Z'\nentries:\n{}{}",
        entry("web"),
        entry("broken")
    );
    std::fs::write(directory.join("index.yaml"), index).unwrap();
    run(&git, "git", &["init", "--quiet", "--initial-branch=main", "."]).await;
    run(&git, "git", &["add", "."]).await;
    let author = ["-c", "user.name=ada", "-c", "user.email=ada@example.org"];
    run(&git, "git", &[&author[..], &["commit", "--quiet", "--message=charts"]].concat()).await;
    run(&git, "git", &["tag", "v1.0.0"]).await;
}

async fn run(directory: &Path, program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).current_dir(directory).status().await;
    assert!(status.unwrap().success(), "{program} {arguments:?}");
}

async fn file(
    State(directory): State<Arc<TempDir>>,
    axum::extract::Path(name): axum::extract::Path<String>,
) -> impl IntoResponse {
    let name = Path::new(&name).file_name().unwrap_or_default().to_owned();
    std::fs::read(directory.path().join(name)).map_err(|_| StatusCode::NOT_FOUND)
}

#[derive(Deserialize)]
struct Service {
    service: String,
}

/// What Git's smart protocol asks first: which references there are.
async fn advertise(
    State(directory): State<Arc<TempDir>>,
    Query(Service { service }): Query<Service>,
) -> impl IntoResponse {
    assert_eq!(service, "git-upload-pack", "nobody writes");
    let references = upload_pack(&directory, &["--advertise-refs"], &[]).await;
    let body = [b"001e# service=git-upload-pack\n0000", references.as_slice()].concat();
    ([(CONTENT_TYPE, "application/x-git-upload-pack-advertisement")], body)
}

async fn upload(State(directory): State<Arc<TempDir>>, body: Bytes) -> impl IntoResponse {
    let pack = upload_pack(&directory, &[], &body).await;
    ([(CONTENT_TYPE, "application/x-git-upload-pack-result")], pack)
}

async fn upload_pack(directory: &TempDir, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(["upload-pack", "--stateless-rpc"])
        .args(arguments)
        .arg(directory.path().join("git"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (_, output) = tokio::join!(
        async {
            // It may have heard enough before the end.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        },
        child.wait_with_output()
    );
    output.unwrap().stdout
}
