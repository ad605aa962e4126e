//! Large and small letters. A browser knows them all, so that their tables need not be downloaded.

/// All letters small.
#[cfg(target_family = "wasm")]
#[must_use]
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// All letters small.
#[cfg(not(target_family = "wasm"))]
#[must_use]
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The first letter large, the others as they are.
#[must_use]
pub fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| upper(first.encode_utf8(&mut [0; 4])));
    first.unwrap_or_default() + letters.as_str()
}

/// The first letter, large.
#[must_use]
pub fn initial(word: &str) -> String {
    word.chars().next().map(|first| upper(first.encode_utf8(&mut [0; 4]))).unwrap_or_default()
}

#[cfg(target_family = "wasm")]
fn upper(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

#[cfg(not(target_family = "wasm"))]
fn upper(text: &str) -> String {
    text.to_uppercase()
}
