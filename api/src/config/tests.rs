//! What no single flag can know to be wrong.

use super::{Provider, Serve};
use crate::testing::settings;

fn changed(change: impl FnOnce(&mut Serve)) -> Serve {
    let mut settings = settings();
    settings.store.secrets.database_url = None;
    change(&mut settings);
    settings
}

fn open(settings: &mut Serve) {
    settings.network.listen = "0.0.0.0:8080".parse().unwrap();
}

fn own_postgres(settings: &mut Serve) {
    settings.store.secrets.database_url = Some("postgres://somewhere/else".parse().unwrap());
}

#[test]
fn the_sandbox_has_to_be_asked_for_outside_a_local_run() {
    let local = changed(|_| {});
    assert_eq!(local.check(), Ok(()));
    assert_eq!(local.warnings(), Vec::<String>::new());

    for change in [open, own_postgres] {
        let unset = changed(change).check().unwrap_err();
        assert!(unset.contains("CADASTRE_PAYMENT_PROVIDER"), "{unset}");

        let set = changed(|settings| {
            change(settings);
            settings.payments.payment_provider = Some(Provider::Sandbox);
        });
        assert_eq!(set.check(), Ok(()));
        let said = set.warnings();
        assert!(said.iter().any(|w| w.contains("NO MONEY")), "{said:?}");
    }
}

#[test]
fn an_open_address_without_a_proxy_is_warned_of() {
    let bare = changed(open).warnings();
    assert!(bare.iter().any(|w| w.contains("TLS")), "{bare:?}");

    let behind = changed(|settings| {
        open(settings);
        settings.network.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    });
    assert_eq!(behind.warnings(), Vec::<String>::new());
}
