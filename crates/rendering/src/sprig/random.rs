//! Random texts and numbers. They are drawn from the environment's secret seed: every rendering
//! draws the same, and users cannot guess them.

use data_encoding::BASE64;
use gtmpl_ng::Value;

use super::{
    args::{count, exactly, integer, text},
    function::{Entry, FuncResult, call_error},
};
use crate::{
    fixed_inputs::{random_below, random_bytes},
    value::int,
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("randAlpha", |args| drawn("randAlpha", args, char::is_alphabetic)),
    ("randAlphaNum", |args| drawn("randAlphaNum", args, char::is_alphanumeric)),
    ("randAscii", |args| drawn("randAscii", args, |_| true)),
    ("randBytes", rand_bytes),
    ("randInt", rand_int),
    ("randNumeric", |args| drawn("randNumeric", args, char::is_numeric)),
    ("shuffle", shuffle),
    ("uuidv4", uuidv4),
];

/// Random printable ASCII characters for which `wanted` is true; the argument is their number.
fn drawn(name: &str, args: &[Value], wanted: impl Fn(char) -> bool) -> FuncResult {
    let [length] = exactly(name, args)?;
    let alphabet: Vec<char> = (' '..='~').filter(|c| wanted(*c)).collect();
    let characters = (0..count(name, length)?).map(|_| alphabet[random_index(alphabet.len())]);
    Ok(characters.collect::<String>().into())
}

fn random_index(bound: usize) -> usize {
    usize::try_from(random_below(bound as u64)).unwrap_or_default()
}

fn rand_bytes(args: &[Value]) -> FuncResult {
    let [length] = exactly("randBytes", args)?;
    let bytes: Vec<u8> =
        (0..count("randBytes", length)?).flat_map(|_| random_bytes::<1>()).collect();
    Ok(BASE64.encode(&bytes).into())
}

/// A number from `min` to before `max`.
fn rand_int(args: &[Value]) -> FuncResult {
    let [min, max] = exactly("randInt", args)?;
    let (min, max) = (integer(min), integer(max));
    if min >= max {
        return Err(call_error("randInt takes a number and a larger number"));
    }
    Ok(int(min.wrapping_add_unsigned(random_below(max.abs_diff(min)))))
}

fn shuffle(args: &[Value]) -> FuncResult {
    let [whole] = exactly("shuffle", args)?;
    let mut characters: Vec<char> = text(whole)?.chars().collect();
    for at in (1..characters.len()).rev() {
        characters.swap(at, random_index(at + 1));
    }
    Ok(characters.into_iter().collect::<String>().into())
}

fn uuidv4(args: &[Value]) -> FuncResult {
    let [] = exactly("uuidv4", args)?;
    Ok(uuid::Builder::from_random_bytes(random_bytes()).into_uuid().to_string().into())
}
