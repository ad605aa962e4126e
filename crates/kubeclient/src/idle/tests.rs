use futures::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};

use super::*;

fn body(
    frames: impl futures::Stream<Item = &'static str> + Send + 'static,
) -> impl Body<Data = Bytes, Error = BoxError> + Send {
    StreamBody::new(
        frames.map(|it| Ok::<_, BoxError>(Frame::data(Bytes::from_static(it.as_bytes())))),
    )
}

#[tokio::test]
async fn a_silent_watch_ends_without_an_error() {
    let silent = stream::iter(["one", "two"]).chain(stream::pending());
    let idle = IdleTimeout::new(body(silent), Duration::from_millis(20));
    let received = idle.collect().await.expect("an end").to_bytes();
    assert_eq!(received, "onetwo");
}

#[tokio::test]
async fn each_message_starts_the_time_anew() {
    let limit = Duration::from_millis(400);
    let slow = stream::iter(["a", "b", "c", "d"]).then(move |it| async move {
        sleep(limit / 2).await;
        it
    });
    let received = IdleTimeout::new(body(slow), limit).collect().await.expect("an end").to_bytes();
    assert_eq!(received, "abcd", "it took longer than the limit, but was never silent for so long");
}
