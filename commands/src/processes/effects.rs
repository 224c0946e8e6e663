//! Asks the payment provider, and records what it says.
//!
//! An intention is in the journal before the provider is asked, and it is asked with the key of the
//! intention, as often as it takes: so a crash between any two steps moves money once.

use domain::Money;
use domain::id::{PaymentId, RefundId};
use domain::payment::{
    FailPayment, FailRefund, Payment, PaymentCommand, RecordRefund, RequestRefund, SucceedPayment,
};
use domain::process::{
    AnswerEffect, EffectOutcome, IntendEffect, Process, ProcessCommand, RefuseStep,
};

use super::operate::GIVEN_UP;
use super::{CHARGE, Cause, REFUND, Story, correlated, made_id};
use crate::Commands;
use crate::booking::rules::charge;
use crate::decision::Decision;
use crate::error::CommandError;
use crate::provider::{Effect, ProviderAnswer, ProviderRequest};
use crate::wanted::want;

/// The method that a refund is asked with where that of the charge is not known.
const UNKNOWN_METHOD: &str = "unknown";

/// Intends to give money back that was set aside.
pub(super) async fn intend_refund(
    commands: &Commands,
    cause: Cause,
    payment: PaymentId,
    refund: RefundId,
) -> Result<(), CommandError> {
    let story = Story::new(REFUND, refund.0);
    let method = method_of(commands, payment).await?;
    let streams = vec![want::<Process>(&story.id)?, want::<Payment>(payment)?];
    let decide = |d: &mut Decision<'_>| {
        if d.state::<Process>(&story.id)?.run().is_some() {
            return Ok(());
        }
        charge(d, payment)?;
        story.start(d)?;
        story.write(
            d,
            ProcessCommand::IntendEffect(IntendEffect {
                effect: "refund".to_owned(),
                key: format!("refund:{refund}"),
                detail: Some(format!("{payment} {method}")),
            }),
        )
    };
    run(commands, cause, REFUND, &story, streams, &decide).await
}

/// What a provider has to be asked for an effect that was intended.
pub(super) async fn request(
    commands: &Commands,
    process: &str,
    key: &str,
) -> Result<Option<ProviderRequest>, CommandError> {
    let (state, _) = commands.dispatch.peek::<Process>(process).await?;
    let Some(run) = state.running() else {
        return Ok(None);
    };
    let Some(intended) = run
        .effects
        .get(key)
        .filter(|effect| effect.answer.is_none())
    else {
        return Ok(None);
    };
    let detail = intended.detail.clone().unwrap_or_default();
    let (payment, method, effect) = match run.kind.as_str() {
        CHARGE => (PaymentId(run.subject), detail, Effect::Charge),
        REFUND => {
            let (payment, method) = detail.split_once(' ').unwrap_or((&detail, UNKNOWN_METHOD));
            let Ok(payment) = payment.parse::<PaymentId>() else {
                return Ok(None);
            };
            (
                payment,
                method.to_owned(),
                Effect::Refund(RefundId(run.subject)),
            )
        }
        _ => return Ok(None),
    };
    let (state, _) = commands.dispatch.peek::<Payment>(payment).await?;
    let Some(made) = state.charge() else {
        return Ok(None);
    };
    let amount = match effect {
        Effect::Charge => made.amount,
        Effect::Refund(refund) => match made.refunds.get(&refund) {
            Some(refund) => refund.amount,
            None => return Ok(None),
        },
    };
    Ok(Some(ProviderRequest {
        key: key.to_owned(),
        payment,
        effect,
        amount,
        method,
    }))
}

/// Records what the provider said. Saying it twice is saying it once.
pub(super) async fn record(
    commands: &Commands,
    cause: Cause,
    answer: &ProviderAnswer,
) -> Result<(), CommandError> {
    let (kind, subject) = match answer.effect {
        Effect::Charge => (CHARGE, answer.payment.0),
        Effect::Refund(refund) => (REFUND, refund.0),
    };
    let story = Story::new(kind, subject);
    let streams = vec![
        want::<Process>(&story.id)?,
        want::<Payment>(answer.payment)?,
    ];
    let decide = |d: &mut Decision<'_>| {
        match known_of(d.state::<Process>(&story.id)?, &answer.key) {
            Known::Nothing => return Ok(()),
            // Nobody waits for the answer any more, but the money moved or did not.
            Known::GivenUp => return record_on_payment(d, answer),
            Known::Awaited => {}
        }
        let (outcome, detail) = match &answer.outcome {
            Ok(reference) => (EffectOutcome::Succeeded, reference.clone()),
            Err(reason) => (EffectOutcome::Failed, reason.clone()),
        };
        record_on_payment(d, answer)?;
        story.write(
            d,
            ProcessCommand::AnswerEffect(AnswerEffect {
                effect: word(answer.effect).to_owned(),
                key: answer.key.clone(),
                outcome,
                detail: Some(detail),
            }),
        )?;
        after_answer(d, &story, answer)
    };
    run(commands, cause, kind, &story, streams, &decide).await
}

/// What a process knows of an effect when an answer to it comes.
enum Known {
    Nothing,
    Awaited,
    GivenUp,
}

fn known_of(process: &Process, key: &str) -> Known {
    let effect = process.run().and_then(|run| run.effects.get(key));
    match effect.map(|effect| effect.answer.as_ref()) {
        Some(None) => Known::Awaited,
        Some(Some(answer)) if answer.detail.as_deref() == Some(GIVEN_UP) => Known::GivenUp,
        _ => Known::Nothing,
    }
}

/// A declined charge can be tried again by the payer; a declined refund waits for an operator.
fn after_answer(
    d: &mut Decision<'_>,
    story: &Story,
    answer: &ProviderAnswer,
) -> Result<(), CommandError> {
    match (answer.effect, &answer.outcome) {
        (Effect::Charge, Ok(_)) => story.end(d, "captured"),
        (Effect::Charge, Err(_)) => Ok(()),
        (Effect::Refund(_), Ok(_)) => story.end(d, "refunded"),
        (Effect::Refund(_), Err(_)) => story.write(d, refuse("refund", "provider_declined")),
    }
}

fn record_on_payment(d: &mut Decision<'_>, answer: &ProviderAnswer) -> Result<(), CommandError> {
    let (at, amount) = (d.context.at, charge(d, answer.payment)?.amount);
    let command = match (answer.effect, answer.outcome.clone()) {
        (Effect::Charge, Ok(provider_reference)) => PaymentCommand::Succeed(SucceedPayment {
            provider_reference,
            amount,
            at,
        }),
        (Effect::Charge, Err(reason)) => {
            let provider_reference = Some(answer.key.clone());
            PaymentCommand::Fail(FailPayment {
                reason,
                provider_reference,
                at,
            })
        }
        (Effect::Refund(refund), Ok(provider_reference)) => {
            PaymentCommand::RecordRefund(RecordRefund {
                refund,
                provider_reference,
                at,
            })
        }
        (Effect::Refund(refund), Err(reason)) => {
            PaymentCommand::FailRefund(FailRefund { refund, reason, at })
        }
    };
    d.decide::<Payment>(answer.payment, &command).map(drop)
}

/// Asks for a refund again that the provider declined: as another refund, with a process of its
/// own.
pub(super) async fn request_again(
    commands: &Commands,
    cause: Cause,
    refund: RefundId,
) -> Result<(), CommandError> {
    let story = Story::new(REFUND, refund.0);
    let (state, _) = commands.dispatch.peek::<Process>(&story.id).await?;
    let detail = state
        .run()
        .and_then(|run| run.effects.values().next()?.detail.clone());
    let payment = detail
        .as_deref()
        .and_then(|detail| detail.split(' ').next()?.parse().ok());
    let Some(payment) = payment.map(PaymentId) else {
        return Ok(());
    };
    let streams = vec![want::<Process>(&story.id)?, want::<Payment>(payment)?];
    let decide = |d: &mut Decision<'_>| {
        let Some(run) = d.state::<Process>(&story.id)?.running() else {
            return Ok(());
        };
        if run.stuck.is_some() || run.open_effects().next().is_some() {
            return Ok(());
        }
        let made = charge(d, payment)?;
        let remaining = made.remaining();
        let declined = made
            .refunds
            .get(&refund)
            .map_or(remaining, |refund| refund.amount);
        let amount = Money {
            amount: declined.amount.min(remaining.amount),
            ..remaining
        };
        if amount.is_zero() {
            return story.end(d, "nothing_left");
        }
        let request = RequestRefund {
            refund: RefundId(made_id(REFUND, "again", refund.0)),
            amount,
            reason: "the provider declined it before".to_owned(),
            at: d.context.at,
        };
        d.decide::<Payment>(payment, &PaymentCommand::RequestRefund(request))?;
        story.step(d, "request_again")?;
        story.end(d, "requested_again")
    };
    run(commands, cause, REFUND, &story, streams, &decide).await
}

/// Gives up on a provider that cannot be reached, until an operator says to try again.
pub(super) async fn give_up(
    commands: &Commands,
    cause: Cause,
    process: &str,
) -> Result<(), CommandError> {
    let (state, _) = commands.dispatch.peek::<Process>(process).await?;
    let Some((kind, subject)) = state.running().and_then(|run| {
        [CHARGE, REFUND]
            .into_iter()
            .find(|kind| *kind == run.kind)
            .map(|kind| (kind, run.subject))
    }) else {
        return Ok(());
    };
    let story = Story::new(kind, subject);
    let streams = vec![want::<Process>(&story.id)?];
    let decide = |d: &mut Decision<'_>| match d.state::<Process>(&story.id)?.running() {
        Some(run) if run.stuck.is_none() => story.write(d, refuse("ask", "provider_unreachable")),
        _ => Ok(()),
    };
    run(commands, cause, kind, &story, streams, &decide).await
}

async fn run(
    commands: &Commands,
    cause: Cause,
    kind: &'static str,
    story: &Story,
    streams: Vec<crate::wanted::Wanted>,
    decide: &crate::dispatch::Decide<'_>,
) -> Result<(), CommandError> {
    let name = match kind {
        CHARGE => "process.payment_charge",
        _ => "process.payment_refund",
    };
    let context = correlated(commands, cause, &story.id).await?.context(kind);
    commands
        .dispatch
        .command(&context, name, story.id.clone(), streams, decide)
        .await
        .map(drop)
}

/// With what the payment was made.
async fn method_of(commands: &Commands, payment: PaymentId) -> Result<String, CommandError> {
    let id = super::process_id(CHARGE, payment.0);
    let (state, _) = commands.dispatch.peek::<Process>(id).await?;
    let last = state.run().and_then(|run| run.effects.values().last());
    Ok(last
        .and_then(|effect| effect.detail.clone())
        .unwrap_or_else(|| UNKNOWN_METHOD.to_owned()))
}

fn refuse(step: &str, code: &str) -> ProcessCommand {
    ProcessCommand::RefuseStep(RefuseStep {
        step: step.to_owned(),
        code: code.to_owned(),
    })
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Charge => "charge",
        Effect::Refund(_) => "refund",
    }
}
