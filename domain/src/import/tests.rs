use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::id::{BuildingId, UserId};

type Imports = TestFramework<Import>;

fn received() -> ImportReceived {
    ImportReceived {
        kind: ImportKind::Occupants,
        building: BuildingId(Uuid::from_u128(1)),
        by: UserId(Uuid::from_u128(2)),
        sha256: "0a".repeat(32),
        rows: 10,
        unreadable: 1,
    }
}

fn given(events: &[ImportEvent]) -> Vec<ImportEvent> {
    [&[ImportEvent::Received(received())], events].concat()
}

fn committed() -> ImportEvent {
    ImportEvent::Committed(ImportCommitted {})
}

fn cancelled() -> ImportEvent {
    ImportEvent::Cancelled(ImportCancelled {})
}

fn finished() -> ImportEvent {
    ImportEvent::Finished(ImportFinished {
        accepted: 8,
        refused: 2,
    })
}

const FINISH: ImportCommand = ImportCommand::Finish {
    accepted: 8,
    refused: 2,
};

fn leads_to(events: &[ImportEvent], command: ImportCommand, to: Vec<ImportEvent>) {
    Imports::with(())
        .given(given(events))
        .when(command)
        .then_expect_events(to);
}

fn refused(events: &[ImportEvent], command: ImportCommand, refusal: ImportRefusal) {
    Imports::with(())
        .given(given(events))
        .when(command)
        .then_expect_error(refusal);
}

#[test]
fn a_file_is_received_once_and_again_only_after_it_was_cancelled() {
    let receive = || ImportCommand::Receive(received());
    leads_to(&[], receive(), vec![]);
    leads_to(&[committed()], receive(), vec![]);
    leads_to(&[committed(), finished()], receive(), vec![]);
    leads_to(&[cancelled()], receive(), given(&[]));
}

#[test]
fn it_is_committed_finished_and_cancelled_once() {
    leads_to(&[], ImportCommand::Commit, vec![committed()]);
    leads_to(&[committed()], ImportCommand::Commit, vec![]);
    leads_to(&[committed()], FINISH, vec![finished()]);
    leads_to(&[committed(), finished()], ImportCommand::Commit, vec![]);
    leads_to(&[committed()], ImportCommand::Cancel, vec![cancelled()]);
    leads_to(&[cancelled()], ImportCommand::Cancel, vec![]);
    // What was on its way when it was cancelled is the last of it.
    leads_to(&[committed(), cancelled()], FINISH, vec![]);
    refused(
        &[cancelled()],
        ImportCommand::Commit,
        ImportRefusal::Cancelled,
    );
    let over = [committed(), finished()];
    refused(&over, ImportCommand::Cancel, ImportRefusal::Finished);
}
