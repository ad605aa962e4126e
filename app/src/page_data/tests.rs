use serde::de::DeserializeOwned;
use wire::{Parameter, Status};

use super::*;
use crate::{
    samples,
    server_fns::{Answer, UiError, UiErrorKind},
};

/// Postcard does not name fields: a skipped field or a guessed type could not be decoded.
fn survives<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = PostcardCodec::encode(value).unwrap();
    let decoded: T = PostcardCodec::decode(&bytes).unwrap();
    assert_eq!(&decoded, value);
}

#[test]
fn the_servers_answers_survive_encoding() {
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
    let unpooled = samples::entry("desk", "");
    survives(&Ok::<_, UiError>(Answer::Templates(vec![pooled, unpooled])));
    let environments =
        [Status::Pending, Status::Progressing, Status::Healthy, Status::Degraded, Status::Deleting]
            .map(|status| samples::environment("webterm", status));
    survives(&Ok::<_, UiError>(Answer::Environments(samples::list(environments.into(), 5))));
    survives(&Err::<Answer, _>(UiError::new(
        UiErrorKind::NotFound,
        "The template does not exist.",
    )));
}

#[test]
fn other_bytes_are_not_decoded() {
    for bytes in [&[][..], &[0], &[0xff, 0xff, 0xff]] {
        assert!(<PostcardCodec as Decoder<Answer>>::decode(bytes).is_err(), "{bytes:?}");
    }
}
