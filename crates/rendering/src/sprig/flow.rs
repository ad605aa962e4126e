//! Defaults, choices and refusals.

use gtmpl_ng::Value;

use super::{
    Entry,
    args::{Answer, exactly, is_empty, is_nothing, text, wrong},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("all", |args| Ok((!args.iter().any(is_empty)).into())),
    ("any", |args| Ok((!args.iter().all(is_empty)).into())),
    ("coalesce", |args| Ok(args.iter().find(|it| !is_empty(it)).cloned().unwrap_or(Value::Nil))),
    ("default", default),
    ("empty", |args| exactly::<1>("empty", args).map(|[value]| is_empty(value).into())),
    ("fail", fail),
    ("required", required),
    ("ternary", ternary),
];

fn default(args: &[Value]) -> Answer {
    match args {
        [otherwise] => Ok(otherwise.clone()),
        [otherwise, value, ..] => Ok(if is_empty(value) { otherwise } else { value }.clone()),
        [] => Err(wrong("default takes a default and a value")),
    }
}

fn ternary(args: &[Value]) -> Answer {
    let [yes, no, flag] = exactly("ternary", args)?;
    match flag {
        Value::Bool(true) => Ok(yes.clone()),
        Value::Bool(false) | Value::NoValue | Value::Nil => Ok(no.clone()),
        _ => Err(wrong("ternary chooses by true or false; compare first, e.g. with eq")),
    }
}

fn fail(args: &[Value]) -> Answer {
    let [message] = exactly("fail", args)?;
    Err(wrong(text(message)?))
}

fn required(args: &[Value]) -> Answer {
    let [message, value] = exactly("required", args)?;
    let missing = is_nothing(value) || matches!(value, Value::String(text) if text.is_empty());
    if missing { Err(wrong(text(message)?)) } else { Ok(value.clone()) }
}
