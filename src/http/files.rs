//! The web app's files: embedded into release builds, read from `target/site` in debug builds.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

use super::{ApiError, AppState, Path};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// The folder of the compiled web app below the site's root.
const PACKAGE: &str = "pkg";
/// Encodings and extensions of the compressed copies that a build may leave beside a file, best
/// first.
const COMPRESSED_FORMS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");
const ONE_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The path of this build's package. It has a digest of the content, so browsers may cache the
/// files for ever.
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

/// `GET /pkg/{folder}/{name}`: a file of the package. It is immutable in this build's folder; a
/// browser revalidates it in any other folder.
pub(crate) async fn package_file(
    State(state): State<AppState>,
    Path((folder, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let is_current = state.leptos.site_pkg_dir.as_ref() == format!("{PACKAGE}/{folder}");
    let cache = if is_current { IMMUTABLE } else { REVALIDATE };
    serve(&format!("{PACKAGE}/{name}"), &headers, cache)
}

/// A file of `public/`.
///
/// # Errors
/// [`ApiError::NotFound`]
pub(super) fn public_file(path: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    serve(path.trim_start_matches('/'), headers, ONE_HOUR)
}

fn serve(path: &str, headers: &HeaderMap, cache: HeaderValue) -> Result<Response, ApiError> {
    let file = Site::get(path).ok_or_else(ApiError::no_such_path)?;
    let tag = entity_tag(&file);
    let caching = [
        (header::CACHE_CONTROL, cache),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching, [(header::ETAG, tag)]).into_response());
    }
    let media_type = media_type(&file);
    let (encoding, file) = compressed_copy(path, headers).unwrap_or((None, file));
    let mut response = (
        caching,
        [(header::ETAG, tag), (header::CONTENT_TYPE, media_type)],
        file.data.into_owned(),
    )
        .into_response();
    if let Some((name, value)) = encoding {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

type EncodedFile = (Option<(HeaderName, HeaderValue)>, EmbeddedFile);

fn compressed_copy(path: &str, headers: &HeaderMap) -> Option<EncodedFile> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    COMPRESSED_FORMS.into_iter().find_map(|(encoding, extension)| {
        let is_accepted =
            accepted.split(',').any(|one| one.split(';').next().map(str::trim) == Some(encoding));
        let file = Site::get(&format!("{path}.{extension}")).filter(|_| is_accepted)?;
        Some((Some((header::CONTENT_ENCODING, HeaderValue::from_static(encoding))), file))
    })
}

fn entity_tag(file: &EmbeddedFile) -> HeaderValue {
    let digest: String =
        file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

fn media_type(file: &EmbeddedFile) -> HeaderValue {
    let media_type = match file.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    HeaderValue::from_str(&media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
