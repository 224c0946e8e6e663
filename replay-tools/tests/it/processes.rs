//! What an operator sees of processes, and does with them.

use domain::process::{ProcessEvent, ProcessStarted, ProcessStepRefused};
use eventstore::Mint;

use crate::given::Given;

const KIND: &str = "cancellation_refund";

impl Given {
    /// A process that was refused a step; answers its id.
    async fn stuck(&self) -> String {
        let subject = Mint.id();
        let id = format!("{KIND}:{subject}");
        let events = [
            ProcessEvent::Started(ProcessStarted {
                kind: KIND.to_owned(),
                subject,
                correlation_id: Mint.id(),
            }),
            ProcessEvent::StepRefused(ProcessStepRefused {
                step: "refund".to_owned(),
                code: "refund_exceeds_payment".to_owned(),
            }),
        ];
        self.record(&format!("process-{id}"), &events).await;
        id
    }
}

#[tokio::test]
async fn processes_are_listed_by_kind_and_status() {
    let given = Given::new().await;
    assert_eq!(
        given.replay(&["processes"]).await.exit,
        Some(1),
        "there is no such table yet"
    );
    let id = given.stuck().await;
    given.project().await;
    for line in [
        ["processes", "--json"].as_slice(),
        &["processes", "--kind", KIND, "--status", "stuck", "--json"],
    ] {
        let ran = given.replay(line).await;
        assert_eq!(ran.json()[0]["id"], id.as_str());
        assert_eq!(ran.json()[0]["stuck"], "refund_exceeds_payment");
    }
    let table = given.replay(&["processes"]).await;
    assert!(
        table.out.contains("refused: refund_exceeds_payment"),
        "{table:?}"
    );
    let ended = given.replay(&["processes", "--status", "ended"]).await;
    assert_eq!(ended.out, "There is no such process.\n");
    let kind = given
        .replay(&["processes", "--kind", "cancelation_refund"])
        .await;
    assert_eq!(kind.exit, Some(2));
    assert!(
        kind.err.contains("did you mean `cancellation_refund`?"),
        "{kind:?}"
    );
    assert_eq!(
        given.replay(&["processes", "--status", "odd"]).await.exit,
        Some(2)
    );
}

#[tokio::test]
async fn a_stuck_process_is_told_to_try_again_and_then_ended() {
    let given = Given::new().await;
    let id = given.stuck().await;
    let retried = given.replay(&["processes", "retry", &id, "--json"]).await;
    assert_eq!(retried.exit, Some(0), "{retried:?}");
    assert_eq!(retried.json()["version"], 3);
    let again = given.replay(&["processes", "retry", &id]).await;
    assert_eq!(again.exit, Some(1), "it is not stuck any more: {again:?}");
    let ended = given
        .replay(&["processes", "end", &format!("process-{id}")])
        .await;
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert!(ended.out.contains("has ended"), "{ended:?}");
    given.project().await;
    let listed = given
        .replay(&["processes", "--status", "ended", "--json"])
        .await;
    assert_eq!(listed.json()[0]["outcome"], "ended_by_operator");
    let told = given
        .replay(&["history", &format!("process-{id}"), "--json"])
        .await;
    assert_eq!(
        told.json_lines()[2]["metadata"]["actor"]["kind"],
        "operator"
    );
    assert_eq!(given.replay(&["verify"]).await.exit, Some(0));
}

#[tokio::test]
async fn an_unknown_process_is_refused_with_what_may_have_been_meant() {
    let given = Given::new().await;
    let id = given.stuck().await;
    for command in ["retry", "end"] {
        let ran = given
            .replay(&["processes", command, &id[..id.len() - 3]])
            .await;
        assert_eq!(ran.exit, Some(2), "{ran:?}");
        assert!(
            ran.err.contains(&format!("did you mean `process-{id}`?")),
            "{ran:?}"
        );
    }
}
