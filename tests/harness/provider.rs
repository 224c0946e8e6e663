//! The sandbox, counted and held back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use commands::provider::{Answers, ProviderRequest, ProviderUnreachable};
use commands::{PaymentProvider, Sandbox};
use futures::future::BoxFuture;
use tokio::sync::watch;

/// The sandbox; how often it was asked for anything is counted, for what is asked moves money.
#[derive(Clone, Debug)]
pub struct Counting {
    asked: Arc<AtomicUsize>,
    works: watch::Sender<bool>,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            asked: Arc::default(),
            works: watch::Sender::new(true),
        }
    }
}

impl Counting {
    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Takes questions, and leaves them until it goes on.
    pub fn wait(&self) {
        self.works.send_replace(false);
    }

    /// Deals with what was left, and with what comes.
    pub fn go_on(&self) {
        self.works.send_replace(true);
    }
}

impl PaymentProvider for Counting {
    fn name(&self) -> &'static str {
        Sandbox.name()
    }

    fn ask(
        &self,
        request: ProviderRequest,
        answers: Answers,
    ) -> BoxFuture<'static, Result<(), ProviderUnreachable>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if *self.works.borrow() {
            return Sandbox.ask(request, answers);
        }
        let mut works = self.works.subscribe();
        tokio::spawn(async move {
            if works.wait_for(|works| *works).await.is_ok() {
                // Unreachable is what the house was told already: it heard nothing.
                let _told_nobody = Sandbox.ask(request, answers).await;
            }
        });
        Box::pin(std::future::ready(Ok(())))
    }
}
