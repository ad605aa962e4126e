//! Functions on maps. They return a changed copy. The engine assigns the copy to the variable that
//! held the map, so that `set` works as in Go.

use std::collections::HashMap;

use gtmpl_ng::{FuncError, Value};

use super::{
    args::{at_least, dict, exactly, is_empty, list, printed, text, text_list},
    function::{Entry, FuncResult, call_error},
};
use crate::value::sorted;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("deepCopy", |args| copied("deepCopy", args)),
    ("dict", new_dict),
    ("dig", dig),
    ("get", get),
    ("hasKey", has_key),
    ("keys", keys),
    ("merge", |args| merged("merge", args, false)),
    ("mergeOverwrite", |args| merged("mergeOverwrite", args, true)),
    ("mustDeepCopy", |args| copied("mustDeepCopy", args)),
    ("mustMerge", |args| merged("mustMerge", args, false)),
    ("mustMergeOverwrite", |args| merged("mustMergeOverwrite", args, true)),
    ("omit", omit),
    ("pick", pick),
    ("pluck", pluck),
    ("set", set),
    ("unset", unset),
    ("values", values),
];

fn copied(name: &str, args: &[Value]) -> FuncResult {
    let [value] = exactly(name, args)?;
    Ok(value.clone())
}

fn new_dict(args: &[Value]) -> FuncResult {
    let entries = args.chunks(2).map(|pair| match pair {
        [key, value] => (printed(key), value.clone()),
        alone => (alone.first().map(printed).unwrap_or_default(), "".into()),
    });
    Ok(Value::Map(entries.collect()))
}

fn get(args: &[Value]) -> FuncResult {
    let [entries, key] = exactly("get", args)?;
    Ok(dict("get", entries)?.get(&*text(key)?).cloned().unwrap_or_else(|| "".into()))
}

fn has_key(args: &[Value]) -> FuncResult {
    let [entries, key] = exactly("hasKey", args)?;
    Ok(dict("hasKey", entries)?.contains_key(&*text(key)?).into())
}

fn set(args: &[Value]) -> FuncResult {
    let [entries, key, value] = exactly("set", args)?;
    let mut entries = dict("set", entries)?.clone();
    entries.insert(text(key)?.into_owned(), value.clone());
    Ok(Value::Map(entries))
}

fn unset(args: &[Value]) -> FuncResult {
    let [entries, key] = exactly("unset", args)?;
    let mut entries = dict("unset", entries)?.clone();
    entries.remove(&*text(key)?);
    Ok(Value::Map(entries))
}

fn keys(args: &[Value]) -> FuncResult {
    let mut keys: Vec<String> = vec![];
    for entries in args {
        keys.extend(sorted(dict("keys", entries)?).into_iter().map(|(key, _)| key.clone()));
    }
    Ok(text_list(keys))
}

fn values(args: &[Value]) -> FuncResult {
    let [entries] = exactly("values", args)?;
    let values = sorted(dict("values", entries)?).into_iter().map(|(_, value)| value.clone());
    Ok(Value::Array(values.collect()))
}

fn pluck(args: &[Value]) -> FuncResult {
    let ([key], dicts) = at_least("pluck", args)?;
    let key = text(key)?;
    let mut found = vec![];
    for entries in dicts {
        found.extend(dict("pluck", entries)?.get(&*key).cloned());
    }
    Ok(Value::Array(found))
}

fn pick(args: &[Value]) -> FuncResult {
    let ([entries], wanted) = at_least("pick", args)?;
    let (entries, wanted) = (dict("pick", entries)?, key_list(wanted)?);
    let picked = wanted.into_iter().filter_map(|key| entries.get_key_value(&key));
    Ok(Value::Map(picked.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

fn omit(args: &[Value]) -> FuncResult {
    let ([entries], unwanted) = at_least("omit", args)?;
    let mut entries = dict("omit", entries)?.clone();
    for key in key_list(unwanted)? {
        entries.remove(&key);
    }
    Ok(Value::Map(entries))
}

/// The keys in the arguments, which are keys or lists of keys.
fn key_list(args: &[Value]) -> Result<Vec<String>, FuncError> {
    let mut keys = vec![];
    for arg in args {
        match arg {
            Value::Array(_) => keys.extend(list("keys", arg)?.iter().map(printed)),
            _ => keys.push(text(arg)?.into_owned()),
        }
    }
    Ok(keys)
}

/// `dig "a" "b" otherwise map`: the value at `map.a.b`, or `otherwise`.
fn dig(args: &[Value]) -> FuncResult {
    let [path @ .., otherwise, entries] = args else {
        return Err(call_error("dig takes keys, a default and a map"));
    };
    if path.is_empty() {
        return Err(call_error("dig takes at least one key, a default and a map"));
    }
    let mut found = entries;
    for key in path {
        match dict("dig", found)?.get(&*text(key)?) {
            Some(next) => found = next,
            None => return Ok(otherwise.clone()),
        }
    }
    Ok(found.clone())
}

/// All maps as one. An earlier map wins, or with `overwrite` a later one.
fn merged(name: &str, args: &[Value], overwrite: bool) -> FuncResult {
    let ([first], others) = at_least(name, args)?;
    let mut merged = dict(name, first)?.clone();
    for other in others {
        merge_into(&mut merged, dict(name, other)?, overwrite);
    }
    Ok(Value::Map(merged))
}

fn merge_into(
    target: &mut HashMap<String, Value>,
    source: &HashMap<String, Value>,
    overwrite: bool,
) {
    for (key, value) in source {
        match (target.get_mut(key), value) {
            (Some(Value::Map(inner)), Value::Map(more)) => merge_into(inner, more, overwrite),
            (Some(old), _) if !overwrite && !is_empty(old) => {}
            _ => {
                target.insert(key.clone(), value.clone());
            }
        }
    }
}
