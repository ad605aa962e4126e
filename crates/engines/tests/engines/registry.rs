//! An OCI registry on loopback with a chart in it: what of the OCI Distribution Specification a
//! pull needs.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// A chart as a registry keeps it.
struct Image {
    name: String,
    tag: String,
    manifest: String,
    /// What it is made of, by digest.
    blobs: HashMap<String, Vec<u8>>,
}

impl Image {
    fn of(name: &str, tag: &str, archive: Vec<u8>) -> Self {
        let about = json!({ "apiVersion": "v2", "name": name, "version": tag }).to_string();
        let blobs = [(CONFIG, about.into_bytes()), (LAYER, archive)];
        let [config, layer] = blobs.each_ref().map(|(kind, bytes)| descriptor(kind, bytes));
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        });
        Self {
            name: name.to_owned(),
            tag: tag.to_owned(),
            manifest: manifest.to_string(),
            blobs: blobs.into_iter().map(|(_, bytes)| (digest(&bytes), bytes)).collect(),
        }
    }
}

fn descriptor(kind: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": digest(bytes), "size": bytes.len() })
}

fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{text}")
}

/// The registry with the chart `name` in its folder `charts`; `archive` is what `helm package`
/// makes.
pub(crate) fn router(name: &str, tag: &str, archive: Vec<u8>) -> Router {
    Router::new()
        .route("/v2/", get(StatusCode::OK))
        .route("/v2/charts/{name}/tags/list", get(tags))
        .route("/v2/charts/{name}/manifests/{reference}", get(manifest))
        .route("/v2/charts/{name}/blobs/{digest}", get(blob))
        .with_state(Arc::new(Image::of(name, tag, archive)))
}

async fn tags(State(image): State<Arc<Image>>, Path(name): Path<String>) -> Response {
    if name != image.name {
        return unknown();
    }
    axum::Json(json!({ "name": format!("charts/{name}"), "tags": [image.tag] })).into_response()
}

async fn manifest(
    State(image): State<Arc<Image>>,
    Path((name, reference)): Path<(String, String)>,
) -> Response {
    let digest = digest(image.manifest.as_bytes());
    if name != image.name || (reference != image.tag && reference != digest) {
        return unknown();
    }
    ([(CONTENT_TYPE, MANIFEST), (DIGEST, digest.as_str())], image.manifest.clone()).into_response()
}

async fn blob(
    State(image): State<Arc<Image>>,
    Path((_, digest)): Path<(String, String)>,
) -> Response {
    image.blobs.get(&digest).cloned().map_or_else(unknown, IntoResponse::into_response)
}

fn unknown() -> Response {
    let error =
        json!({ "errors": [{ "code": "MANIFEST_UNKNOWN", "message": "manifest unknown" }] });
    (StatusCode::NOT_FOUND, axum::Json(error)).into_response()
}
