//! `dploy-samples desk`: a board of notes that a team shares, updated live in every browser.
//!
//! It works without JavaScript too: each button is a form, and the script only saves the reload.

mod board;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{
        IntoResponse, Redirect, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt, stream};
use html_escape::encode_text;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use self::board::{Board, BoardError, Notes};
use super::{
    Listen, SampleError,
    look::{self, Asset, ICON, LOOK, Styles},
    serve,
};

const STYLE: Asset = Asset { mime: "text/css; charset=utf-8", body: include_bytes!("desk.css") };
const SCRIPT: Asset =
    Asset { mime: "text/javascript; charset=utf-8", body: include_bytes!("desk.js") };
/// The largest form. URL encoding writes a character of four bytes as twelve.
const MAX_FORM_BYTES: usize = 32 * 1024;

#[derive(Clone)]
struct Desk {
    board: Arc<Board>,
    stop: CancellationToken,
}

#[derive(Deserialize)]
struct NewNote {
    text: String,
}

/// Runs until SIGTERM or Ctrl-C.
pub(super) async fn run(listen: Listen) -> Result<(), SampleError> {
    let stop = serve::stop_signal()?;
    let directory = std::env::current_dir().map_err(SampleError::WorkingDirectory)?;
    let board = Arc::new(Board::open(&directory).await?);
    let listener = serve::listen(listen).await?;
    let desk = Desk { board, stop: stop.clone() };
    serve::serve(listener, router(desk), stop).await
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/notes", post(add))
        .route("/notes/{id}/remove", post(remove))
        .route("/events", get(follow))
        .route("/assets/look.css", get(LOOK))
        .route("/assets/icon.svg", get(ICON))
        .route("/assets/desk.css", get(STYLE))
        .route("/assets/desk.js", get(SCRIPT))
        .route("/health", get("ok\n"))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .with_state(desk)
}

async fn show(State(desk): State<Desk>) -> Response {
    let html = format!(
        include_str!("desk.html"),
        longest = board::MAX_NOTE_CHARS,
        notes = list(&desk.board.notes())
    );
    look::page(Styles::Files, html)
}

async fn add(State(desk): State<Desk>, Form(note): Form<NewNote>) -> Result<Redirect, BoardError> {
    desk.board.add(&note.text).await?;
    Ok(Redirect::to("/"))
}

async fn remove(State(desk): State<Desk>, Path(id): Path<u64>) -> Result<Redirect, BoardError> {
    desk.board.remove(id).await?;
    Ok(Redirect::to("/"))
}

/// An event with all notes at once, then one after every change.
async fn follow(State(desk): State<Desk>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = desk.board.subscribe();
    changes.mark_changed();
    let events = stream::unfold(changes, async |mut changes| {
        changes.changed().await.ok()?;
        let html = list(&changes.borrow_and_update());
        // JSON escapes line breaks, which would end the event's data.
        let event = Event::default().event("notes").json_data(html).unwrap_or_default();
        Some((Ok(event), changes))
    });
    Sse::new(events.take_until(desk.stop.cancelled_owned())).keep_alive(KeepAlive::default())
}

/// The notes as list items, the newest first.
fn list(notes: &Notes) -> String {
    if notes.is_empty() {
        return r#"<li class="hint">Nothing here yet. Write the first note.</li>"#.to_owned();
    }
    let item = |note: &board::Note| {
        format!(include_str!("note.html"), id = note.id, text = encode_text(&note.text))
    };
    notes.iter().rev().map(item).collect()
}

impl IntoResponse for BoardError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Empty | Self::TooLong => StatusCode::BAD_REQUEST,
            Self::Full => StatusCode::CONFLICT,
            Self::Save(cause) => {
                tracing::error!(%cause, "could not save the board");
                StatusCode::INSUFFICIENT_STORAGE
            }
        };
        (status, format!("{self}\n")).into_response()
    }
}

#[cfg(test)]
mod tests;
