//! Functions that return or compare the Go types of values.

use gtmpl_ng::{NumberKind, Value};

use super::{
    args::{exactly, printed, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("deepEqual", |args| exactly::<2>("deepEqual", args).map(|[a, b]| (a == b).into())),
    ("kindIs", |args| is("kindIs", args, |name, value| kind(value) == name)),
    ("kindOf", |args| exactly::<1>("kindOf", args).map(|[value]| kind(value).into())),
    ("toString", |args| exactly::<1>("toString", args).map(|[value]| printed(value).into())),
    ("typeIs", |args| is("typeIs", args, |name, value| type_name(value) == name)),
    ("typeIsLike", |args| {
        is("typeIsLike", args, |name, value| type_name(value) == name.trim_start_matches('*'))
    }),
    ("typeOf", |args| exactly::<1>("typeOf", args).map(|[value]| type_name(value).into())),
];

fn is(name: &str, args: &[Value], matches: impl Fn(&str, &Value) -> bool) -> FuncResult {
    let [wanted, value] = exactly(name, args)?;
    Ok(matches(&text(wanted)?, value).into())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::NoValue | Value::Nil => "invalid",
        Value::Array(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(_) => "struct",
        Value::Function(_) => "func",
        other => type_name(other),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::NoValue | Value::Nil => "<nil>",
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
        Value::Object(_) => "struct",
        Value::Function(_) => "func()",
        Value::Number(number) => match number.kind() {
            NumberKind::Unsigned(_) => "int",
            NumberKind::Signed(_) => "int64",
            NumberKind::Float(_) => "float64",
        },
    }
}
