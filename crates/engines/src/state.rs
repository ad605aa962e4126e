//! The health of one Kubernetes object, and access to the fields that it is derived from.

use resources::{Health, Reason, without_user_info};
use serde_json::Value;

/// The health of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) health: Health,
    pub(super) reason: Reason,
    /// The reason as a sentence for the owner.
    pub(super) message: String,
}

impl State {
    pub(super) fn healthy(message: &str) -> Self {
        Self { health: Health::Healthy, reason: Reason::Running, message: message.into() }
    }

    pub(super) fn progressing(reason: Reason, message: impl Into<String>) -> Self {
        Self { health: Health::Progressing, reason, message: message.into() }
    }

    pub(super) fn degraded(reason: Reason, message: impl Into<String>) -> Self {
        Self { health: Health::Degraded, reason, message: message.into() }
    }
}

/// An object as the API server returns it.
#[derive(Clone, Copy)]
pub(super) struct Object<'a>(pub(super) &'a Value);

impl<'a> Object<'a> {
    pub(super) fn has(self, path: &str) -> bool {
        self.0.pointer(path).is_some()
    }

    pub(super) fn text(self, path: &str) -> Option<&'a str> {
        self.0.pointer(path)?.as_str()
    }

    pub(super) fn number(self, path: &str) -> Option<i64> {
        self.0.pointer(path)?.as_i64()
    }

    pub(super) fn list(self, path: &str) -> &'a [Value] {
        self.0.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub(super) fn condition(self, type_: &str) -> Option<Condition<'a>> {
        let conditions = self.list("/status/conditions").iter().map(Object);
        conditions.into_iter().find(|it| it.text("/type") == Some(type_)).map(Condition)
    }
}

/// A condition of an object.
#[derive(Clone, Copy)]
pub(super) struct Condition<'a>(Object<'a>);

impl<'a> Condition<'a> {
    pub(super) fn is(self, status: &str) -> bool {
        self.0.text("/status") == Some(status)
    }

    pub(super) fn reason(self) -> &'a str {
        self.0.text("/reason").unwrap_or_default()
    }

    /// Whether the condition describes the object's present generation. A condition without a
    /// generation counts.
    pub(super) fn is_of(self, object: Object<'_>) -> bool {
        let observed = self.0.number("/observedGeneration");
        let generation = object.number("/metadata/generation");
        observed.zip(generation).is_none_or(|(observed, generation)| observed >= generation)
    }

    /// The condition's message, else its reason, else `otherwise`.
    pub(super) fn text(self, otherwise: &str) -> String {
        let said = [self.0.text("/message"), self.0.text("/reason")];
        said.into_iter().flatten().find(|it| !it.is_empty()).unwrap_or(otherwise).to_owned()
    }
}

/// What an upstream controller says, on one line. Its addresses of repositories may have passwords.
pub(super) fn sentence(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    without_user_info(&words.join(" ")).into_owned()
}
