//! Label and field selectors.

use serde_json::Value;

use crate::error::{ApiError, ApiResult};

/// A label selector and a field selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    /// Path, value, and whether they must be equal or differ.
    fields: Vec<(String, String, bool)>,
}

/// A requirement on a label, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    DoesNotExist(String),
    GreaterThan(String, i64),
    LessThan(String, i64),
}

impl Selector {
    /// Parses the parameters `labelSelector` and `fieldSelector`.
    pub(crate) fn parse(labels: &str, fields: &str) -> ApiResult<Self> {
        let labels =
            split_terms(labels).map(|term| parse_requirement(&term)).collect::<ApiResult<_>>()?;
        let fields = fields
            .split(',')
            .filter(|term| !term.trim().is_empty())
            .map(parse_field)
            .collect::<ApiResult<_>>()?;
        Ok(Self { labels, fields })
    }

    /// The paths in the field selector.
    pub(crate) fn field_paths(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(path, _, _)| path.as_str())
    }

    /// Whether `object` meets all requirements.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.labels.iter().all(|requirement| requirement.is_met_by(labels))
            && self
                .fields
                .iter()
                .all(|(path, wanted, equal)| (field_text(object, path) == *wanted) == *equal)
    }
}

impl Requirement {
    fn is_met_by(&self, labels: &Value) -> bool {
        let label = |key: &str| labels[key].as_str();
        let number = |key: &str| label(key).and_then(|text| text.parse::<i64>().ok());
        match self {
            Self::In(key, values) => label(key).is_some_and(|v| values.iter().any(|w| w == v)),
            Self::NotIn(key, values) => label(key).is_none_or(|v| values.iter().all(|w| w != v)),
            Self::Exists(key) => label(key).is_some(),
            Self::DoesNotExist(key) => label(key).is_none(),
            Self::GreaterThan(key, than) => number(key).is_some_and(|n| n > *than),
            Self::LessThan(key, than) => number(key).is_some_and(|n| n < *than),
        }
    }
}

/// The value at a dotted path as text; empty when it is absent.
fn field_text(object: &Value, path: &str) -> String {
    let found = path.trim_start_matches('.').split('.').fold(object, |value, step| &value[step]);
    match found {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        _ => String::new(),
    }
}

/// Splits a selector at the commas outside parentheses.
fn split_terms(selector: &str) -> impl Iterator<Item = String> {
    let mut depth = 0_u32;
    let mut terms = vec![String::new()];
    for character in selector.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (character, depth, terms.last_mut()) {
            (',', 0, _) => terms.push(String::new()),
            (_, _, Some(term)) => term.push(character),
            _ => {}
        }
    }
    terms.into_iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty())
}

fn parse_requirement(term: &str) -> ApiResult<Requirement> {
    if let Some(key) = term.strip_prefix('!') {
        return Ok(Requirement::DoesNotExist(parse_key(key, term)?));
    }
    if let Some((key, values)) = parse_set(term, " notin ") {
        return Ok(Requirement::NotIn(parse_key(key, term)?, values));
    }
    if let Some((key, values)) = parse_set(term, " in ") {
        return Ok(Requirement::In(parse_key(key, term)?, values));
    }
    for (sign, negative) in [("!=", true), ("==", false), ("=", false)] {
        if let Some((key, value)) = term.split_once(sign) {
            let (key, values) = (parse_key(key, term)?, vec![value.trim().to_owned()]);
            return Ok(match negative {
                true => Requirement::NotIn(key, values),
                false => Requirement::In(key, values),
            });
        }
    }
    let number = |text: &str| text.trim().parse().map_err(|_| unparsable(term));
    if let Some((key, than)) = term.split_once('>') {
        return Ok(Requirement::GreaterThan(parse_key(key, term)?, number(than)?));
    }
    if let Some((key, than)) = term.split_once('<') {
        return Ok(Requirement::LessThan(parse_key(key, term)?, number(than)?));
    }
    Ok(Requirement::Exists(parse_key(term, term)?))
}

/// Parses `KEY OPERATOR (VALUE,…)`.
fn parse_set<'a>(term: &'a str, operator: &str) -> Option<(&'a str, Vec<String>)> {
    let (key, values) = term.split_once(operator)?;
    let values = values.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some((key, values.split(',').map(|value| value.trim().to_owned()).collect()))
}

fn parse_key(key: &str, term: &str) -> ApiResult<String> {
    let key = key.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    match !key.is_empty() && key.chars().all(fits) {
        true => Ok(key.to_owned()),
        false => Err(unparsable(term)),
    }
}

fn unparsable(term: &str) -> ApiError {
    ApiError::bad_request(format!("unable to parse requirement: {term:?}"))
}

fn parse_field(term: &str) -> ApiResult<(String, String, bool)> {
    for (sign, equal) in [("!=", false), ("==", true), ("=", true)] {
        if let Some((path, value)) = term.split_once(sign) {
            return Ok((path.trim().to_owned(), value.trim().to_owned(), equal));
        }
    }
    Err(ApiError::bad_request(format!("invalid selector: '{term}'; can't understand '{term}'")))
}
