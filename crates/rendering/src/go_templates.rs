//! The Go templates of a revision.

use resources::TemplateRevision;

/// All texts of the revision that are rendered.
pub(crate) fn go_templates(revision: &TemplateRevision) -> impl Iterator<Item = &str> {
    let process = revision.process.iter();
    let process = process.flat_map(|it| it.args.iter().chain(it.env.iter().map(|it| &it.value)));
    let texts = [
        &revision.values_template,
        &revision.connection_url_template,
        &revision.connection_message_template,
    ];
    texts.into_iter().chain(&revision.manifests).chain(process).map(String::as_str)
}
