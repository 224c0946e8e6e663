//! Waiting longer and longer for what does not work at the moment.

use std::time::Duration;

/// Longer and longer pauses, 5 s at most.
#[derive(Default)]
pub(super) struct Backoff(u32);

impl Backoff {
    pub(super) async fn sleep(&mut self) {
        let pause = Duration::from_millis(50 << self.0.min(7)).min(Duration::from_secs(5));
        self.0 += 1;
        tokio::time::sleep(pause).await;
    }

    pub(super) fn reset(&mut self) {
        self.0 = 0;
    }
}
