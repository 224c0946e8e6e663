//! The sandbox, counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use commands::provider::{Answers, ProviderRequest, ProviderUnreachable};
use commands::{PaymentProvider, Sandbox};
use futures::future::BoxFuture;

/// The sandbox, and how often it was asked for anything: what is asked moves money.
#[derive(Clone, Debug, Default)]
pub struct Counting(Arc<AtomicUsize>);

impl Counting {
    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.0.load(Ordering::SeqCst)
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
        self.0.fetch_add(1, Ordering::SeqCst);
        Sandbox.ask(request, answers)
    }
}
