//! How an object is, and what the API server shows of it: the words that the engines of Kubernetes share.

use resources::Health;
use serde_json::Value;

/// How one object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) health: Health,
    /// CamelCase, stable.
    pub(super) reason: &'static str,
    /// A sentence for the owner.
    pub(super) message: String,
}

impl State {
    pub(super) fn healthy(message: &str) -> Self {
        Self { health: Health::Healthy, reason: "Running", message: message.into() }
    }

    pub(super) fn progressing(reason: &'static str, message: impl Into<String>) -> Self {
        Self { health: Health::Progressing, reason, message: message.into() }
    }

    pub(super) fn degraded(reason: &'static str, message: impl Into<String>) -> Self {
        Self { health: Health::Degraded, reason, message: message.into() }
    }
}

/// What the API server shows of an object.
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

    /// Whether it speaks of the object as it is described now; one that does not say counts as if it did.
    pub(super) fn is_of(self, object: Object<'_>) -> bool {
        let observed = self.0.number("/observedGeneration");
        let generation = object.number("/metadata/generation");
        observed.zip(generation).is_none_or(|(observed, generation)| observed >= generation)
    }

    /// What it says, else its reason, else `otherwise`.
    pub(super) fn text(self, otherwise: &str) -> String {
        let said = [self.0.text("/message"), self.0.text("/reason")];
        said.into_iter().flatten().find(|it| !it.is_empty()).unwrap_or(otherwise).to_owned()
    }
}
