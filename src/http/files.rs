//! The files of the web app: embedded into release builds, read from `target/site` in debug builds.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

use super::{ApiError, AppState};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// Where the compiled web app is, below the site's root.
const PACKAGE: &str = "pkg";
/// Encodings in which the build may have left a smaller copy beside a file, best first.
const COPIES: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The folder under which this build's package is served. It changes with the content, so browsers may keep the files for ever.
#[must_use]
pub(super) fn package_folder() -> String {
    let mut hasher = Sha256::new();
    for name in ["dploy.js", "dploy.wasm", "dploy.css"] {
        if let Some(file) = Site::get(&format!("{PACKAGE}/{name}")) {
            hasher.update(file.metadata.sha256_hash());
        }
    }
    let digest: String =
        hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{PACKAGE}/{digest}")
}

/// A file of the package: under this build's folder for ever, under any other only while it is what is there now.
pub(super) async fn package_file(
    State(state): State<AppState>,
    Path((folder, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let current = state.leptos.site_pkg_dir.as_ref() == format!("{PACKAGE}/{folder}");
    let cache = if current { FOR_EVER } else { ASK_AGAIN };
    serve(&format!("{PACKAGE}/{name}"), &headers, cache)
}

/// A file of `public/`, or nothing.
pub(super) fn public_file(path: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    serve(path.trim_start_matches('/'), headers, AN_HOUR)
}

fn serve(path: &str, headers: &HeaderMap, cache: HeaderValue) -> Result<Response, ApiError> {
    let file = Site::get(path).ok_or_else(ApiError::no_such_path)?;
    let tag = entity_tag(&file);
    let lasting = [
        (header::CACHE_CONTROL, cache),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, lasting, [(header::ETAG, tag)]).into_response());
    }
    let kind = content_type(&file);
    let (encoding, file) = smallest_copy(path, headers).unwrap_or((None, file));
    let mut response =
        (lasting, [(header::ETAG, tag), (header::CONTENT_TYPE, kind)], file.data.into_owned())
            .into_response();
    if let Some((name, value)) = encoding {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

type Encoded = (Option<(HeaderName, HeaderValue)>, EmbeddedFile);

fn smallest_copy(path: &str, headers: &HeaderMap) -> Option<Encoded> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    COPIES.into_iter().find_map(|(encoding, extension)| {
        let wanted =
            accepted.split(',').any(|one| one.split(';').next().map(str::trim) == Some(encoding));
        let file = Site::get(&format!("{path}.{extension}")).filter(|_| wanted)?;
        Some((Some((header::CONTENT_ENCODING, HeaderValue::from_static(encoding))), file))
    })
}

fn entity_tag(file: &EmbeddedFile) -> HeaderValue {
    let digest: String =
        file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

fn content_type(file: &EmbeddedFile) -> HeaderValue {
    let kind = match file.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
