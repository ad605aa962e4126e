//! What people asked for, and what they were answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::plan::{Node, Request};

/// What a person was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 200 with the environment of this uuid and owner.
    Runs { uuid: String, owner: String },
    /// 200 with the new number of extensions and the new deadline, in milliseconds.
    Extended { count: i64, deadline: u64 },
    /// 204.
    Deleted,
    /// A 4xx, or a 503 that says that nothing happened.
    Refused(String),
    /// 500 or 503: it may have taken effect.
    Unknown(String),
}

/// A request, and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    /// When it was sent.
    pub(crate) sent: u64,
    /// When it was answered, and what. `None`: the client hung up, or the server was killed.
    pub(crate) answer: Option<(u64, Answer)>,
    /// Nobody waits for the answer any more.
    pub(crate) is_abandoned: bool,
}

impl Asked {
    /// The end of the time in which the request may have taken effect.
    pub(crate) fn end(&self) -> u64 {
        match &self.answer {
            None | Some((_, Answer::Unknown(_))) => u64::MAX,
            Some((at, _)) => *at,
        }
    }

    pub(crate) fn answered(&self) -> Option<&Answer> {
        self.answer.as_ref().map(|(_, answer)| answer)
    }

    /// Whether nobody knows if the request took effect.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.answered(), None | Some(Answer::Unknown(_)))
    }
}

/// Something that the admin deleted or changed, by the name of the instance.
#[derive(Debug, Clone)]
pub(crate) struct Interference {
    pub(crate) at: u64,
    pub(crate) instance: String,
}

/// All requests, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    asked: Arc<Mutex<Vec<Asked>>>,
    interference: Arc<Mutex<Vec<Interference>>>,
    disturbed: Arc<Mutex<Vec<(Node, u64)>>>,
}

impl History {
    /// Notes a request. Returns its number.
    pub(crate) fn sent(&self, request: &Request, at: u64) -> usize {
        let mut asked = lock(&self.asked);
        asked.push(Asked { request: request.clone(), sent: at, answer: None, is_abandoned: false });
        asked.len() - 1
    }

    pub(crate) fn answered(&self, number: usize, at: u64, answer: Answer) {
        if let Some(asked) = lock(&self.asked).get_mut(number) {
            asked.answer = Some((at, answer));
        }
    }

    /// Notes that the client hung up, or that the server was killed.
    pub(crate) fn abandoned(&self, number: usize) {
        if let Some(asked) = lock(&self.asked).get_mut(number) {
            asked.is_abandoned = true;
        }
    }

    /// Notes that the admin deletes an instance.
    pub(crate) fn interfered(&self, at: u64, instance: &str) {
        lock(&self.interference).push(Interference { at, instance: instance.to_owned() });
    }

    /// Notes that a deletion or a patch of an instance was disturbed.
    pub(crate) fn disturbed(&self, node: Node, at: u64) {
        lock(&self.disturbed).push((node, at));
    }

    /// Whether the server may not know if this request deleted anything.
    pub(crate) fn is_in_doubt(&self, asked: &Asked) -> bool {
        let server = Node::Server(asked.request.server);
        let is_then = |at: &u64| (asked.sent..=asked.end()).contains(at);
        lock(&self.disturbed).iter().any(|(node, at)| *node == server && is_then(at))
    }

    pub(crate) fn all(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }

    /// Whether the admin deleted the instance before that time.
    pub(crate) fn is_admins(&self, instance: &str, until: u64) -> bool {
        lock(&self.interference).iter().any(|it| it.instance == instance && it.at <= until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
