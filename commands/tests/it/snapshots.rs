//! Snapshots on a real journal: they make a difference to nothing but time.

use std::sync::Arc;
use std::time::Duration;

use commands::{Commands, Secret, Settings};
use domain::building::{Address, Building, ChangeBuilding, RegisterBuilding};
use domain::id::{BookingId, BuildingId, ListingId, UserId};
use domain::inventory::Inventory;
use domain::permission::Role;
use domain::user::User;
use domain::{Aggregate, Event};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{
    Clock, Journal, Mint, PostgresJournal, Snapshot, Snapshots, StreamName, Version, postgres,
};

use crate::house::{House, Person, ask, clock, id};

/// Processes on one journal, each of which takes snapshots every few events.
struct Archive {
    journal: Arc<dyn Journal>,
    house: House,
    _database: TestDatabase,
}

impl Archive {
    async fn new(snapshot_every: Version) -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = clock();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let options = database.options.clone();
        let journal = PostgresJournal::open(options, shared, postgres::Settings::default());
        let journal: Arc<dyn Journal> = Arc::new(journal.await.unwrap());
        let commands = Arc::new(process(&journal, &clock, snapshot_every));
        Self {
            journal,
            house: House { commands, clock },
            _database: database,
        }
    }

    /// A process that has just started: whatever it knows it reads.
    fn cold(&self) -> Commands {
        process(&self.journal, &self.house.clock, 1_000_000)
    }

    /// The state as a process reads it that has just started.
    async fn read<A: Aggregate>(&self, id: impl std::fmt::Display) -> (A, Version) {
        let (state, version) = self.cold().dispatch().peek::<A>(id).await.unwrap();
        (A::clone(&state), version)
    }

    /// The state as all events make it, and how many they are.
    async fn folded<A: Aggregate>(&self, id: impl std::fmt::Display) -> (A, Version) {
        self.folded_to(id, 100_000).await
    }

    /// The state as the first so many events make it, and how many they are.
    async fn folded_to<A: Aggregate>(
        &self,
        id: impl std::fmt::Display,
        events_max: usize,
    ) -> (A, Version) {
        let stream = StreamName::of(A::NOUN, id).unwrap();
        let events = self.journal.load(&stream, 0, events_max).await.unwrap();
        let mut state = A::default();
        for event in &events {
            let version = event.schema_version.try_into().unwrap();
            state.evolve(&A::Event::decode(&event.event_type, version, &event.data).unwrap());
        }
        (state, events.len().try_into().unwrap())
    }

    /// Holds what is read now against all events.
    async fn check<A: Aggregate>(&self, id: impl std::fmt::Display + Copy) {
        assert_eq!(self.read::<A>(id).await, self.folded::<A>(id).await);
    }

    /// Holds a snapshot against the events that it says it has taken in.
    async fn is_true(&self, kept: &Snapshot, building: BuildingId) {
        let events_max = usize::try_from(kept.version).unwrap();
        let state: Building = serde_json::from_str(&kept.state).unwrap();
        let folded = self.folded_to::<Building>(building, events_max).await;
        assert_eq!((state, kept.version), folded);
    }

    fn store(&self) -> &Snapshots {
        self.journal.snapshots().unwrap()
    }

    /// The snapshot of a stream, if the journal bears it out.
    async fn snapshot<A: Aggregate>(&self, id: impl std::fmt::Display) -> Option<Snapshot> {
        let stream = StreamName::of(A::NOUN, id).unwrap();
        let found = self.store().load(&stream, A::STATE_VERSION, 1).await;
        found.unwrap().0
    }

    /// Waits until the snapshot of a stream is at `version` or later.
    async fn reaches<A: Aggregate>(
        &self,
        id: impl std::fmt::Display + Copy,
        version: Version,
    ) -> Snapshot {
        let reached = async {
            loop {
                let found = self.snapshot::<A>(id).await;
                if let Some(found) = found.filter(|found| found.version >= version) {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), reached).await;
        in_time.expect("the snapshot comes")
    }

    /// Puts another in the place of a snapshot, which no process would do.
    async fn swap(&self, snapshot: &Snapshot, other: Snapshot) {
        self.store().forget(snapshot).await.unwrap();
        self.store().keep(&[other]).await.unwrap();
    }

    /// A building that was given so many names.
    async fn building(&self, names: usize) -> BuildingId {
        let building = BuildingId(id());
        let register = RegisterBuilding {
            owner: UserId(id()),
            name: "House 0".to_owned(),
            address: address(),
            time_zone: None,
            sections: Vec::new(),
            attributes: std::collections::BTreeMap::new(),
        };
        let context = self.house.operator();
        let registered = self
            .house
            .commands
            .register_building(&context, building, &register);
        registered.await.unwrap();
        for number in 1..=names {
            self.rename(building, number).await.unwrap();
        }
        building
    }

    async fn rename(
        &self,
        building: BuildingId,
        number: usize,
    ) -> Result<commands::Done, commands::CommandError> {
        let change = ChangeBuilding {
            name: Some(format!("House {number}")),
            ..ChangeBuilding::default()
        };
        let context = self.house.operator();
        self.house
            .commands
            .change_building(&context, building, change)
            .await
    }
}

fn address() -> Address {
    Address {
        lines: vec!["Lane 7".to_owned()],
        city: "Lisbon".to_owned(),
        postal_code: Some("1100-148".to_owned()),
        country: "PT".to_owned(),
        point: None,
    }
}

fn process(
    journal: &Arc<dyn Journal>,
    clock: &eventstore::ManualClock,
    snapshot_every: Version,
) -> Commands {
    let settings = Settings {
        snapshot_every,
        ..Settings::default()
    };
    let (journal, clock) = (Arc::clone(journal), Arc::new(clock.clone()));
    Commands::new(journal, clock, Secret::new(vec![7; 32]), settings)
}

#[tokio::test]
async fn a_state_from_a_snapshot_and_its_tail_is_that_of_all_events() {
    let archive = Archive::new(5).await;
    let house = &archive.house;
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 3).await;
    let guest = house.person("guest", Role::Member).await;
    for round in 0..12 {
        stay(house, guest, listing, round).await;
        archive.check::<Inventory>(listing).await;
        archive.check::<User>(guest.user).await;
    }
    archive.reaches::<Inventory>(listing, 10).await;
    archive.check::<Inventory>(listing).await;
    let building = archive.building(23).await;
    archive.reaches::<Building>(building, 20).await;
    archive.check::<Building>(building).await;
}

/// Books a night, and every other time calls it off again.
async fn stay(house: &House, guest: Person, listing: ListingId, round: u64) {
    let booking = BookingId(id());
    let context = house.as_user(guest);
    let ask = ask(listing, 1 + round % 3);
    let asked = house.commands.request_booking(&context, booking, &ask);
    if asked.await.is_ok() && round.is_multiple_of(2) {
        let context = house.as_user(guest);
        let cancel = house.commands.cancel_booking(&context, booking, None);
        cancel.await.unwrap();
    }
}

#[tokio::test]
async fn a_long_stream_is_kept_when_it_is_read_and_read_from_there_the_next_time() {
    let archive = Archive::new(1_000_000).await;
    let building = archive.building(30).await;
    assert_eq!(archive.snapshot::<Building>(building).await, None);
    let reader = process(&archive.journal, &archive.house.clock, 10);
    reader.dispatch().peek::<Building>(building).await.unwrap();
    let snapshot = archive.reaches::<Building>(building, 31).await;
    archive.rename(building, 31).await.unwrap();
    let stream = StreamName::of(Building::NOUN, building).unwrap();
    let found = archive
        .store()
        .load(&stream, Building::STATE_VERSION, 1_000);
    let (found, tail) = found.await.unwrap();
    assert_eq!(found.as_ref(), Some(&snapshot));
    assert_eq!(tail.len(), 1, "only what came after it is read");
    // What only the snapshot says shows up in what is read: it is taken up, not merely there.
    let marked = Snapshot {
        state: snapshot.state.replace("Lane 7", "Lane 8"),
        ..snapshot.clone()
    };
    archive.swap(&snapshot, marked).await;
    let (read, version) = archive.read::<Building>(building).await;
    assert_eq!(read.standing().unwrap().address.lines, ["Lane 8"]);
    assert_eq!(read.standing().unwrap().name, "House 31");
    assert_eq!(version, 32);
}

/// What may be wrong with a snapshot.
type Tamper = fn(Snapshot) -> Snapshot;

const TAMPERS: [(&str, Tamper); 6] = [
    ("of another build", |kept| Snapshot {
        state_version: kept.state_version + 1,
        ..kept
    }),
    ("of another shape than it says", |kept| Snapshot {
        state: r#"{"status":"flying"}"#.to_owned(),
        ..kept
    }),
    ("not even an object", |kept| Snapshot {
        state: "[]".to_owned(),
        ..kept
    }),
    ("ahead of a journal that was restored", |kept| Snapshot {
        version: kept.version + 1_000,
        position: kept.position + 1_000,
        ..kept
    }),
    (
        "of a history that went another way after a restore",
        |kept| Snapshot {
            event_id: Mint.id(),
            ..kept
        },
    ),
    ("at another version than it says", |kept| Snapshot {
        version: kept.version - 1,
        ..kept
    }),
];

#[tokio::test]
async fn what_the_journal_does_not_bear_out_is_passed_over_and_thrown_away() {
    let archive = Archive::new(10).await;
    for (what, tamper) in TAMPERS {
        let building = archive.building(12).await;
        let kept = archive.reaches::<Building>(building, 10).await;
        // It must not be believed: so let it say something that is not so.
        let lying = Snapshot {
            state: kept.state.replace("Lane 7", "Lane 8"),
            ..kept.clone()
        };
        archive.swap(&kept, tamper(lying)).await;
        let read = archive.read::<Building>(building).await;
        assert_eq!(read, archive.folded::<Building>(building).await, "{what}");
        assert_eq!(archive.snapshot::<Building>(building).await, None, "{what}");
        // One that reads it and keeps what it reads mends it, whatever stood there.
        let reader = process(&archive.journal, &archive.house.clock, 1);
        reader.dispatch().peek::<Building>(building).await.unwrap();
        let mended = archive.reaches::<Building>(building, 13).await;
        assert!(mended.state.contains("Lane 7"), "{what}");
        archive.check::<Building>(building).await;
        assert_eq!(archive.rename(building, 99).await.unwrap().version, 14);
    }
}

#[tokio::test]
async fn snapshots_may_be_dropped_at_any_time_and_come_back() {
    let archive = Archive::new(4).await;
    let building = archive.building(4).await;
    archive.reaches::<Building>(building, 4).await;
    for number in 5..40 {
        archive.rename(building, number).await.unwrap();
        if number % 3 == 0 {
            archive.store().clear().await.unwrap();
        }
        archive.check::<Building>(building).await;
    }
    for number in 40..44 {
        archive.rename(building, number).await.unwrap();
    }
    archive.reaches::<Building>(building, 40).await;
    archive.check::<Building>(building).await;
}

/// Two processes race for one building, so that many states that they decide on never come to be.
#[tokio::test]
async fn a_state_that_was_never_committed_is_never_kept() {
    let archive = Arc::new(Archive::new(1).await);
    let building = archive.building(1).await;
    archive.reaches::<Building>(building, 2).await;
    let other = Arc::new(process(&archive.journal, &archive.house.clock, 1));
    let racers = (0..60).map(|number| {
        let commands = [&archive.house.commands, &other][number % 2].clone();
        let context = archive.house.operator();
        tokio::spawn(async move {
            let change = ChangeBuilding {
                name: Some(format!("House {number}")),
                ..ChangeBuilding::default()
            };
            commands.change_building(&context, building, change).await
        })
    });
    let racers: Vec<_> = racers.collect();
    while !racers.iter().all(tokio::task::JoinHandle::is_finished) {
        // One that the journal does not bear out would be thrown away here.
        let kept = archive.snapshot::<Building>(building).await;
        archive
            .is_true(&kept.expect("once it is there it stays"), building)
            .await;
    }
    let mut done = 2;
    for racer in racers {
        done += i64::from(racer.await.unwrap().is_ok());
    }
    let kept = archive.reaches::<Building>(building, done).await;
    archive.is_true(&kept, building).await;
    assert_eq!(kept.version, archive.read::<Building>(building).await.1);
}
