//! The payment provider behind a trait, and the sandbox that stands in for one.
//!
//! A provider is asked with an idempotency key: asked twice with one key, it moves money once. Its
//! answers come back through a channel, as a provider's webhooks do: none, one or several for a
//! question, at any time and in any order.

use std::sync::Arc;
use std::time::Duration;

use domain::Money;
use domain::id::{PaymentId, RefundId};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

/// What a provider is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRequest {
    /// Asked twice with one key, money moves once.
    pub key: String,
    /// The payment that it is about.
    pub payment: PaymentId,
    /// What to do with it.
    pub effect: Effect,
    /// How much.
    pub amount: Money,
    /// What the payer pays with, as the provider names it.
    pub method: String,
}

/// What can be done with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Take the money.
    Charge,
    /// Give money back.
    Refund(RefundId),
}

/// What a provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// The key it was asked with.
    pub key: String,
    /// The payment that it is about.
    pub payment: PaymentId,
    /// What was asked.
    pub effect: Effect,
    /// The provider's own name for it, or why it did not do it.
    pub outcome: Result<String, String>,
}

/// Where a provider's answers go.
pub type Answers = mpsc::Sender<ProviderAnswer>;

/// The question did not reach the provider, or nobody knows whether it did. It is asked again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payment provider cannot be reached: {0}")]
pub struct ProviderUnreachable(pub String);

/// Moves money.
pub trait PaymentProvider: Send + Sync + 'static {
    /// Its name, which is recorded with every payment.
    fn name(&self) -> &'static str;

    /// Hands `request` over; what becomes of it is said to `answers`.
    fn ask(
        &self,
        request: ProviderRequest,
        answers: Answers,
    ) -> BoxFuture<'static, Result<(), ProviderUnreachable>>;
}

/// A provider that moves no money and does as the payment method says.
///
/// | method | what it does |
/// | --- | --- |
/// | `sandbox` | succeeds at once |
/// | `sandbox_declined` | refuses the charge |
/// | `sandbox_slow` | succeeds after two seconds |
/// | `sandbox_twice` | succeeds and says so twice |
/// | `sandbox_unreachable` | cannot be reached, ever |
/// | `sandbox_refund_declined` | takes the money, refuses to give it back |
/// | `sandbox_silent` | takes the question and never answers |
#[derive(Clone, Copy, Debug, Default)]
pub struct Sandbox;

/// The methods that the sandbox knows.
pub const SANDBOX_METHODS: [&str; 7] = [
    "sandbox",
    "sandbox_declined",
    "sandbox_slow",
    "sandbox_twice",
    "sandbox_unreachable",
    "sandbox_refund_declined",
    "sandbox_silent",
];

/// How long the slow method takes.
const SLOW: Duration = Duration::from_secs(2);

impl PaymentProvider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn ask(
        &self,
        request: ProviderRequest,
        answers: Answers,
    ) -> BoxFuture<'static, Result<(), ProviderUnreachable>> {
        Box::pin(async move {
            if request.method == "sandbox_unreachable" {
                return Err(ProviderUnreachable(
                    "the sandbox was told to be away".to_owned(),
                ));
            }
            tokio::spawn(answer(request, answers));
            Ok(())
        })
    }
}

async fn answer(request: ProviderRequest, answers: Answers) {
    let times = match request.method.as_str() {
        "sandbox_silent" => 0,
        "sandbox_twice" => 2,
        _ => 1,
    };
    if request.method == "sandbox_slow" {
        tokio::time::sleep(SLOW).await;
    }
    let said = ProviderAnswer {
        key: request.key.clone(),
        payment: request.payment,
        effect: request.effect,
        outcome: outcome(&request),
    };
    for _ in 0..times {
        // Nobody listens any more when the platform stops; it asks again when it is back.
        let _ = answers.send(said.clone()).await;
    }
}

/// The same key has the same reference, after a restart too: the sandbox needs no memory.
fn outcome(request: &ProviderRequest) -> Result<String, String> {
    match (request.method.as_str(), request.effect) {
        ("sandbox_declined", Effect::Charge) => Err("the card was declined".to_owned()),
        ("sandbox_refund_declined", Effect::Refund(_)) => {
            Err("the account to refund to was closed".to_owned())
        }
        _ => {
            let digest = Sha256::digest(request.key.as_bytes());
            Ok(digest
                .iter()
                .take(12)
                .fold("sandbox_".to_owned(), |reference, byte| {
                    format!("{reference}{byte:02x}")
                }))
        }
    }
}

/// A provider shared by all who ask.
pub type SharedProvider = Arc<dyn PaymentProvider>;

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Currency;
    use uuid::Uuid;

    async fn ask(method: &str, effect: Effect) -> Vec<Result<String, String>> {
        let (sender, mut answers) = mpsc::channel(8);
        let request = ProviderRequest {
            key: "k".to_owned(),
            payment: PaymentId(Uuid::nil()),
            effect,
            amount: Money::new(100, Currency::EUR),
            method: method.to_owned(),
        };
        if let Err(ProviderUnreachable(why)) = Sandbox.ask(request, sender).await {
            return vec![Err(why)];
        }
        let mut said = Vec::new();
        while let Some(answer) = answers.recv().await {
            said.push(answer.outcome);
        }
        said
    }

    #[tokio::test]
    async fn the_sandbox_does_as_the_method_says() {
        let refund = Effect::Refund(RefundId(Uuid::nil()));
        assert!(matches!(ask("sandbox", Effect::Charge).await[..], [Ok(_)]));
        assert!(matches!(
            ask("sandbox_declined", Effect::Charge).await[..],
            [Err(_)]
        ));
        assert!(matches!(
            ask("sandbox_unreachable", Effect::Charge).await[..],
            [Err(_)]
        ));
        assert!(ask("sandbox_silent", Effect::Charge).await.is_empty());
        assert!(matches!(
            ask("sandbox_refund_declined", Effect::Charge).await[..],
            [Ok(_)]
        ));
        assert!(matches!(
            ask("sandbox_refund_declined", refund).await[..],
            [Err(_)]
        ));
        let twice = ask("sandbox_twice", Effect::Charge).await;
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[0], twice[1], "one key has one reference");
    }
}
