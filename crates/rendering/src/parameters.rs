//! The values that a parameter takes.

use regex::{Regex, RegexBuilder};
use resources::Parameter;

/// The maximum length of a value, in characters.
const MAX_VALUE_LENGTH: usize = 256;
/// The maximum size of a compiled pattern, in bytes.
const MAX_PATTERN_SIZE: usize = 1 << 20;

/// Whether a launch may give the parameter this value. An invalid pattern takes no value.
#[must_use]
pub fn is_allowed(parameter: &Parameter, value: &str) -> bool {
    let is_free = parameter.choices.is_empty() && parameter.pattern.is_empty();
    value.chars().count() <= MAX_VALUE_LENGTH
        && (!is_free || value.chars().all(is_harmless))
        && (!parameter.choices.is_empty() || !value.contains(is_line_break))
        && (parameter.choices.is_empty() || parameter.choices.iter().any(|it| it == value))
        && (parameter.pattern.is_empty() || matches_whole(parameter, value))
}

/// Whether the character cannot change the structure of the YAML that it is rendered into.
fn is_harmless(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || " ._/@+=-".contains(c)
}

/// Whether the character is a control character or breaks a line.
#[must_use]
pub fn is_line_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn matches_whole(parameter: &Parameter, value: &str) -> bool {
    whole_pattern(parameter).is_ok_and(|pattern| pattern.is_match(value))
}

/// The pattern for a whole value.
pub(crate) fn whole_pattern(parameter: &Parameter) -> Result<Regex, regex::Error> {
    let whole = format!(r"\A(?:{})\z", parameter.pattern);
    RegexBuilder::new(&whole).size_limit(MAX_PATTERN_SIZE).build()
}
