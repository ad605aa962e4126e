//! Dispatches requests to the verbs of the API.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, Request, StatusCode, header, request::Parts};
use serde_json::{Value, json};

use super::{
    body, continue_token, discovery, openapi,
    path::{Path, ResourcePath},
    query::Query,
    responses, reviews,
};
use crate::{
    api::{self, ListOptions, ListPage, WatchOptions},
    error::{ApiError, ApiResult},
    request::{DeleteOptions, Propagation, Target},
    store::{Object, Store},
    view::View,
};

/// Serves the whole API.
pub(crate) fn router(store: Arc<Store>) -> Router {
    Router::new().fallback(serve).with_state(store)
}

async fn serve(State(store): State<Arc<Store>>, request: Request<Body>) -> Response {
    respond(store, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn respond(store: Arc<Store>, request: Request<Body>) -> ApiResult<Response> {
    let (parts, body) = request.into_parts();
    let path = Path::read(parts.uri.path()).ok_or_else(ApiError::unknown_path)?;
    let found = |value: Option<Value>| {
        value.map(|v| responses::json(StatusCode::OK, &v)).ok_or_else(ApiError::unknown_path)
    };
    let registry = Arc::clone(store.read().registry());
    match path {
        Path::Legacy | Path::Groups if accepts_aggregated(&parts) => {
            let all = discovery::aggregated(&registry, matches!(path, Path::Legacy));
            Ok(responses::with_content_type(discovery::AGGREGATED_CONTENT_TYPE, all.to_string()))
        }
        Path::Legacy => found(Some(discovery::legacy())),
        Path::Groups => found(Some(discovery::groups(&registry))),
        Path::Group(group) => found(discovery::group(&registry, &group)),
        Path::Version(group, version) => found(discovery::resources(&registry, &group, &version)),
        Path::ServerVersion => found(Some(discovery::version())),
        Path::Health => Ok((StatusCode::OK, "ok").into_response()),
        Path::OpenApi(steps) => found(openapi::document(&registry, &steps)),
        Path::Resource(path) if path.group.starts_with("auth") => review(&path, &parts, body).await,
        Path::Resource(path) => {
            let target = target(&store, path)?;
            Call { store, target, query: Query::of(&parts.uri)?, parts }.respond(body).await
        }
    }
}

/// Whether the client accepts aggregated discovery.
fn accepts_aggregated(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("as=APIGroupDiscoveryList"))
}

async fn review(path: &ResourcePath, parts: &Parts, body: Body) -> ApiResult<Response> {
    if parts.method != Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    let asked = body::object(&parts.headers, &body::read(body).await?)?;
    let answered = reviews::answer(path, asked).ok_or_else(ApiError::unknown_path)?;
    Ok(responses::json(StatusCode::CREATED, &answered))
}

fn target(store: &Store, path: ResourcePath) -> ApiResult<Target> {
    let tables = store.read();
    let kind = tables
        .registry()
        .by_path(&path.group, &path.version, &path.plural)
        .ok_or_else(ApiError::unknown_path)?;
    let misplaced = !kind.namespaced && !path.namespace.is_empty();
    let missing = kind.namespaced && path.namespace.is_empty() && !path.name.is_empty();
    let subresource = match path.subresource.as_str() {
        "" => true,
        "status" => kind.status,
        _ => false,
    };
    if misplaced || missing || !subresource {
        return Err(ApiError::unknown_path());
    }
    Ok(Target { kind, namespace: path.namespace, name: path.name, subresource: path.subresource })
}

/// A request about objects.
struct Call {
    store: Arc<Store>,
    target: Target,
    query: Query,
    parts: Parts,
}

impl Call {
    async fn respond(self, body: Body) -> ApiResult<Response> {
        let one = !self.target.name.is_empty();
        let sub = !self.target.subresource.is_empty();
        match self.parts.method {
            Method::GET if one => self.get(),
            Method::GET if self.query.flag("watch") => self.watch(),
            Method::GET => self.list(),
            Method::POST if !one => self.create(body).await,
            Method::PUT if one => self.replace(body).await,
            Method::PATCH if one => self.patch(body).await,
            Method::DELETE if one && !sub => self.delete(body).await,
            Method::DELETE if !one => self.delete_collection(body).await,
            _ => Err(ApiError::method_not_allowed()),
        }
    }

    fn get(&self) -> ApiResult<Response> {
        let tables = self.store.read();
        let object = tables
            .get(&self.target.key())
            .ok_or_else(|| ApiError::not_found(&self.target.kind, &self.target.name))?;
        Ok(self.object(StatusCode::OK, object))
    }

    /// The representation that the client accepts.
    fn view(&self) -> View {
        let header = self.parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        View::from_accept(header.unwrap_or_default())
    }

    fn object(&self, code: StatusCode, object: &Object) -> Response {
        responses::serialized(code, self.view().object(&self.target.kind, object, self.store.now()))
    }

    fn page(&self, page: &ListPage, token: Option<String>) -> Response {
        let (metadata, now) = (self.list_metadata(page, token), self.store.now());
        let body = self.view().list(&self.target.kind, &page.items, &metadata, now);
        responses::serialized(StatusCode::OK, body)
    }

    /// The metadata of a list. Like Kubernetes, it omits the remaining count if there is a
    /// selector, and contains an empty `continue` on the last page of custom resources.
    fn list_metadata(&self, page: &ListPage, token: Option<String>) -> Value {
        let mut metadata = json!({ "resourceVersion": page.revision.to_string() });
        let is_custom = self.target.kind.custom.is_some() && self.view() == View::Whole;
        if token.is_some() && !self.query.has_selector() {
            metadata["remainingItemCount"] = page.remaining.into();
        }
        if token.is_some() || is_custom {
            metadata["continue"] = token.unwrap_or_default().into();
        }
        metadata
    }

    fn list(&self) -> ApiResult<Response> {
        let limit = self.query.number("limit")?.unwrap_or_default();
        let given = self.query.revision()?.unwrap_or_default();
        let exact = self.query.text("resourceVersionMatch") == "Exact" && given > 0;
        let mut options = ListOptions {
            selector: self.query.selector(&self.target.kind)?,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            after: None,
            at: exact.then_some(given),
            not_before: given,
        };
        let token = self.query.text("continue");
        if !token.is_empty() {
            let (revision, after) = continue_token::decode(token)?;
            (options.at, options.after) = (Some(revision), Some(after));
        }
        let page = api::list(&self.store.read(), &self.target, &options)?;
        Ok(self.page(&page, continue_token::encode(&page)))
    }

    fn watch(self) -> ApiResult<Response> {
        let initial = self.query.flag("sendInitialEvents");
        let options = WatchOptions {
            selector: self.query.selector(&self.target.kind)?,
            since: self.query.revision()?.filter(|revision| *revision > 0 && !initial),
            bookmarks: self.query.flag("allowWatchBookmarks"),
            initial_events_end: initial,
            timeout: self.query.timeout()?,
            view: self.view(),
        };
        let events = api::watch(self.store, self.target, options);
        let events = futures::StreamExt::map(events, Ok::<_, std::convert::Infallible>);
        Ok(responses::serialized(StatusCode::OK, Body::from_stream(events)))
    }

    async fn create(self, body: Body) -> ApiResult<Response> {
        let object = body::object(&self.parts.headers, &body::read(body).await?)?;
        let options = self.query.write_options();
        let target = self.target.clone();
        let made = self.store.write(move |txn| api::create(txn, &target, object, &options)).await?;
        Ok(self.object(StatusCode::CREATED, &made))
    }

    async fn replace(self, body: Body) -> ApiResult<Response> {
        let object = body::object(&self.parts.headers, &body::read(body).await?)?;
        let options = self.query.write_options();
        let target = self.target.clone();
        let written =
            self.store.write(move |txn| api::replace(txn, &target, object, &options)).await?;
        Ok(self.written(&written))
    }

    async fn patch(self, body: Body) -> ApiResult<Response> {
        let patch = body::patch(&self.parts.headers, &body::read(body).await?)?;
        let options = self.query.write_options();
        let target = self.target.clone();
        let written =
            self.store.write(move |txn| api::patch(txn, &target, patch, &options)).await?;
        Ok(self.written(&written))
    }

    async fn delete(self, body: Body) -> ApiResult<Response> {
        let options = self.delete_options(body).await?;
        let target = self.target.clone();
        let (object, gone) =
            self.store.write(move |txn| api::delete(txn, &target, &options)).await?;
        Ok(match gone {
            true => responses::deleted(&self.target, object.value()),
            false => self.object(StatusCode::OK, &object),
        })
    }

    async fn delete_collection(self, body: Body) -> ApiResult<Response> {
        let options = self.delete_options(body).await?;
        let selector = self.query.selector(&self.target.kind)?;
        let target = self.target.clone();
        let items = self
            .store
            .write(move |txn| api::delete_collection(txn, &target, &selector, &options))
            .await?;
        let revision = self.store.read().revision();
        let page = ListPage { items, revision, remaining: 0 };
        Ok(self.page(&page, None))
    }

    async fn delete_options(&self, body: Body) -> ApiResult<DeleteOptions> {
        let body = body::optional(&self.parts.headers, &body::read(body).await?)?;
        let mut options = DeleteOptions::read(&body);
        options.dry_run |= !self.query.text("dryRun").is_empty();
        options.propagation = match self.query.text("propagationPolicy") {
            "Orphan" => Some(Propagation::Orphan),
            "Foreground" => Some(Propagation::Foreground),
            "Background" => Some(Propagation::Background),
            _ => options.propagation,
        };
        Ok(options)
    }

    fn written(&self, (object, created): &(Arc<Object>, bool)) -> Response {
        let code = if *created { StatusCode::CREATED } else { StatusCode::OK };
        self.object(code, object)
    }
}
