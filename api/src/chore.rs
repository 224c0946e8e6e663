//! Chores: what is done at the start of the server and now and then after that.

use std::time::Duration;

use eventstore::Stop;

/// Does a chore now and then until it is told to stop, also in the middle of it.
pub async fn now_and_then<F: Future<Output = ()>>(
    every: Duration,
    mut stop: Stop,
    chore: impl Fn() -> F,
) {
    loop {
        tokio::select! {
            () = chore() => {}
            () = stop.requested() => return,
        }
        if stop.requested_within(every).await {
            return;
        }
    }
}
