//! Chores: what is done at the start of the server and now and then after that.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Does a chore now and then until it is told to stop, also in the middle of it.
pub async fn now_and_then<F: Future<Output = ()>>(
    every: Duration,
    mut stop: watch::Receiver<bool>,
    chore: impl Fn() -> F,
) {
    loop {
        tokio::select! {
            () = chore() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if timeout(every, stop.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}
