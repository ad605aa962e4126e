//! The memory of verified tokens, bounded in number and in bytes.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::token_verifier::Verified;

/// The SHA-256 of a token and of what it was verified against.
pub(crate) type Fingerprint = [u8; 32];

/// The most tokens that are remembered.
const MAX_TOKENS: usize = 10_000;
/// The most bytes of memory that their claims take. A token may have 64 kB.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A verified token.
#[derive(Debug)]
struct Remembered {
    /// The generation of the key that verified it.
    generation: u64,
    verified: Verified,
    /// How much memory it takes.
    bytes: usize,
}

/// Verified tokens by fingerprint.
#[derive(Debug)]
pub(crate) struct RememberedTokens {
    tokens: HashMap<Fingerprint, Remembered>,
    /// The sum of the tokens' bytes.
    bytes: usize,
    max_bytes: usize,
}

impl Default for RememberedTokens {
    fn default() -> Self {
        Self { tokens: HashMap::new(), bytes: 0, max_bytes: MAX_BYTES }
    }
}

impl RememberedTokens {
    /// The claims of a token that a key of this generation verified and that has not expired.
    pub(crate) fn recall(
        &self,
        fingerprint: &Fingerprint,
        generation: u64,
        now: Timestamp,
    ) -> Option<Verified> {
        let found = self.tokens.get(fingerprint)?;
        found.counts(generation, now).then(|| found.verified.clone())
    }

    /// Remembers a token. If there is no room, forgets those that do not count any more; if that
    /// does not help, all of them.
    pub(crate) fn remember(
        &mut self,
        fingerprint: Fingerprint,
        generation: u64,
        verified: Verified,
        now: Timestamp,
    ) {
        let bytes = size_of::<(Fingerprint, Remembered)>() + bytes_of_object(&verified.claims);
        if !self.has_room_for(bytes) {
            self.tokens.retain(|_, token| token.counts(generation, now));
            self.bytes = self.tokens.values().map(|token| token.bytes).sum();
        }
        if !self.has_room_for(bytes) {
            self.tokens.clear();
            self.bytes = 0;
        }
        let token = Remembered { generation, verified, bytes };
        let replaced = self.tokens.insert(fingerprint, token);
        self.bytes = self.bytes + bytes - replaced.map_or(0, |token| token.bytes);
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        self.tokens.len() < MAX_TOKENS && self.bytes + bytes <= self.max_bytes
    }
}

impl Remembered {
    fn counts(&self, generation: u64, now: Timestamp) -> bool {
        self.generation == generation && now < self.verified.expires_at
    }
}

/// The entries of a `BTreeMap`'s node: it has room for 11, and except for the root at least 5.
const NODE_CAPACITY: usize = 11;
const MIN_NODE_ENTRIES: usize = 5;

/// At most how many bytes an object has on the heap.
fn bytes_of_object(object: &Map<String, Value>) -> usize {
    let nodes = object.len().div_ceil(MIN_NODE_ENTRIES);
    let entries = nodes * NODE_CAPACITY * size_of::<(String, Value)>();
    let texts = object.iter().map(|(name, value)| name.capacity() + bytes_of(value));
    entries + texts.sum::<usize>()
}

/// How many bytes a value has on the heap.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.capacity(),
        Value::Array(values) => {
            let items: usize = values.iter().map(bytes_of).sum();
            values.capacity() * size_of::<Value>() + items
        }
        Value::Object(object) => bytes_of_object(object),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn verified(claims: Value) -> Verified {
        let claims = claims.as_object().cloned().unwrap_or_default();
        Verified { claims: claims.into(), expires_at: NOW + SignedDuration::from_hours(1) }
    }

    fn fingerprint(number: usize) -> Fingerprint {
        let mut fingerprint = [0; 32];
        fingerprint[..8].copy_from_slice(&number.to_be_bytes());
        fingerprint
    }

    #[test]
    fn large_tokens_do_not_take_more_memory_than_is_allowed() {
        let mut memory = RememberedTokens { max_bytes: 1024 * 1024, ..RememberedTokens::default() };
        for number in 0..100 {
            let large = verified(json!({ "groups": ["x".repeat(60_000)] }));
            memory.remember(fingerprint(number), 0, large, NOW);
            assert!(memory.bytes > 60_000 && memory.bytes <= memory.max_bytes, "{}", memory.bytes);
            assert!(memory.recall(&fingerprint(number), 0, NOW).is_some());
        }
        assert!(memory.tokens.len() < 18, "{} tokens", memory.tokens.len());
        let counted: usize = memory.tokens.values().map(|token| token.bytes).sum();
        assert_eq!(memory.bytes, counted);
    }

    #[test]
    fn many_tokens_are_forgotten_by_number() {
        let mut memory = RememberedTokens::default();
        for number in 0..=MAX_TOKENS {
            memory.remember(fingerprint(number), 0, verified(json!({})), NOW);
            assert!(memory.tokens.len() <= MAX_TOKENS);
        }
        assert!(memory.recall(&fingerprint(MAX_TOKENS), 0, NOW).is_some());
    }

    #[test]
    fn tokens_of_a_withdrawn_key_go_first() {
        let mut memory = RememberedTokens { max_bytes: 200_000, ..RememberedTokens::default() };
        let large = || verified(json!({ "text": "x".repeat(60_000) }));
        for (number, generation) in [(0, 0), (1, 1), (2, 0), (3, 1)] {
            memory.remember(fingerprint(number), generation, large(), NOW);
        }
        assert!(memory.recall(&fingerprint(1), 1, NOW).is_some());
        assert_eq!((memory.tokens.len(), memory.bytes < 130_000), (2, true));
    }

    #[test]
    fn a_token_that_is_remembered_twice_is_counted_once() {
        let mut memory = RememberedTokens::default();
        memory.remember(fingerprint(0), 0, verified(json!({ "a": 1 })), NOW);
        let before = memory.bytes;
        memory.remember(fingerprint(0), 1, verified(json!({ "a": 1 })), NOW);
        assert_eq!(memory.bytes, before);
    }

    #[test]
    fn small_values_in_a_token_weigh_what_they_take_in_memory() {
        let values: Vec<Value> = (0..1_000).map(|_| json!(1)).collect();
        assert!(bytes_of(&json!(values)) >= 1_000 * size_of::<Value>());
        let objects: Vec<Value> = (0..1_000).map(|_| json!({ "a": 1 })).collect();
        assert!(bytes_of(&json!(objects)) >= 1_000 * NODE_CAPACITY * size_of::<Value>());
        assert_eq!(bytes_of(&json!({})), 0);
    }
}
