//! Providers that hang, break off, or say too much: they stand in nobody else's way.

use std::sync::Arc;

use commands::PaymentProvider;
use commands::provider::{Answers, ProviderRequest, ProviderUnreachable};
use futures::future::BoxFuture;

use super::{Sandbox, Street, until};

/// Does as the sandbox does, but hangs where that is silent, breaks off where that is slow, and
/// says too much where that answers twice.
struct Rough;

impl PaymentProvider for Rough {
    fn name(&self) -> &'static str {
        "rough"
    }

    fn ask(
        &self,
        request: ProviderRequest,
        answers: Answers,
    ) -> BoxFuture<'static, Result<(), ProviderUnreachable>> {
        match request.method.as_str() {
            "sandbox_silent" => Box::pin(std::future::pending()),
            "sandbox_slow" => Box::pin(async { panic!("the provider has a fault") }),
            "sandbox_twice" => Box::pin(async move {
                let said = commands::provider::ProviderAnswer {
                    key: request.key,
                    payment: request.payment,
                    effect: request.effect,
                    outcome: Ok(format!("two\nlines {}", "and more ".repeat(1_000))),
                };
                let _ = answers.send(said).await;
                Ok(())
            }),
            _ => Sandbox.ask(request, answers),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_or_breaks_off_at_one_payment_holds_up_no_other() {
    let street = Street::new().await;
    let working = street.work_with(Arc::new(Rough)).await;
    let listing = street.house.listing(street.host, 3).await;
    for method in ["sandbox_silent", "sandbox_slow"] {
        let booking = street.book(listing).await;
        street.pay(booking, method).await;
    }
    let booking = street.book(listing).await;
    street.pay(booking, "sandbox").await;
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_says_is_cut_to_what_can_be_recorded() {
    let street = Street::new().await;
    let working = street.work_with(Arc::new(Rough)).await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = street.pay(booking, "sandbox_twice").await;
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    assert!(street.charge(payment).await.is_captured());
    working.stop().await;
    street.end().await;
}
