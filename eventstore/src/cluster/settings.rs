//! How the embedded Postgres is set up.

/// Settings of a cluster. What protects the data (`fsync`, `full_page_writes`,
/// `synchronous_commit`) is never among them: it stays as Postgres ships it, in tests too.
#[derive(Clone, Debug)]
pub struct Settings {
    max_connections: u32,
    shared_buffers_mib: u32,
    /// The log that is kept to be written anew. To make a file of it takes a while, in which
    /// nothing is committed.
    min_wal_size_mib: u32,
    max_wal_size_mib: u32,
}

impl Settings {
    /// For the house itself: memory is only taken when it is used, so a small machine bears it too.
    pub const fn production() -> Self {
        Self {
            max_connections: 100,
            shared_buffers_mib: 1024,
            min_wal_size_mib: 1024,
            max_wal_size_mib: 4096,
        }
    }

    /// For the one cluster that all tests share, each with a database and connections of its own.
    pub const fn shared_by_tests() -> Self {
        Self {
            max_connections: 300,
            shared_buffers_mib: 512,
            min_wal_size_mib: 256,
            max_wal_size_mib: 4096,
        }
    }

    /// For the many short lives of a cluster that is killed again and again.
    pub const fn short_lived() -> Self {
        Self {
            max_connections: 50,
            shared_buffers_mib: 128,
            min_wal_size_mib: 256,
            max_wal_size_mib: 512,
        }
    }

    /// The text of `postgresql.conf`.
    pub fn to_conf(&self, socket_dir: &str) -> String {
        let Self {
            max_connections,
            shared_buffers_mib,
            min_wal_size_mib,
            max_wal_size_mib,
        } = self;
        format!(
            "# Written anew at each start. Settings of your own go into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
port = {port}
max_connections = {max_connections}
shared_buffers = {shared_buffers_mib}MB
max_wal_size = {max_wal_size_mib}MB
min_wal_size = {min_wal_size_mib}MB
checkpoint_timeout = 15min
effective_io_concurrency = 100
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %d '
log_checkpoints = off
lc_messages = 'C'
datestyle = 'iso, ymd'
include_if_exists = 'local.conf'
",
            port = super::server::PORT,
        )
    }
}

/// The text of `pg_hba.conf`. The roles of the house are for those whom the kernel names as the
/// owner of the cluster or root; another role needs a password. The directory of the socket is
/// closed to everyone else in any case, and nobody comes over the network.
pub const HBA: &str = "\
local all postgres,cadastre peer map=house
local all all scram-sha-256
";

/// The text of `pg_ident.conf`: who may be which role of the house.
pub fn identities(owner: &str) -> String {
    let owner = format!("\"{}\"", owner.replace('"', "\"\""));
    let roles = [super::SUPERUSER, super::NAME];
    let lines = ["root", &owner].map(|user| roles.map(|role| format!("house {user} {role}\n")));
    lines.concat().concat()
}
