//! The revision of an instance. Without one, or with one of another template, nothing is placed.

use jiff::Timestamp;
use resources::{DployInstance, Reason, TemplateRevision};

use super::{Observed, Verdict, running};
use crate::Ready;

/// The revision that the instance names, or the verdict about an instance that names none of its
/// template.
pub(super) fn of<'a>(
    instance: &DployInstance,
    observed: &'a Observed,
    now: Timestamp,
) -> Result<&'a TemplateRevision, Box<Verdict>> {
    let (name, template) = (instance.spec.revision.as_deref(), &instance.spec.template_ref);
    let why = match observed.revision.as_deref() {
        Some(revision) if revision.template == *template => return Ok(revision),
        Some(_) => "does not belong to its template",
        None => "does not exist",
    };
    let message = format!("Its revision {:?} {why}.", name.unwrap_or_default());
    let ready = Ready::no(Reason::RevisionNotFound, message);
    Err(Box::new(Verdict::show(running::failed(instance, None, ready, now), None)))
}
