//! What the API server answered a moment ago. Anybody can ask for what does not exist, or whether a
//! replica is ready, as often as they like; the API server is asked once a second.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Mutex as AsyncMutex, time::Instant};

/// How long an answer counts.
const LIFETIME: Duration = Duration::from_secs(1);
/// How many names are remembered. Asking for more at once forgets all of them.
const MAX_NAMES: usize = 10_000;

/// Names of objects that do not exist.
#[derive(Debug, Default)]
pub(super) struct Missing(Mutex<HashMap<String, Instant>>);

impl Missing {
    /// Whether the API server had no object of this name a moment ago.
    pub(super) fn contains(&self, name: &str) -> bool {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(name).is_some_and(|at| at.elapsed() < LIFETIME)
    }

    pub(super) fn insert(&self, name: &str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MAX_NAMES {
            names.retain(|_, at| at.elapsed() < LIFETIME);
        }
        if names.len() >= MAX_NAMES {
            names.clear();
        }
        names.insert(name.to_owned(), Instant::now());
    }
}

/// When the API server answered last. Callers that come together ask it once.
#[derive(Debug, Default)]
pub(super) struct Answered(AsyncMutex<Option<Instant>>);

impl Answered {
    /// Calls `ask` unless an earlier call succeeded a moment ago. A failure is not remembered.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(super) async fn or_ask<E>(
        &self,
        ask: impl Future<Output = Result<(), E>>,
    ) -> Result<(), E> {
        let mut answered = self.0.lock().await;
        if answered.is_some_and(|at| at.elapsed() < LIFETIME) {
            return Ok(());
        }
        ask.await?;
        *answered = Some(Instant::now());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_missing_name_is_remembered_for_a_second_and_memory_is_bounded() {
        let missing = Missing::default();
        assert!(!missing.contains("lab"));
        missing.insert("lab");
        assert!(missing.contains("lab") && !missing.contains("desk"));
        (0..3 * MAX_NAMES).for_each(|name| missing.insert(&name.to_string()));
        assert!(missing.0.lock().unwrap().len() <= MAX_NAMES);
        missing.insert("lab");
        advance(LIFETIME).await;
        assert!(!missing.contains("lab"));
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_at_once_ask_once_and_a_failure_is_asked_again() {
        let (answered, asked) = (Answered::default(), AtomicUsize::new(0));
        let asked = &asked;
        let ask = |answer: Result<(), ()>| {
            answered.or_ask(async move {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(10)).await;
                answer
            })
        };
        let all = join_all((0..100).map(|_| ask(Ok(())))).await;
        assert!(all.iter().all(Result::is_ok) && asked.load(Ordering::SeqCst) == 1);
        advance(LIFETIME).await;
        assert!(ask(Err(())).await.is_err() && ask(Ok(())).await.is_ok());
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
