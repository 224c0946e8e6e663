use super::*;

fn note(number: u128) -> EquipmentCommand {
    EquipmentCommand::NoteOrder(NoteOrder {
        work_order: order(number),
    })
}

fn work(number: u128, when: &str, takes_down: Option<DownKind>) -> EquipmentCommand {
    EquipmentCommand::NoteWork(NoteWork {
        work_order: order(number),
        takes_down,
        at: at(when),
    })
}

fn end(number: u128, when: &str, completed: bool) -> EquipmentCommand {
    EquipmentCommand::NoteEnd(NoteEnd {
        work_order: order(number),
        completed,
        at: at(when),
    })
}

const PLANNED: Option<DownKind> = Some(DownKind::Planned);
const FAILURE: Option<DownKind> = Some(DownKind::Failure);

#[test]
fn a_piece_comes_up_only_with_the_last_work_that_keeps_it_down() {
    let both = after(&[
        note(1),
        note(2),
        work(1, "2026-02-01T08:00:00Z", PLANNED),
        work(2, "2026-02-01T09:00:00Z", FAILURE),
    ]);
    refused(
        both.clone(),
        up("2026-02-01T10:00:00Z"),
        EquipmentRefusal::KeptDown(2),
    );
    let mut events = both;
    let first = Equipment::fold(&events)
        .decide(&end(1, "2026-02-01T11:00:00Z", true))
        .unwrap();
    events.extend(first);
    assert_eq!(piece(&events).status, EquipmentStatus::Down);
    let second = Equipment::fold(&events)
        .decide(&end(2, "2026-02-01T12:00:00Z", true))
        .unwrap();
    events.extend(second);
    let piece = piece(&events);
    assert_eq!(piece.status, EquipmentStatus::Operational);
    assert_eq!(piece.last_up, Some(at("2026-02-01T12:00:00Z")));
    let EquipmentEvent::CameUp(came_up) = events.last().unwrap() else {
        panic!("{:?}", events.last());
    };
    assert_eq!(came_up.since, at("2026-02-01T08:00:00Z"));
}

#[test]
fn work_that_leaves_the_piece_as_it_is_neither_stops_nor_starts_it() {
    let events = after(&[
        note(1),
        work(1, "2026-02-01T08:00:00Z", None),
        down("2026-02-02T00:00:00Z"),
        end(1, "2026-02-03T00:00:00Z", true),
    ]);
    assert!(piece(&events).down.is_some());
}

#[test]
fn a_failure_is_over_with_its_repair_but_not_when_the_repair_is_called_off() {
    let repair = |completed| {
        piece(&after(&[
            down("2026-02-01T00:00:00Z"),
            note(1),
            work(1, "2026-02-01T08:00:00Z", FAILURE),
            end(1, "2026-02-02T00:00:00Z", completed),
        ]))
    };
    assert_eq!(repair(true).last_up, Some(at("2026-02-02T00:00:00Z")));
    let called_off = repair(false).down.unwrap();
    assert!(called_off.kept_by.is_empty());
    // A piece that only the work had stopped runs again.
    let stopped = after(&[
        note(1),
        work(1, "2026-02-01T08:00:00Z", PLANNED),
        end(1, "2026-02-02T00:00:00Z", false),
    ]);
    assert!(piece(&stopped).down.is_none());
}

#[test]
fn a_piece_with_open_work_stays_in_the_books() {
    let events = after(&[note(1)]);
    refused(
        events.clone(),
        EquipmentCommand::Delete,
        EquipmentRefusal::HasOpenOrders(1),
    );
    refused(
        events,
        end(2, "2026-02-02T00:00:00Z", true),
        EquipmentRefusal::OrderUnknown,
    );
    let ended = after(&[note(1), end(1, "2026-02-02T00:00:00Z", true)]);
    let reopen = EquipmentCommand::NoteReopening(NoteOrder {
        work_order: order(1),
    });
    let reopened = Equipment::fold(&ended).decide(&reopen).unwrap();
    let all = [ended, reopened].concat();
    assert!(piece(&all).open_orders.contains_key(&order(1)));
}
