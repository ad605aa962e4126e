use wire::{Parameter, Status};

use super::*;
use crate::{
    plain::samples,
    server_fns::{Answer, UiError, UiErrorKind},
};

/// Postcard does not name fields: a type that leaves one out, or guesses what it reads, cannot be read back.
fn survives<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = to_text(value).unwrap();
    assert_eq!(from_text::<T>(&text).as_ref(), Some(value));
}

#[test]
fn what_the_server_answers_survives_the_way_to_the_browser() {
    let mut pooled = samples::entry("webterm", "Learning,Linux");
    pooled.ready = Some(2);
    pooled.parameters = vec![Parameter {
        name: "size".to_owned(),
        description: "How large it is.".to_owned(),
        required: true,
        default: String::new(),
        choices: vec!["small".to_owned()],
        pattern: String::new(),
    }];
    let plain = samples::entry("desk", "");
    survives(&Ok::<_, UiError>(Answer::Templates(vec![pooled, plain])));
    let environments =
        [Status::Pending, Status::Progressing, Status::Healthy, Status::Degraded, Status::Deleting]
            .map(|status| samples::environment("webterm", status));
    survives(&Ok::<_, UiError>(Answer::Environments(samples::list(environments.into(), 5))));
    survives(&Err::<Answer, _>(UiError::new(UiErrorKind::NotFound, "There is no such template.")));
}

#[test]
fn what_was_not_written_here_is_not_read() {
    for text in ["", "!", "AA", "////"] {
        assert_eq!(from_text::<Answer>(text), None, "{text}");
    }
}
