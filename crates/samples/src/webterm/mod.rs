//! `dploy-samples webterm`: a shell in the browser.
//!
//! Each tab has its own websocket and its own shell. Input and output are binary frames, so that a
//! character may be split between two frames; everything else is a small JSON message (`protocol`).
//! When the websocket closes, every process of the shell's session ends (`terminal`).

mod assets;
mod protocol;
mod shell;
mod terminal;

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

use self::{protocol::Size, shell::ShellCommand, terminal::Terminals};
use super::{
    SampleError, WebtermArgs,
    look::{self, Styles},
    serve,
};

/// The most shells that are open at the same time.
const MAX_SHELLS: usize = 32;
/// The longest message of a page. The page splits a longer paste.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// Runs until SIGTERM or Ctrl-C, then until every shell has ended.
pub(super) async fn run(args: WebtermArgs) -> Result<(), SampleError> {
    let stop = serve::stop_signal()?;
    let listener = serve::listen(args.listen).await?;
    let terminals = terminals(args.shell, stop.clone())?;
    let open = terminals.open.clone();
    serve::serve(listener, router(terminals), stop).await?;
    open.close();
    open.wait().await;
    Ok(())
}

fn terminals(shell: Option<PathBuf>, stop: CancellationToken) -> Result<Terminals, SampleError> {
    let directory = std::env::current_dir().map_err(SampleError::WorkingDirectory)?;
    Ok(Terminals {
        shell: ShellCommand::choose(shell, directory),
        free_shells: Arc::new(Semaphore::new(MAX_SHELLS)),
        open: TaskTracker::new(),
        stop,
    })
}

fn router(terminals: Terminals) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/assets/{name}", get(asset))
        .route("/shell", any(open_shell))
        .route("/health", get("ok\n"))
        .with_state(terminals)
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
    State(terminals): State<Terminals>,
    Query(size): Query<Size>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(async move |socket| terminals.serve(socket, size).await)
}

#[cfg(test)]
mod tests;
