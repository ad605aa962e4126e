//! What a line says beyond its request: the request's id, and what its operation finds out. Both
//! belong to the task, so that they need not pass through every function in between.

use std::{cell::RefCell, future::Future};

use tokio::task_local;

/// What an operation found out about its environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The owner key.
    pub owner: Option<String>,
    /// The name of the instance.
    pub instance: Option<String>,
    /// The uuid of the instance.
    pub uuid: Option<String>,
}

task_local! {
    static REQUEST: String;
    static FACTS: RefCell<Facts>;
}

/// Runs a request with this id.
pub async fn with_id<T>(id: String, request: impl Future<Output = T>) -> T {
    REQUEST.scope(id, request).await
}

/// The id of the request that this task answers.
#[must_use]
pub fn id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}

/// Runs an operation, and collects what it [notes](note).
pub async fn collect<T>(operation: impl Future<Output = T>) -> T {
    FACTS.scope(RefCell::default(), operation).await
}

/// Notes what an operation found out. Without [`collect`] around it, nothing happens.
pub fn note(note: impl FnOnce(&mut Facts)) {
    let _ = FACTS.try_with(|facts| note(&mut facts.borrow_mut()));
}

/// What was noted so far.
#[must_use]
pub fn facts() -> Facts {
    FACTS.try_with(|facts| facts.borrow().clone()).unwrap_or_default()
}
