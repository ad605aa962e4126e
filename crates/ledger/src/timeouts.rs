//! Every timeout of the protocol, the shortest first (docs/ledger.md, "Timeouts").
//!
//! Safety needs only one of them: [`VOID_LIFETIME`] has to outlast every late writer. The others
//! bound how long a request or a seat waits after a crash. Their order keeps a healthy request from
//! being treated as a crashed one:
//!
//! - [`RESERVATION_TIMEOUT`] < [`SEAT_WRITER_TIMEOUT`]: a claim that tries its next member still
//!   holds its seat. Its wait for a reservation ends before another replica fences that seat.
//! - [`SEAT_WRITER_TIMEOUT`] < [`TURN_TIMEOUT`]: a launch that has its turn fences the seat of a
//!   crashed writer. The requests behind it still wait for their turn when it is done.
//! - [`TURN_TIMEOUT`] < [`API_CALL_TIMEOUT`]: a call that hangs does not delay the owner's other
//!   requests until it fails.
//! - [`API_CALL_TIMEOUT`] < [`SEAT_SWEEP_DELAY`]: a writer whose call hangs has failed before the
//!   operator sweeps its seat.
//! - [`SEAT_SWEEP_DELAY`] < [`OWN_SEAT_MAX_AGE`]: a writer that is only slow is fenced, and not
//!   stopped by its own clock.
//! - [`OWN_SEAT_MAX_AGE`] < [`VOID_LIFETIME`]: a process that was suspended gives up its create
//!   while a void instance still takes the name, even if its clock is minutes behind the API
//!   server's.
//!
//! [`ORPHAN_GRACE`] has no place in this order, because no instance is written before its seat.

use std::time::Duration;

/// How long a claim waits for a member that another request of the same replica has reserved.
pub const RESERVATION_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a launch waits for the writer of a seat before it fences the seat. A launch waits anew
/// for every seat that it meets.
pub const SEAT_WRITER_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a request waits for its turn at an owner's ledger within one replica. After that it
/// goes on without a turn.
pub const TURN_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one call to the API server may take, with its retries. `kubeclient` enforces it.
pub const API_CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the operator lets a seat wait for its instance. The time starts when the operator first
/// sees the seat wait.
pub const SEAT_SWEEP_DELAY: Duration = Duration::from_secs(30);

/// How old a request's own seat may be, by wall clock, when the request creates the instance. After
/// that it decides again.
pub const OWN_SEAT_MAX_AGE: Duration = Duration::from_mins(1);

/// How long an instance that Dploy created may be without a seat. Safety does not need it: it saves
/// live reads of the record right after a launch.
pub const ORPHAN_GRACE: Duration = Duration::from_secs(30);

/// How long a void instance exists. It has to outlast the time between a request's write of a seat
/// and its create of the instance.
pub const VOID_LIFETIME: Duration = Duration::from_mins(10);

#[cfg(test)]
mod tests;
