use std::collections::BTreeSet;

use super::openapi;

/// `GET /api/me` for each operation of the document, without the copies below `/api/run`.
fn documented() -> BTreeSet<String> {
    let paths = serde_json::to_value(openapi().paths).expect("paths are JSON");
    let paths = paths.as_object().expect("paths").clone();
    let original = paths.into_iter().filter(|(path, _)| !path.starts_with("/api/run/"));
    original
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").clone();
            methods.into_iter().map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

/// The same of each comment behind `routes!(…)`.
fn commented() -> BTreeSet<String> {
    let table = include_str!("../routes.rs").lines();
    let comments = table.filter_map(|line| line.trim().strip_prefix(".routes(")?.split_once("// "));
    comments
        .flat_map(|(_, comment)| {
            let (methods, path) = comment.rsplit_once(' ').expect("methods and a path");
            methods.split(", ").map(move |method| format!("{method} {path}"))
        })
        .collect()
}

#[test]
fn the_comments_of_the_table_are_the_paths_of_the_document() {
    assert_eq!(commented(), documented());
}
