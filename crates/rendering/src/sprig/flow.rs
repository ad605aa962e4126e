//! Functions that choose a value or stop the rendering.

use gtmpl_ng::Value;

use super::{
    args::{exactly, is_empty, is_nil, text},
    function::{Entry, FuncResult, call_error},
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

fn default(args: &[Value]) -> FuncResult {
    match args {
        [otherwise] => Ok(otherwise.clone()),
        [otherwise, value, ..] => Ok(if is_empty(value) { otherwise } else { value }.clone()),
        [] => Err(call_error("default takes a default and a value")),
    }
}

fn ternary(args: &[Value]) -> FuncResult {
    let [yes, no, flag] = exactly("ternary", args)?;
    match flag {
        Value::Bool(true) => Ok(yes.clone()),
        Value::Bool(false) | Value::NoValue | Value::Nil => Ok(no.clone()),
        _ => Err(call_error(
            "ternary takes true or false as its last argument; compare first, e.g. with eq",
        )),
    }
}

fn fail(args: &[Value]) -> FuncResult {
    let [message] = exactly("fail", args)?;
    Err(call_error(text(message)?))
}

fn required(args: &[Value]) -> FuncResult {
    let [message, value] = exactly("required", args)?;
    let missing = is_nil(value) || matches!(value, Value::String(text) if text.is_empty());
    if missing { Err(call_error(text(message)?)) } else { Ok(value.clone()) }
}
