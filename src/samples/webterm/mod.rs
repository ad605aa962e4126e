//! `dploy sample webterm`: a shell in the browser.
//!
//! Each tab has a shell of its own behind a websocket. What is typed and what the shell prints travels as binary frames,
//! so a character that is split between two reads arrives whole in the end; the rest is small JSON texts (`protocol`). When
//! the websocket closes, everything that was started in its shell ends (`session`).

mod assets;
mod protocol;
mod session;
mod shell;

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query, State, WebSocketUpgrade},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{protocol::Size, session::Sessions, shell::Program};
use super::{
    SampleError, WebtermArgs,
    look::{self, Styles},
    serve,
};

/// How many shells may be open at a time.
const MOST_SHELLS: usize = 32;
/// The longest message that a page may send; it cuts what is pasted into smaller ones.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// Runs until asked to stop, and until every shell has ended.
pub(super) async fn run(args: WebtermArgs) -> Result<(), SampleError> {
    let stop = serve::stop_signal()?;
    let listener = serve::listen(&args.listen).await?;
    let sessions = sessions(args.shell, stop.clone())?;
    let open = sessions.open.clone();
    serve::serve(listener, router(sessions), stop).await?;
    open.close();
    open.wait().await;
    Ok(())
}

fn sessions(shell: Option<PathBuf>, stop: CancellationToken) -> Result<Sessions, SampleError> {
    let directory = std::env::current_dir().map_err(SampleError::WorkingDirectory)?;
    Ok(Sessions {
        program: Program::choose(shell, directory),
        seats: Arc::new(Semaphore::new(MOST_SHELLS)),
        open: TaskTracker::new(),
        stop,
    })
}

fn router(sessions: Sessions) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/assets/{name}", get(asset))
        .route("/shell", any(open_shell))
        .route("/health", get("ok\n"))
        .with_state(sessions)
}

async fn page() -> Response {
    look::page(Styles::Scripts, include_str!("page.html").to_owned())
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => asset.into_response(),
        None => look::sentence(StatusCode::NOT_FOUND, "There is no such file.\n"),
    }
}

async fn open_shell(
    State(sessions): State<Sessions>,
    Query(size): Query<Size>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .on_upgrade(async move |socket| sessions.hold(socket, size).await)
}

#[cfg(test)]
mod tests;
