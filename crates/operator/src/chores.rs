//! What a leader does beside the controllers.

use std::time::Duration;

use tokio::time::sleep;

use crate::{context::Context, leftovers, unused_revisions};

/// How often the memory of deleted objects is dropped.
const FORGET_EVERY: Duration = Duration::from_mins(10);

/// Runs until it is dropped.
pub(crate) async fn run(context: &Context) {
    tokio::join!(leftovers::run(context), unused_revisions::run(context), forget(context));
}

async fn forget(context: &Context) {
    loop {
        sleep(FORGET_EVERY).await;
        context.forget_deleted();
    }
}
