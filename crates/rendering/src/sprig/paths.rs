//! Functions on slash-separated paths.

use gtmpl_ng::Value;

use super::{
    args::{exactly, text},
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("base", |args| each("base", args, base)),
    ("clean", |args| each("clean", args, clean)),
    ("dir", |args| each("dir", args, dir)),
    ("ext", |args| each("ext", args, ext)),
    ("isAbs", is_absolute),
    ("osBase", |args| each("osBase", args, base)),
    ("osClean", |args| each("osClean", args, clean)),
    ("osDir", |args| each("osDir", args, dir)),
    ("osExt", |args| each("osExt", args, ext)),
    ("osIsAbs", is_absolute),
];

fn each(name: &str, args: &[Value], part: impl Fn(&str) -> String) -> FuncResult {
    let [path] = exactly(name, args)?;
    Ok(part(&text(path)?).into())
}

fn is_absolute(args: &[Value]) -> FuncResult {
    let [path] = exactly("isAbs", args)?;
    Ok(text(path)?.starts_with('/').into())
}

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/').rsplit('/').next() {
        None | Some("") => "/".to_owned(),
        Some(last) => last.to_owned(),
    }
}

fn ext(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    last.rfind('.').map_or_else(String::new, |dot| last[dot..].to_owned())
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// The path without empty parts, without `.`, and without each `..` that has a parent to remove.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}
