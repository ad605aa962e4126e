//! `dploy-samples sized`: a page that shows the parameters of its launch.

use std::sync::Arc;

use axum::{Router, extract::State, response::Response, routing::get};
use html_escape::encode_text;

use super::{
    SampleError, SizedArgs,
    look::{self, ICON, LOOK, Styles},
    serve,
};

/// Runs until SIGTERM or Ctrl-C.
pub(super) async fn run(args: SizedArgs) -> Result<(), SampleError> {
    let stop = serve::stop_signal()?;
    let listener = serve::listen(args.listen).await?;
    serve::serve(listener, router(args), stop).await
}

fn router(args: SizedArgs) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/assets/look.css", get(LOOK))
        .route("/assets/icon.svg", get(ICON))
        .route("/health", get("ok\n"))
        .with_state(Arc::new(args))
}

async fn show(State(args): State<Arc<SizedArgs>>) -> Response {
    look::page(Styles::Files, html(&args))
}

fn html(args: &SizedArgs) -> String {
    format!(
        include_str!("sized.html"),
        greeting = encode_text(&args.greeting),
        size = encode_text(&args.size)
    )
}

#[cfg(test)]
mod tests;
