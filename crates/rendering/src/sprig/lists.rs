//! Functions on lists. They return a new list and leave their argument unchanged.

use std::collections::HashSet;

use gtmpl_ng::{FuncError, Value};

use super::{
    args::{at_least, count, exactly, integer, is_empty, list},
    function::{Entry, FuncResult, call_error},
};
use crate::value::to_json;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("append", append),
    ("chunk", chunk),
    ("compact", compact),
    ("concat", concat),
    ("first", first),
    ("has", has),
    ("initial", initial),
    ("last", last),
    ("list", |args| Ok(args.to_vec().into())),
    ("mustAppend", append),
    ("mustChunk", chunk),
    ("mustCompact", compact),
    ("mustFirst", first),
    ("mustHas", has),
    ("mustInitial", initial),
    ("mustLast", last),
    ("mustPrepend", prepend),
    ("mustPush", append),
    ("mustRest", rest),
    ("mustReverse", reverse),
    ("mustSlice", slice),
    ("mustUniq", uniq),
    ("mustWithout", without),
    ("prepend", prepend),
    ("push", append),
    ("rest", rest),
    ("reverse", reverse),
    ("slice", slice),
    ("tuple", |args| Ok(args.to_vec().into())),
    ("uniq", uniq),
    ("without", without),
];

fn single_list<'a>(name: &str, args: &'a [Value]) -> Result<&'a [Value], FuncError> {
    let [value] = exactly(name, args)?;
    list(name, value)
}

fn first(args: &[Value]) -> FuncResult {
    Ok(single_list("first", args)?.first().cloned().unwrap_or(Value::Nil))
}

fn last(args: &[Value]) -> FuncResult {
    Ok(single_list("last", args)?.last().cloned().unwrap_or(Value::Nil))
}

fn rest(args: &[Value]) -> FuncResult {
    let rest = single_list("rest", args)?.split_first().map_or(&[][..], |(_, rest)| rest);
    Ok(rest.to_vec().into())
}

fn initial(args: &[Value]) -> FuncResult {
    let initial =
        single_list("initial", args)?.split_last().map_or(&[][..], |(_, initial)| initial);
    Ok(initial.to_vec().into())
}

fn reverse(args: &[Value]) -> FuncResult {
    Ok(Value::Array(single_list("reverse", args)?.iter().rev().cloned().collect()))
}

fn compact(args: &[Value]) -> FuncResult {
    let items = single_list("compact", args)?.iter().filter(|item| !is_empty(item));
    Ok(Value::Array(items.cloned().collect()))
}

fn append(args: &[Value]) -> FuncResult {
    let [items, item] = exactly("append", args)?;
    let items = list("append", items)?.iter().chain([item]);
    Ok(Value::Array(items.cloned().collect()))
}

fn prepend(args: &[Value]) -> FuncResult {
    let [items, item] = exactly("prepend", args)?;
    let items = [item].into_iter().chain(list("prepend", items)?);
    Ok(Value::Array(items.cloned().collect()))
}

fn concat(args: &[Value]) -> FuncResult {
    let lists: Vec<_> = args.iter().map(|it| list("concat", it)).collect::<Result<_, _>>()?;
    Ok(Value::Array(lists.concat()))
}

fn has(args: &[Value]) -> FuncResult {
    let [item, items] = exactly("has", args)?;
    Ok(list("has", items)?.contains(item).into())
}

/// A text that equal values share. A set of these texts avoids comparing all pairs of a long list.
fn fingerprint(value: &Value) -> String {
    to_json(value).to_string()
}

fn uniq(args: &[Value]) -> FuncResult {
    let mut seen = HashSet::new();
    let items = single_list("uniq", args)?.iter().filter(|item| seen.insert(fingerprint(item)));
    Ok(Value::Array(items.cloned().collect()))
}

fn without(args: &[Value]) -> FuncResult {
    let ([items], unwanted) = at_least("without", args)?;
    let unwanted: HashSet<String> = unwanted.iter().map(fingerprint).collect();
    let items = list("without", items)?.iter();
    Ok(Value::Array(items.filter(|it| !unwanted.contains(&fingerprint(it))).cloned().collect()))
}

fn chunk(args: &[Value]) -> FuncResult {
    let [size, items] = exactly("chunk", args)?;
    let size = count("chunk", size)?.max(1);
    let chunks = list("chunk", items)?.chunks(size);
    Ok(Value::Array(chunks.map(|chunk| Value::Array(chunk.to_vec())).collect()))
}

/// Slices a list as sprig does. This function replaces the engine's `slice`, so it passes texts on
/// to that.
fn slice(args: &[Value]) -> FuncResult {
    let ([items], bounds) = at_least("slice", args)?;
    if matches!(items, Value::String(_)) {
        return gtmpl_ng::funcs::slice(args);
    }
    let items = list("slice", items)?;
    let bound = |at: usize, otherwise| match bounds.get(at) {
        Some(bound) => usize::try_from(integer(bound)).unwrap_or(usize::MAX),
        None => otherwise,
    };
    let slice = items
        .get(bound(0, 0)..bound(1, items.len()))
        .ok_or_else(|| call_error(format!("slice: the list has only {} items", items.len())))?;
    Ok(Value::Array(slice.to_vec()))
}
