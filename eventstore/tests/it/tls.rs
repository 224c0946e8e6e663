//! The way to a Postgres of one's own can be encrypted, and its certificate checked.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use eventstore::cluster::testing::{self, PrivateCluster};
use eventstore::postgres::Settings;
use eventstore::{Journal, PostgresJournal, SystemClock};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};

use crate::given::{at, one};

const PASSWORD: &str = "a-password-for-this-test";

/// An address of this machine for this test process alone, so that the port is free.
fn address(last: u8) -> String {
    let pid = std::process::id();
    format!("127.{}.{}.{last}", 64 + pid / 256 % 128, pid % 256)
}

fn openssl(directory: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(directory)
        .output()
        .expect("the program openssl: install the package `openssl`");
    assert!(done.status.success(), "openssl {arguments}: {done:?}");
}

/// An authority of one's own, and a certificate that it gives the server at `address`.
fn certify(directory: &Path, address: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for authority in ["ca", "other"] {
        openssl(
            directory,
            &format!(
                "req -x509 {key} -days 2 -subj /CN={authority} -keyout {authority}.key \
                 -out {authority}.crt"
            ),
        );
    }
    openssl(
        directory,
        &format!("req {key} -subj /CN=server -keyout server.key -out server.csr"),
    );
    fs::write(
        directory.join("san"),
        format!("subjectAltName=IP:{address}\n"),
    )
    .unwrap();
    openssl(
        directory,
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san \
         -out server.crt",
    );
}

/// A server that listens on addresses of this machine, with a journal, and the folder of its
/// certificates.
async fn listening(ssl: &str) -> (PrivateCluster, PathBuf) {
    let postgres = testing::private_cluster().await;
    let mut owner = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut owner).await.unwrap();
    let password: &'static str = "alter role cadastre password 'a-password-for-this-test'";
    owner.execute(password).await.unwrap();
    drop(owner);
    let folder = postgres.data().to_owned();
    certify(&folder, &address(1));
    let key = folder.join("server.key");
    // Postgres takes a key of its own user, or one of root that its group may read.
    let group = fs::metadata(folder.join("postgres")).unwrap().gid();
    if nix::unistd::geteuid().is_root() {
        chown(&key, None, Some(group)).unwrap();
        fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    } else {
        fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    }
    fs::write(
        folder.join("hba.conf"),
        "local all postgres,cadastre peer map=house\nhost all all 127.0.0.0/8 scram-sha-256\n",
    )
    .unwrap();
    let path = folder.display();
    fs::write(
        folder.join("postgres/local.conf"),
        format!(
            "listen_addresses = '{},{}'\nhba_file = '{path}/hba.conf'\nssl = {ssl}\n\
             ssl_cert_file = '{path}/server.crt'\nssl_key_file = '{path}/server.key'\n",
            address(1),
            address(2)
        ),
    )
    .unwrap();
    postgres.kill_9().await;
    postgres.start().await;
    (postgres, folder)
}

/// What `DATABASE_URL` would say.
fn url(host: &str, question: &str) -> PgConnectOptions {
    format!("postgres://cadastre:{PASSWORD}@{host}:5432/cadastre?{question}")
        .parse()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_postgres_is_encrypted_and_its_certificate_checked() {
    let (_postgres, folder) = listening("on").await;
    let checked = |host: &str, authority: &str| {
        let root = folder.join(authority);
        url(
            host,
            &format!("sslmode=verify-full&sslrootcert={}", root.display()),
        )
    };
    let options = checked(&address(1), "ca.crt");
    let mut connection = options.connect().await.unwrap();
    let version: String =
        sqlx::query_scalar("select version from pg_stat_ssl where pid = pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(version, "TLSv1.3");
    // All of a journal's connections go that way.
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(options, clock, Settings::default());
    let journal = journal.await.unwrap();
    journal.append(one("a-1", at(0))).await.unwrap();
    assert_eq!(journal.head().await.unwrap(), 1);
    let plain: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_ssl join pg_stat_activity using (pid)
        where datname = current_database() and not ssl",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(plain, 0);
    journal.close().await;

    let stranger = checked(&address(1), "other.crt").connect().await;
    let error = stranger.expect_err("a certificate of another authority was believed");
    assert!(error.to_string().contains("certificate"), "{error}");
    let elsewhere = checked(&address(2), "ca.crt").connect().await;
    let error = elsewhere.expect_err("a certificate of another server was believed");
    assert!(error.to_string().contains("certificate"), "{error}");
    let encrypted = url(&address(2), "sslmode=require");
    encrypted.connect().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_refused_where_it_is_demanded() {
    let (_postgres, _folder) = listening("off").await;
    url(&address(1), "sslmode=disable").connect().await.unwrap();
    let refused = url(&address(1), "sslmode=require").connect().await;
    let error = refused.expect_err("it was not encrypted");
    assert!(error.to_string().contains("TLS"), "{error}");
}
