//! Whether a Go template reads what the catalog shows of a template: its name, description, icon
//! and category.

use resources::TemplateRevision;

use crate::go_templates::go_templates;

/// The fields of `.Template.Spec` that the catalog shows.
const CATALOG_FIELDS: [&str; 4] = ["DisplayName", "Description", "Icon", "Category"];

/// Whether one of the Go templates may read a text of the catalog. The answer is no only if that is
/// certain, by the words alone: a *yes* costs a pool its members, a wrong *no* leaves an old text
/// in a workload.
pub(crate) fn reads_catalog_texts(revision: &TemplateRevision) -> bool {
    go_templates(revision).any(|text| names_a_field(text) || passes_whole_data(text))
}

fn names_a_field(text: &str) -> bool {
    CATALOG_FIELDS.iter().any(|field| text.contains(field))
}

/// Whether a text passes all data, the template or its spec to a function, such as `toJson .`.
fn passes_whole_data(text: &str) -> bool {
    let starts = |before: Option<char>| {
        before.is_none_or(|it| it.is_whitespace() || ['(', '{', '=', '-'].contains(&it))
    };
    let ends = |after: &str| !after.starts_with(|it: char| it == '.' || it.is_alphanumeric());
    [".Template.Spec", ".Template", ".", "$"].iter().any(|whole| {
        text.match_indices(whole).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + whole.len()..]);
            let is_part = whole.len() > 1 || starts(before.chars().next_back());
            is_part && ends(after)
        })
    })
}

#[cfg(test)]
mod tests;
