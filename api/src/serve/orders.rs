//! When the server is told to stop, and until when it may take.

use std::io::{self, IsTerminal};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::Instant;

/// How long the whole end may take.
const END_MAX: Duration = Duration::from_secs(30);
/// How long the requests under way may take of it.
const DRAIN_MAX: Duration = Duration::from_secs(18);
/// A second Ctrl-C counts so long after the first signal. Whoever signals a group of processes (a
/// terminal, `make`, a supervisor) often delivers two signals at once to one process.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What the server was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    GoOn,
    /// To finish what is under way, and stop.
    Drain(Instant),
    /// To stop without waiting for requests any longer.
    Cut(Instant),
}

/// What the server is told by signals.
#[derive(Clone)]
pub struct Orders {
    order: watch::Receiver<Order>,
    stop: watch::Receiver<bool>,
}

impl Orders {
    /// Listens to SIGTERM and SIGINT from now on. Either begins the end. Only a second Ctrl-C at a
    /// terminal, a second or more after that, cuts the requests under way.
    pub fn listen() -> io::Result<Self> {
        let (tell, order) = watch::channel(Order::GoOn);
        let (begin, stop) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let at_terminal = io::stdin().is_terminal();
        tokio::spawn(async move {
            loop {
                let is_interrupt = tokio::select! {
                    _ = terminate.recv() => false,
                    _ = interrupt.recv() => true,
                };
                let order = *tell.borrow();
                tell.send_replace(order.after(is_interrupt && at_terminal));
                begin.send_replace(true);
            }
        });
        Ok(Self { order, stop })
    }

    /// Becomes true when the server is to stop.
    pub fn stop(&self) -> watch::Receiver<bool> {
        self.stop.clone()
    }

    /// Waits until the server is to stop.
    pub async fn told(&self) {
        self.wait(|order| *order != Order::GoOn).await;
    }

    /// Waits until requests have had the time that they may take, once the server is to stop.
    /// Answers whether somebody cut that time short.
    pub async fn drained(&self) -> bool {
        self.told().await;
        let until = self.began() + DRAIN_MAX;
        let cut = self.wait(|order| matches!(order, Order::Cut(_)));
        tokio::time::timeout_at(until, cut).await.is_ok()
    }

    /// When the end has to be over.
    pub fn deadline(&self) -> Instant {
        self.began() + END_MAX
    }

    fn began(&self) -> Instant {
        match *self.order.borrow() {
            Order::Drain(at) | Order::Cut(at) => at,
            // It ends by itself.
            Order::GoOn => Instant::now(),
        }
    }

    async fn wait(&self, until: impl FnMut(&Order) -> bool) {
        let mut order = self.order.clone();
        // The one who tells lives as long as the process.
        if order.wait_for(until).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Order {
    fn after(self, is_ctrl_c: bool) -> Self {
        match self {
            Self::GoOn => Self::Drain(Instant::now()),
            Self::Drain(at) if is_ctrl_c && at.elapsed() >= AGAIN_AFTER => Self::Cut(at),
            same => same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_second_ctrl_c_after_a_while_cuts_the_requests_under_way() {
        let just_now = Order::GoOn.after(true);
        assert!(matches!(just_now, Order::Drain(_)));
        assert_eq!(just_now.after(true), just_now, "two signals at once");
        assert_eq!(just_now.after(false), just_now);

        let a_while_ago = Instant::now().checked_sub(AGAIN_AFTER);
        let a_while_ago = a_while_ago.expect("the machine runs for longer");
        let begun = Order::Drain(a_while_ago);
        assert_eq!(begun.after(false), begun, "a second SIGTERM");
        assert_eq!(begun.after(true), Order::Cut(a_while_ago));
    }
}
