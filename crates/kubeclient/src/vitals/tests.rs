use tokio::time::advance;

use super::*;

#[tokio::test(start_paused = true)]
async fn an_open_watch_is_out_of_date_once_it_is_quiet_for_too_long() {
    let vitals = Vitals::default();
    assert_eq!(vitals.out_of_date_for(), Duration::ZERO);
    let _open = vitals.open();
    advance(QUIET_LIMIT).await;
    assert_eq!(vitals.out_of_date_for(), Duration::ZERO);
    advance(Duration::from_secs(1)).await;
    assert_eq!(vitals.out_of_date_for(), QUIET_LIMIT + Duration::from_secs(1));
    vitals.record();
    assert_eq!(vitals.out_of_date_for(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_closed_watch_is_out_of_date_since_it_closed() {
    let vitals = Vitals::default();
    let first = vitals.open();
    advance(Duration::from_secs(50)).await;
    drop(first);
    advance(Duration::from_secs(3)).await;
    assert_eq!(vitals.out_of_date_for(), Duration::from_secs(3));
    let _second = vitals.open();
    assert_eq!(vitals.out_of_date_for(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_older_watch_does_not_close_a_newer_one() {
    let vitals = Vitals::default();
    let (older, _newer) = (vitals.open(), vitals.open());
    drop(older);
    advance(Duration::from_secs(10)).await;
    assert_eq!(vitals.out_of_date_for(), Duration::ZERO);
}
