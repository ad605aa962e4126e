//! Parses rendered YAML into JSON.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value as Yaml;

use crate::error::Fault;

/// Parses one document; `null` for an empty text.
pub(crate) fn document(text: &str) -> Result<Json, Fault> {
    let mut all = documents(text)?;
    match all.len() {
        0 => Ok(Json::Null),
        1 => Ok(all.remove(0)),
        _ => {
            Err(Fault::new("the rendered text has several YAML documents; remove the `---` lines"))
        }
    }
}

/// The same as a list: empty for an empty text.
pub(crate) fn document_or_none(text: &str) -> Result<Vec<Json>, Fault> {
    Ok(Some(document(text)?).filter(|it| !it.is_null()).into_iter().collect())
}

/// Parses all documents, which `---` separates; leaves out empty ones.
pub(crate) fn documents(text: &str) -> Result<Vec<Json>, Fault> {
    let mut all = vec![];
    for document in serde_yaml_ng::Deserializer::from_str(text) {
        let mut yaml = Yaml::deserialize(document).map_err(invalid)?;
        yaml.apply_merge().map_err(invalid)?;
        match json(yaml)? {
            Json::Null => {}
            document => all.push(document),
        }
    }
    Ok(all)
}

/// The parser's error. Its line counts in the rendered text, not in the template.
fn invalid(error: serde_yaml_ng::Error) -> Fault {
    Fault::new(format!(
        "the rendered text is not valid YAML: {error} of that text; \
         quote values (`| quote`) and indent values of several lines (`| nindent 2`)"
    ))
}

fn json(yaml: Yaml) -> Result<Json, Fault> {
    Ok(match yaml {
        Yaml::Null => Json::Null,
        Yaml::Bool(flag) => Json::Bool(flag),
        Yaml::String(text) => Json::String(text),
        Yaml::Number(number) => number_to_json(&number)?,
        Yaml::Sequence(items) => {
            Json::Array(items.into_iter().map(json).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                object.insert(key_text(key)?, json(value)?);
            }
            Json::Object(object)
        }
        Yaml::Tagged(tagged) => {
            return Err(Fault::new(format!(
                "the YAML tag {} is not supported; remove it",
                tagged.tag
            )));
        }
    })
}

fn number_to_json(number: &serde_yaml_ng::Number) -> Result<Json, Fault> {
    let whole = number.as_i64().map(Json::from).or_else(|| number.as_u64().map(Json::from));
    whole
        .or_else(|| number.as_f64().and_then(serde_json::Number::from_f64).map(Json::Number))
        .ok_or_else(|| Fault::new("the rendered text has a number that is not finite; quote it"))
}

fn key_text(key: Yaml) -> Result<String, Fault> {
    match key {
        Yaml::String(text) => Ok(text),
        Yaml::Bool(flag) => Ok(flag.to_string()),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Null | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => Err(Fault::new(
            "the rendered text has a key that is not a text; quote values that contain { or [",
        )),
    }
}
