use proptest::prelude::*;

use super::*;
use crate::laws;

proptest! {
    #![proptest_config(laws::config())]

    /// Whatever is presented, whenever: at most one token is ever answered in turn, and no token
    /// is answered in turn twice.
    #[test]
    fn no_token_is_used_in_turn_twice(
        asked in prop::collection::vec((0_u32..20, 0_i64..120, any::<bool>()), 0..40),
        ending in prop::option::weighted(0.2, 0_usize..40),
        seed in any::<u64>(),
    ) {
        let mut clock = 0;
        let mut commands = vec![SessionCommand::Start(start())];
        for (n, (presented, wait, is_used)) in (2..).zip(asked) {
            clock += wait;
            commands.push(refresh(presented, n, clock));
            commands.extend(is_used.then(|| confirm(n)));
        }
        if let Some(place) = ending.filter(|place| *place < commands.len()) {
            let reason = EndReason::LoggedOut;
            commands.insert(place, SessionCommand::End(EndSession { reason }));
        }
        laws::obey::<Session>(&commands, seed);

        let mut session = Session::default();
        let mut used = Vec::new();
        for command in &commands {
            let events = session.decide(command).unwrap_or_default();
            for event in &events {
                session.evolve(event);
                if let (SessionEvent::Refreshed(r), SessionCommand::Refresh(c)) = (event, command)
                    && r.rotation == Rotation::InTurn
                {
                    prop_assert!(!used.contains(&c.presented), "a token was used in turn twice");
                    used.push(c.presented.clone());
                }
            }
        }
    }
}
