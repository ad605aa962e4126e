//! The functions that templates can call: sprig's, and Helm's `toYaml`, `fromYaml` and `required`.
//!
//! One file per family, each with the table of its names. What they print is fixed by `tests/corpus.json`, made with Go;
//! `docs/templates.md` lists where they differ on purpose. They run somebody else's program: each one bounds what it
//! makes before it makes it ([`args::Text`]), and none reads the environment, the network or the clock.

mod args;
mod cases;
mod dates;
mod decimal;
mod dicts;
mod encoding;
mod flow;
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

use gtmpl_ng::Func;

/// The name of a function and the function.
type Entry = (&'static str, Func);

/// Every function by its name.
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

#[cfg(test)]
mod tests;
