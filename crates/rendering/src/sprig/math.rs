//! Arithmetic and sequences of numbers.

use gtmpl_ng::{FuncError, Value, limits};

use super::{
    args::{at_least, exactly, integer, number, printed},
    decimal::calculate,
    function::{Entry, FuncResult, call_error},
};
use crate::value::{float, int, signed};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("add", |args| whole("add", args, i64::checked_add)),
    ("add1", |args| whole("add1", &one_more("add1", args)?, i64::checked_add)),
    ("add1f", |args| decimal("add1f", &one_more("add1f", args)?, '+')),
    ("addf", |args| decimal("addf", args, '+')),
    ("atoi", atoi),
    ("biggest", |args| whole("biggest", args, |a, b| Some(a.max(b)))),
    ("ceil", |args| rounded("ceil", args, f64::ceil)),
    ("div", |args| whole("div", exactly::<2>("div", args)?, i64::checked_div)),
    ("divf", |args| decimal("divf", args, '/')),
    ("float64", |args| rounded("float64", args, |it| it)),
    ("floor", |args| rounded("floor", args, f64::floor)),
    ("int", |args| exactly::<1>("int", args).map(|[it]| int(integer(it)))),
    ("int64", |args| exactly::<1>("int64", args).map(|[it]| signed(integer(it)))),
    ("max", |args| whole("max", args, |a, b| Some(a.max(b)))),
    ("maxf", |args| folded("maxf", args, f64::max)),
    ("min", |args| whole("min", args, |a, b| Some(a.min(b)))),
    ("minf", |args| folded("minf", args, f64::min)),
    ("mod", |args| whole("mod", exactly::<2>("mod", args)?, i64::checked_rem)),
    ("mul", |args| whole("mul", args, i64::checked_mul)),
    ("mulf", |args| decimal("mulf", args, '*')),
    ("round", round),
    ("seq", seq),
    ("sub", |args| whole("sub", exactly::<2>("sub", args)?, i64::checked_sub)),
    ("subf", |args| decimal("subf", args, '-')),
    ("toDecimal", to_decimal),
    ("until", until),
    ("untilStep", until_step),
];

/// Folds the arguments as whole numbers, from the left.
fn whole(name: &str, args: &[Value], op: impl Fn(i64, i64) -> Option<i64>) -> FuncResult {
    let ([first], rest) = at_least(name, args)?;
    let mut result = integer(first);
    for arg in rest {
        result = op(result, integer(arg)).ok_or_else(|| {
            call_error(format!("{name}: division by zero, or the number is too large"))
        })?;
    }
    Ok(signed(result))
}

/// The single argument and 1.
fn one_more(name: &str, args: &[Value]) -> Result<[Value; 2], FuncError> {
    let [value] = exactly(name, args)?;
    Ok([value.clone(), 1.into()])
}

fn decimal(name: &str, args: &[Value], op: char) -> FuncResult {
    folded(name, args, |left, right| calculate(op, left, right))
}

fn folded(name: &str, args: &[Value], op: impl Fn(f64, f64) -> f64) -> FuncResult {
    let ([first], rest) = at_least(name, args)?;
    Ok(float(rest.iter().map(number).fold(number(first), op)))
}

fn rounded(name: &str, args: &[Value], op: impl Fn(f64) -> f64) -> FuncResult {
    let [value] = exactly(name, args)?;
    Ok(float(op(number(value))))
}

/// `round number places [from]`: rounds up from a fraction of `from` on; 0.5 without `from`.
fn round(args: &[Value]) -> FuncResult {
    let ([value, places], from) = at_least("round", args)?;
    let power = 10_f64.powi(i32::try_from(integer(places)).unwrap_or(i32::MAX));
    let shifted = number(value) * power;
    let up = shifted.fract() >= from.first().map_or(0.5, number);
    let result = if up { shifted.ceil() } else { shifted.floor() } / power;
    Ok(float(if result.is_finite() { result } else { number(value) }))
}

fn atoi(args: &[Value]) -> FuncResult {
    let [digits] = exactly("atoi", args)?;
    Ok(int(printed(digits).parse().unwrap_or_default()))
}

/// The value of octal digits, such as a file mode.
fn to_decimal(args: &[Value]) -> FuncResult {
    let [digits] = exactly("toDecimal", args)?;
    Ok(signed(i64::from_str_radix(&printed(digits), 8).unwrap_or_default()))
}

fn until(args: &[Value]) -> FuncResult {
    let [end] = exactly("until", args)?;
    let end = integer(end);
    numbers("until", 0, end, if end < 0 { -1 } else { 1 }).map(list_of)
}

fn until_step(args: &[Value]) -> FuncResult {
    let [start, end, step] = exactly("untilStep", args)?;
    numbers("untilStep", integer(start), integer(end), integer(step)).map(list_of)
}

fn list_of(numbers: Vec<i64>) -> Value {
    Value::Array(numbers.into_iter().map(int).collect())
}

/// `seq [start [step]] end`: the numbers from start to end, both included, separated by spaces.
fn seq(args: &[Value]) -> FuncResult {
    let params: Vec<i64> = args.iter().map(integer).collect();
    let (start, step, end) = match params.as_slice() {
        [end] => (1, if *end < 1 { -1 } else { 1 }, *end),
        [start, end] => (*start, if end < start { -1 } else { 1 }, *end),
        [start, step, end] if end >= start || *step <= 0 => (*start, *step, *end),
        _ => return Ok("".into()),
    };
    let past = end.saturating_add(if end < start { -1 } else { 1 });
    let numbers = numbers("seq", start, past, step)?;
    Ok(numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ").into())
}

/// The numbers from `start` to before `end`; no numbers when `step` has the wrong direction.
///
/// # Errors
///
/// When there are more numbers than one loop may have iterations.
fn numbers(name: &str, start: i64, end: i64, step: i64) -> Result<Vec<i64>, FuncError> {
    let leads_away = if end < start { step >= 0 } else { step <= 0 };
    let distance = if leads_away { 0 } else { end.abs_diff(start) };
    let requested = distance.div_ceil(step.unsigned_abs().max(1));
    let max = limits::active().iterations.unwrap_or(usize::MAX);
    let count = usize::try_from(requested).ok().filter(|count| *count <= max).ok_or_else(|| {
        call_error(format!("{name} makes {requested} numbers; at most {max} are allowed"))
    })?;
    Ok(std::iter::successors(Some(start), |at| at.checked_add(step)).take(count).collect())
}
