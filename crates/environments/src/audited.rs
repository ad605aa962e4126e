//! The audit log's line of a change (docs/audit.md): who asked for what, and how it ended.

use audit::{Action, Change, Environment, Outcome, Place, Who, request};
use resources::DployInstance;

use crate::{Caller, Refusal, RefusalKind};

/// A change that somebody asks for, with a place in the log. Its line is written when it ends, also
/// when it ends by a panic.
#[derive(Debug)]
pub(crate) struct Asked {
    caller: Who,
    action: Action,
    template: String,
    request: Option<String>,
    place: Option<Place>,
}

impl Asked {
    /// A change of the caller's environment of `template`. `place` is taken before the change.
    pub(crate) fn new(place: Place, caller: &Caller, action: Action, template: &str) -> Self {
        let Caller { subject, issuer, username, .. } = caller;
        let (subject, issuer) = (subject.clone(), issuer.clone());
        let who = Who { subject, issuer, name: username.clone(), owner: None };
        let template = template.to_owned();
        Self { caller: who, action, template, request: request::id(), place: Some(place) }
    }

    /// Runs the change and writes its line.
    pub(crate) async fn run<T>(
        mut self,
        change: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        request::collect(async move {
            let result = change.await;
            self.write(outcome(result.as_ref().err()));
            result
        })
        .await
    }

    fn write(&mut self, outcome: Outcome) {
        let Some(place) = self.place.take() else { return };
        let request::Facts { owner, instance, uuid } = request::facts();
        place.write(Change {
            who: Who { owner, ..std::mem::take(&mut self.caller) },
            action: self.action,
            environment: Environment {
                template: std::mem::take(&mut self.template),
                instance,
                uuid,
            },
            outcome,
            request: self.request.take(),
        });
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.write(Outcome::Abandoned);
    }
}

fn outcome(refusal: Option<&Refusal>) -> Outcome {
    let Some(refusal) = refusal else { return Outcome::Done };
    let status = match refusal.kind() {
        RefusalKind::BadRequest => 400,
        RefusalKind::Unauthorized => 401,
        RefusalKind::Forbidden => 403,
        RefusalKind::NotFound => 404,
        RefusalKind::Conflict => 409,
        RefusalKind::TooMany => 429,
        RefusalKind::Unavailable => 503,
        RefusalKind::Internal => 500,
    };
    Outcome::Refused { status, error: refusal.to_string() }
}

/// Notes whose environment it is.
pub(crate) fn note_owner(owner: &str) {
    request::note(|facts| facts.owner = Some(owner.to_owned()));
}

/// Notes which instance it is.
pub(crate) fn note_instance(instance: &DployInstance) {
    request::note(|facts| {
        facts.instance.clone_from(&instance.metadata.name);
        facts.uuid.clone_from(&instance.spec.uuid);
    });
}
