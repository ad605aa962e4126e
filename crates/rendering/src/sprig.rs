//! The functions that templates can call: sprig's, and Helm's `toYaml`, `fromYaml` and `required`.
//!
//! Each family has a file with the table of its functions. `tests/corpus.json`, made with Go, fixes
//! what they print; docs/templates.md, section "Where it differs from Go", lists the intended
//! differences. Templates are untrusted: a function checks the size of a result before it builds it
//! ([`bounded_text`]), and no function reads the environment, the network or the clock.

mod args;
mod bounded_text;
mod cases;
mod dates;
mod decimal;
mod dicts;
mod encoding;
mod flow;
mod function;
mod hashes;
mod json;
mod layout;
mod lists;
mod math;
mod paths;
mod random;
mod regexes;
mod splitting;
mod strings;
mod types;
mod unavailable;
mod urls;
mod versions;
mod wrapping;
mod yaml;

use function::Entry;

/// All functions with their names.
pub(crate) fn functions() -> Vec<Entry> {
    [
        cases::FUNCTIONS,
        dates::FUNCTIONS,
        dicts::FUNCTIONS,
        encoding::FUNCTIONS,
        flow::FUNCTIONS,
        hashes::FUNCTIONS,
        json::FUNCTIONS,
        lists::FUNCTIONS,
        math::FUNCTIONS,
        paths::FUNCTIONS,
        random::FUNCTIONS,
        regexes::FUNCTIONS,
        splitting::FUNCTIONS,
        strings::FUNCTIONS,
        types::FUNCTIONS,
        unavailable::FUNCTIONS,
        urls::FUNCTIONS,
        versions::FUNCTIONS,
        wrapping::FUNCTIONS,
        yaml::FUNCTIONS,
    ]
    .concat()
}
