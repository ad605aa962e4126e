//! Handlers of the caller's list of environments, once and as an event stream.

use std::{convert::Infallible, iter, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use wire::{EnvironmentList, ErrorBody, event_stream};

use crate::http::{ApiError, AppState, Query, SignedIn, VerifiedPrincipal};

/// The interval of comments on an idle stream (docs/contract.md, "REST").
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);

/// How long a browser waits before it opens a stream again that broke.
const RECONNECT_DELAY: Duration = Duration::from_secs(3);
/// The same for a stream that a newer one of the same person has replaced.
const REPLACED_DELAY: Duration = Duration::from_secs(60);

/// All that the caller owns, personally and through teams.
#[utoipa::path(get, path = "/api/environments", tag = "environments", security(("bearer" = []), ("session" = [])), responses(
    (status = 200, body = EnvironmentList),
    (status = 401, body = ErrorBody),
    (status = 404, body = ErrorBody, description = "the list is disabled"),
))]
pub(crate) async fn list_environments(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<EnvironmentList>, ApiError> {
    Ok(Json(state.environments.list(&caller).await?))
}

/// The query of the event stream.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamOptions {
    /// Whether events carry the list in the compact form of the web app instead of JSON. The form
    /// may change at any time.
    #[serde(default)]
    compact: bool,
}

/// The list as server-sent events: one on connect and one on every change.
///
/// The stream ends when the session or the token does, and when the server stops.
#[utoipa::path(get, path = "/api/environments/stream", tag = "environments", security(("bearer" = []), ("session" = [])), responses(
    (status = 200, body = EnvironmentList, content_type = "text/event-stream"),
    (status = 401, body = ErrorBody),
    (status = 404, body = ErrorBody, description = "the list is disabled"),
), params(StreamOptions))]
pub(crate) async fn stream_environments(
    State(state): State<AppState>,
    Query(options): Query<StreamOptions>,
    principal: VerifiedPrincipal,
    SignedIn(caller): SignedIn,
) -> Result<impl IntoResponse, ApiError> {
    let lists = state.environments.watch(&caller).await?;
    let place = state.capacity.stream_place(&caller)?;
    let stopped = state.stopping.clone().cancelled_owned();
    let remaining = principal.remaining(state.clock.now());
    let events = events(lists, options.compact)
        .take_until(stopped)
        .take_until(tokio::time::sleep(remaining))
        .take_until(place.replaced().cancelled_owned())
        .chain(farewell(place.replaced()));
    Ok(Sse::new(place.hold(events)).keep_alive(KeepAlive::new().interval(HEARTBEAT_INTERVAL)))
}

/// The end of a stream that a newer one of the same person has replaced. The browser that had it
/// opens another one later: at once, it would end the next.
fn farewell(replaced: CancellationToken) -> impl Stream<Item = Result<Event, Infallible>> {
    let end = || Event::default().retry(REPLACED_DELAY).comment("too many streams");
    stream::iter(iter::once_with(move || replaced.is_cancelled().then(|| Ok(end()))).flatten())
}

fn events(
    lists: impl Stream<Item = EnvironmentList>,
    compact: bool,
) -> impl Stream<Item = Result<Event, Infallible>> {
    lists.enumerate().filter_map(move |(position, list)| async move {
        let event = Event::default().event(event_stream::EVENT_NAME);
        let event = if position == 0 { event.retry(RECONNECT_DELAY) } else { event };
        let encoded = if compact {
            event_stream::encode(&list).map(|text| event.data(text)).map_err(axum::Error::new)
        } else {
            event.json_data(&list)
        };
        match encoded {
            Ok(event) => Some(Ok(event)),
            Err(error) => {
                tracing::error!(%error, "could not encode a list as an event");
                None
            }
        }
    })
}
