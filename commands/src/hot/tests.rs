use super::*;

fn stream(number: usize) -> StreamName {
    StreamName::of("test", number).unwrap()
}

fn hot(version: Version) -> Hot {
    Hot {
        version,
        ..Hot::empty(Arc::new(()), 0)
    }
}

fn resting_on(outcome: &Outcome, version: Version) -> Hot {
    Hot {
        pending: Some(outcome.clone()),
        ..hot(version)
    }
}

fn states(states_max: usize) -> HotStates {
    HotStates::new(Limits {
        states_max,
        ..Limits::default()
    })
}

impl HotStates {
    fn open(&self, number: usize) -> u64 {
        self.get(&stream(number)).slot
    }

    fn put_one(&self, number: usize, slot: u64, hot: Hot) {
        self.put([(stream(number), slot, hot)].into_iter());
    }

    fn set(&self, number: usize, hot: Hot) {
        self.put_one(number, self.open(number), hot);
    }

    fn version(&self, number: usize) -> Option<Version> {
        self.get(&stream(number)).hot.map(|hot| hot.version)
    }

    fn heard(&self, number: usize, version: Version) {
        self.hear([(&stream(number), version)].into_iter());
    }
}

/// The bytes are kept beside the slots, and must not run away from them.
fn check_bytes(states: &HotStates) {
    let generations = states.lock();
    for generation in [&generations.young, &generations.old] {
        let bytes: usize = generation.slots.values().map(Slot::bytes).sum();
        assert_eq!(generation.bytes, bytes);
    }
}

#[test]
fn it_stays_bounded_in_number_and_keeps_what_is_used() {
    let states = states(20);
    for number in 0..1_000 {
        states.set(number, hot(1));
        assert_eq!(
            states.version(0),
            Some(1),
            "what is used at every step stays"
        );
    }
    let generations = states.lock();
    assert!(generations.young.slots.len() + generations.old.slots.len() <= 20);
}

#[test]
fn it_stays_bounded_in_size() {
    let states = HotStates::new(Limits {
        bytes_max: 1_000_000,
        ..Limits::default()
    });
    let large = |bytes| Hot { bytes, ..hot(1) };
    for number in 0..1_000 {
        states.set(number, large(number * 100));
        check_bytes(&states);
        let generations = states.lock();
        let bytes = generations.young.bytes + generations.old.bytes;
        assert!(bytes <= 1_000_000 + 2 * (100_000 + SLOT_BYTES), "{bytes}");
    }
    assert_eq!(states.version(999), Some(1));
    assert_eq!(states.version(900), None);
}

#[test]
fn what_turns_out_lighter_or_heavier_is_weighed_anew() {
    let states = states(10);
    let thought = Hot {
        bytes: 5_000,
        ..hot(100)
    };
    states.set(1, thought);
    states.weigh(&stream(1), 4_000, 300);
    assert_eq!(states.get(&stream(1)).hot.unwrap().bytes, 1_300);
    states.weigh(&stream(2), 4_000, 300);
    check_bytes(&states);
}

#[test]
fn a_state_that_rests_on_a_failed_append_is_not_handed_out_and_makes_room_for_an_older_one() {
    let states = states(10);
    let outcome = Outcome::pending();
    states.set(1, resting_on(&outcome, 2));
    assert_eq!(states.version(1), Some(2));
    outcome.fail();
    assert_eq!(states.version(1), None);
    states.set(1, hot(1));
    assert_eq!(states.version(1), Some(1));
    check_bytes(&states);
}

#[test]
fn a_state_is_known_where_its_append_was_committed() {
    let states = states(10);
    let outcome = Outcome::pending();
    states.set(1, resting_on(&outcome, 2));
    assert!(states.get(&stream(1)).hot.unwrap().pending.is_some());
    outcome.commit(7);
    let hot = states.get(&stream(1)).hot.unwrap();
    assert!(hot.pending.is_none());
    assert_eq!(hot.known_at, 7);
}

#[test]
fn news_from_elsewhere_pushes_out_only_what_is_older() {
    let states = states(10);
    states.set(1, hot(5));
    states.heard(1, 5);
    assert_eq!(states.version(1), Some(5));
    states.heard(1, 6);
    assert_eq!(states.version(1), None);
    check_bytes(&states);
}

#[test]
fn what_was_read_before_the_news_came_is_not_kept() {
    let states = states(10);
    let slot = states.open(1);
    states.heard(1, 6);
    states.put_one(1, slot, hot(5));
    assert_eq!(states.version(1), None);
    states.put_one(1, slot, hot(6));
    assert_eq!(states.version(1), Some(6));
}

#[test]
fn what_was_taken_before_the_news_came_is_not_put_back() {
    let states = states(10);
    states.set(1, hot(5));
    let taken = states.take([&stream(1)].into_iter()).remove(0);
    states.heard(1, 6);
    states.put_one(1, taken.slot, taken.hot.unwrap());
    assert_eq!(states.version(1), None);
    check_bytes(&states);
}

#[test]
fn an_older_state_never_takes_the_place_of_a_newer_one() {
    let states = states(10);
    let slot = states.open(1);
    states.put_one(1, slot, hot(6));
    states.put_one(1, slot, hot(5));
    assert_eq!(states.version(1), Some(6));
}

#[test]
fn a_slot_that_was_forgotten_takes_in_nothing_even_if_another_was_opened() {
    let forgets: [fn(&HotStates); 3] = [
        HotStates::clear,
        |states| states.forget(&stream(1)),
        |states| (2..100).for_each(|number| states.set(number, hot(1))),
    ];
    for forget in forgets {
        let states = states(10);
        let slot = states.open(1);
        forget(&states);
        states.put_one(1, slot, hot(5));
        assert_eq!(states.version(1), None);
        states.put_one(1, slot, hot(5));
        assert_eq!(states.version(1), None, "this is the slot of another");
        check_bytes(&states);
    }
}

#[test]
fn what_is_not_there_takes_no_room() {
    let states = states(10);
    states.set(1, hot(0));
    assert!(states.lock().young.slots.is_empty());
    check_bytes(&states);
}

#[test]
fn a_conflict_forgets_what_is_not_at_the_true_version_and_cannot_get_there() {
    let states = states(10);
    states.set(1, hot(5));
    states.forget_unless_at(&stream(1), 5, None);
    assert_eq!(states.version(1), Some(5));
    let outcome = Outcome::pending();
    states.set(1, resting_on(&outcome, 6));
    states.forget_unless_at(&stream(1), 5, None);
    assert_eq!(states.version(1), Some(6), "it may still get there");
    outcome.commit(9);
    states.forget_unless_at(&stream(1), 7, None);
    assert_eq!(states.version(1), None);
    check_bytes(&states);
}

/// Readers, a writer and the news race for one stream; afterwards what is kept is not of the past.
#[test]
fn whoever_races_nothing_of_the_past_is_kept() {
    for round in 0..eventstore::cluster::testing::rounds(200, 20_000) {
        let (states, journal) = (states(10), std::sync::atomic::AtomicI64::new(1));
        let read = || {
            let slot = states.open(1);
            let version = journal.load(std::sync::atomic::Ordering::SeqCst);
            std::thread::yield_now();
            states.put_one(1, slot, hot(version));
        };
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..20).for_each(|_| read()));
            }
            scope.spawn(|| {
                for version in 2..20 {
                    journal.store(version, std::sync::atomic::Ordering::SeqCst);
                    std::thread::yield_now();
                    states.heard(1, version);
                }
            });
            scope.spawn(|| {
                for _ in 0..20 {
                    let taken = states.take([&stream(1)].into_iter()).remove(0);
                    if let Some(hot) = taken.hot {
                        states.put_one(1, taken.slot, hot);
                    }
                }
            });
        });
        assert!(
            states.version(1).is_none_or(|version| version == 19),
            "round {round}"
        );
        check_bytes(&states);
    }
}
