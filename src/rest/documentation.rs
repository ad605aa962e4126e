//! The parts of the OpenAPI document that no handler declares.

use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi, PathItem,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Dploy",
    description = "Short-lived environments on Kubernetes: launch, extend, delete. Errors are `{ \"error\": \"<sentence>\" }`.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
    version = "1",
))]
struct Info;

/// The document without paths: title, licence, security schemes.
pub(crate) fn without_paths() -> OpenApi {
    let mut document = Info::openapi();
    let components = document.components.get_or_insert_default();
    components
        .add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-dploy_session",
            "Set by signing in; requests that change something must come from the same origin.",
        ))),
    );
    document
}

/// Adds a copy of each `/run/…` path as `/api/run/…`.
pub(crate) fn with_paths_under_api(mut document: OpenApi) -> OpenApi {
    let copies: Vec<(String, PathItem)> = document
        .paths
        .paths
        .iter()
        .filter(|(path, _)| path.starts_with("/run/"))
        .map(|(path, item)| (format!("/api{path}"), renamed(item.clone())))
        .collect();
    document.paths.paths.extend(copies);
    document
}

/// Appends a suffix to each operation id, which must be unique in the document.
fn renamed(mut item: PathItem) -> PathItem {
    let operations: [&mut Option<Operation>; 3] = [&mut item.get, &mut item.post, &mut item.delete];
    for operation in operations.into_iter().flatten() {
        if let Some(id) = &mut operation.operation_id {
            id.push_str("_under_api");
        }
    }
    item
}
