//! Lower and upper case. In the browser, JavaScript converts: Unicode tables stay out of the
//! download.

/// The text in lower case.
#[cfg(target_family = "wasm")]
#[must_use]
pub fn to_lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The text in lower case.
#[cfg(not(target_family = "wasm"))]
#[must_use]
pub fn to_lowercase(text: &str) -> String {
    text.to_lowercase()
}

/// The word with its first letter in upper case.
#[must_use]
pub fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| to_uppercase(first.encode_utf8(&mut [0; 4])));
    first.unwrap_or_default() + letters.as_str()
}

/// The first letter of a word, in upper case.
#[must_use]
pub fn initial(word: &str) -> String {
    word.chars()
        .next()
        .map(|first| to_uppercase(first.encode_utf8(&mut [0; 4])))
        .unwrap_or_default()
}

#[cfg(target_family = "wasm")]
fn to_uppercase(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

#[cfg(not(target_family = "wasm"))]
fn to_uppercase(text: &str) -> String {
    text.to_uppercase()
}
