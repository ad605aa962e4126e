use super::*;

#[test]
fn the_timeouts_have_the_order_of_the_table() {
    let order = [
        RESERVATION_TIMEOUT,
        SEAT_WRITER_TIMEOUT,
        TURN_TIMEOUT,
        API_CALL_TIMEOUT,
        SEAT_SWEEP_DELAY,
        OWN_SEAT_MAX_AGE,
        VOID_LIFETIME,
    ];
    assert!(order.is_sorted_by(|one, next| one < next), "{order:?}");
}

#[test]
fn a_void_instance_outlasts_a_late_writer_many_times_over() {
    assert!(VOID_LIFETIME >= 10 * API_CALL_TIMEOUT);
    assert!(VOID_LIFETIME >= 5 * (OWN_SEAT_MAX_AGE + API_CALL_TIMEOUT));
}
