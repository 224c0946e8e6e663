//! Why the embedded Postgres cannot be used, in sentences that name the fault and the remedy.

use std::path::PathBuf;

/// Why the embedded Postgres cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No Postgres on this machine is recent enough.
    #[error(
        "no Postgres of version {oldest} or newer is installed here{}; install the package \
         `postgresql` (on Debian and Ubuntu: `apt-get install postgresql`), or point \
         `DATABASE_URL` at a Postgres of your own",
        found.as_ref().map(|f| format!(" (found only: {f})")).unwrap_or_default()
    )]
    NotInstalled {
        /// The oldest version that will do.
        oldest: u32,
        /// What was found instead.
        found: Option<String>,
    },
    /// The data was made by a version that is not installed.
    #[error(
        "the data in {} was made by Postgres {made_by}, and only {installed} is installed here; \
         install `postgresql-{made_by}`, or move the data over with `pg_upgrade`",
        path.display()
    )]
    OtherVersion {
        /// The cluster.
        path: PathBuf,
        /// The version that made it.
        made_by: u32,
        /// The versions that are here.
        installed: String,
    },
    /// The unprivileged owner of Postgres cannot reach the data.
    #[error(
        "Postgres runs as user `{owner}`, who cannot enter {}; choose another data directory with \
         `CADASTRE_DATA`, or allow it with `chmod o+x {}`",
        directory.display(), directory.display()
    )]
    CannotEnter {
        /// Who Postgres runs as.
        owner: String,
        /// The directory that is closed to it.
        directory: PathBuf,
    },
    /// The files belong to somebody else.
    #[error(
        "{} belongs to user {theirs}, and this runs as user {ours}; run it as that user or as \
         root, or choose another data directory with `CADASTRE_DATA`",
        path.display()
    )]
    OtherOwner {
        /// What belongs to somebody else.
        path: PathBuf,
        /// Whose it is, by number.
        theirs: u32,
        /// Who we are, by number.
        ours: u32,
    },
    /// Root, and no user to run Postgres as.
    #[error(
        "Postgres does not run as root, and there is no user `postgres` here to run it as; make \
         one with `useradd --system postgres`, or run this as an unprivileged user"
    )]
    NoOwner,
    /// The data belongs to a user whom other programs run as too.
    #[error(
        "{} belongs to the user `nobody`, whom other programs run as too, so that they could read \
         it; stop Postgres, give it a user of its own with `useradd --system postgres` and \
         `chown --recursive postgres: {}`, and start again",
        .0.display(), .0.display()
    )]
    SharedOwner(PathBuf),
    /// Another `serve` runs on this data.
    #[error(
        "another `cadastre serve` ({}) runs on the data in {}; stop it first, or choose another \
         data directory with `CADASTRE_DATA`",
        pid.map_or_else(|| "pid unknown".to_owned(), |pid| format!("pid {pid}")), data.display()
    )]
    Served {
        /// The process that holds the lock.
        pid: Option<u32>,
        /// The data that it holds.
        data: PathBuf,
    },
    /// The disk is full, or nearly so.
    #[error(
        "the disk of {} has {free_mib} MiB left, and at least {needed_mib} MiB are needed; make \
         room, or choose a data directory on another disk with `CADASTRE_DATA`",
        path.display()
    )]
    DiskFull {
        /// A path on the full disk.
        path: PathBuf,
        /// What is left.
        free_mib: u64,
        /// What is needed.
        needed_mib: u64,
    },
    /// A file or directory could not be used.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Postgres did not start.
    #[error("Postgres did not start: {why}\n{log}")]
    Start {
        /// Why, in short.
        why: String,
        /// What it wrote into its log meanwhile.
        log: String,
    },
    /// The socket is answered by another cluster.
    #[error(
        "the socket in {} belongs to the cluster in {theirs}; stop that one, or choose another \
         data directory with `CADASTRE_DATA`",
        socket.display()
    )]
    ForeignSocket {
        /// Our socket directory.
        socket: PathBuf,
        /// Whose cluster answers.
        theirs: String,
    },
    /// The secret is too short to derive keys from.
    #[error(
        "`CADASTRE_SECRET` has {length} bytes, and at least {least} are needed; make one with \
         `openssl rand -hex 32`"
    )]
    WeakSecret {
        /// How long it is.
        length: usize,
        /// How long it must be.
        least: usize,
    },
    /// The database was made under another secret.
    #[error(
        "this database was made with another secret, and what was derived from it (claims, tokens) \
         would not be found again; set `CADASTRE_SECRET` to the secret of then, or bring back the \
         file `secret` of its data directory"
    )]
    OtherSecret,
    /// Postgres runs, but answered with an error.
    #[error("Postgres answered with an error: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema of a test database could not be made: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl ClusterError {
    /// An error of the file system, with the path that it is about.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
