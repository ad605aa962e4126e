use rstest::rstest;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    time::{advance, timeout},
};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A connection and its client.
fn connection() -> (Metered<DuplexStream>, DuplexStream) {
    let (stream, client) = duplex(16);
    (Metered { stream, meter: Meter::new() }, client)
}

/// How long the meter lets the connection go on.
async fn lasts(meter: &Meter) -> Option<Duration> {
    let began = Instant::now();
    timeout(Duration::from_mins(10), meter.is_over()).await.ok()?;
    Some(began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_has_as_long_as_a_header() {
    let (connection, _client) = connection();
    assert_eq!(lasts(&connection.meter).await, Some(HEADER_TIMEOUT));
}

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test(start_paused = true)]
async fn a_used_connection_may_wait_for_its_next_request(#[case] is_http2: bool) {
    let (connection, _client) = connection();
    drop(connection.meter.answering(is_http2));
    assert_eq!(lasts(&connection.meter).await, Some(IDLE_TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn a_header_that_arrives_byte_by_byte_is_not_awaited_longer() {
    let (mut connection, mut client) = connection();
    drop(connection.meter.answering(false));
    for _ in 0..3 {
        client.write_all(b"G").await.unwrap();
        connection.read_u8().await.unwrap();
        advance(2 * SECOND).await;
    }
    assert_eq!(lasts(&connection.meter).await, Some(HEADER_TIMEOUT - 6 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_http2_is_no_header() {
    let (mut connection, mut client) = connection();
    drop(connection.meter.answering(true));
    advance(60 * SECOND).await;
    client.write_all(b"ping").await.unwrap();
    connection.read_u32().await.unwrap();
    assert_eq!(lasts(&connection.meter).await, Some(IDLE_TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_being_answered_has_no_limit() {
    let (connection, _client) = connection();
    let _answering = connection.meter.answering(false);
    assert_eq!(lasts(&connection.meter).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_take_its_answer_has_a_limit() {
    let (mut connection, mut client) = connection();
    let meter = connection.meter.clone();
    let _answering = meter.answering(false);
    let writing = tokio::spawn(async move { connection.write_all(&[0; 64]).await });
    advance(SECOND).await;
    client.read_exact(&mut [0; 16]).await.unwrap();
    assert_eq!(lasts(&meter).await, Some(STALLED_TIMEOUT));
    writing.abort();
}
