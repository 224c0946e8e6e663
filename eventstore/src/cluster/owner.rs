//! Who Postgres runs as: ourselves, or an unprivileged user when we are root.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::error::ClusterError;

/// Who Postgres runs as when root starts it.
const FOR_ROOT: &str = "postgres";
/// The user of all programs that have none of their own.
const SHARED: &str = "nobody";

/// The user that Postgres and its files belong to.
#[derive(Clone, Debug)]
pub struct Owner {
    uid: Uid,
    gid: Gid,
    name: String,
    is_other: bool,
}

impl Owner {
    /// Who a cluster in `directory` belongs to: whoever made it, or whom we would choose.
    pub fn of(directory: &Path) -> Result<Self, ClusterError> {
        let ours = geteuid();
        let made_by = fs::metadata(directory).ok().map(|m| Uid::from_raw(m.uid()));
        match made_by {
            Some(theirs) if theirs == ours && !ours.is_root() => Self::ourselves(),
            Some(theirs) if !ours.is_root() => Err(ClusterError::OtherOwner {
                path: directory.into(),
                theirs: theirs.as_raw(),
                ours: ours.as_raw(),
            }),
            Some(theirs) if !theirs.is_root() => {
                let user = User::from_uid(theirs).ok().flatten();
                Self::of_its_own(user, directory)
            }
            _ if ours.is_root() => {
                Self::of_its_own(User::from_name(FOR_ROOT).ok().flatten(), directory)
            }
            _ => Self::ourselves(),
        }
    }

    /// Refuses a user whom many programs share: each of them could read the data.
    fn of_its_own(user: Option<User>, directory: &Path) -> Result<Self, ClusterError> {
        let user = user.ok_or(ClusterError::NoOwner)?;
        if user.name == SHARED {
            return Err(ClusterError::SharedOwner(directory.into()));
        }
        Ok(Self::unprivileged(user))
    }

    fn ourselves() -> Result<Self, ClusterError> {
        let user = User::from_uid(geteuid())
            .ok()
            .flatten()
            .ok_or(ClusterError::NoOwner)?;
        Ok(Self {
            is_other: false,
            ..Self::unprivileged(user)
        })
    }

    fn unprivileged(user: User) -> Self {
        Self {
            uid: user.uid,
            gid: user.gid,
            name: user.name,
            is_other: true,
        }
    }

    /// A command that runs as this user, in `directory`, out of reach of the terminal's Ctrl-C and
    /// of whatever the environment says about another Postgres.
    pub fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).process_group(0).env_clear();
        command
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C");
        if self.is_other {
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
        command
    }

    /// Makes `directory`, closed to everyone else, or checks that it is just that already: in a
    /// place open to all, such as `/tmp`, somebody else may have put it there first.
    pub fn private_directory(&self, directory: &Path) -> Result<(), ClusterError> {
        match DirBuilder::new().mode(0o700).create(directory) {
            Ok(()) => self.give(directory)?,
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(ClusterError::file(directory)(e)),
        }
        let found = fs::symlink_metadata(directory).map_err(ClusterError::file(directory))?;
        if found.is_dir() && found.uid() == self.uid.as_raw() {
            fs::set_permissions(directory, Permissions::from_mode(0o700))
                .map_err(ClusterError::file(directory))?;
            return Ok(());
        }
        Err(ClusterError::OtherOwner {
            path: directory.into(),
            theirs: found.uid(),
            ours: self.uid.as_raw(),
        })
    }

    /// Hands a file of ours to this user.
    pub fn give(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.is_other {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid)).map_err(|e| ClusterError::file(path)(e.into()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lets this user, and nobody else, pass through a directory of ours that is closed to everyone
    /// or that an earlier version left open to be passed through.
    pub fn let_through(&self, directory: &Path) -> Result<(), ClusterError> {
        let fault = || ClusterError::file(directory);
        let found = fs::metadata(directory).map_err(fault())?;
        let is_ours = found.uid() == geteuid().as_raw();
        if !is_ours || !matches!(found.mode() & 0o777, 0o700 | 0o710 | 0o711) {
            return Ok(());
        }
        if !self.is_other {
            return fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(fault());
        }
        chown(directory, None, Some(self.gid)).map_err(|e| fault()(e.into()))?;
        fs::set_permissions(directory, Permissions::from_mode(0o710)).map_err(fault())
    }

    /// Refuses a directory that this user cannot reach, naming the first one that is closed.
    pub fn check_can_enter(&self, directory: &Path) -> Result<(), ClusterError> {
        if !self.is_other {
            return Ok(());
        }
        let mut above: Vec<_> = directory.ancestors().collect();
        above.reverse();
        for ancestor in above {
            let found = fs::metadata(ancestor).map_err(ClusterError::file(ancestor))?;
            if !self.may_enter(&found) {
                return Err(ClusterError::CannotEnter {
                    owner: self.name.clone(),
                    directory: ancestor.into(),
                });
            }
        }
        Ok(())
    }

    fn may_enter(&self, directory: &Metadata) -> bool {
        let shift = if directory.uid() == self.uid.as_raw() {
            6
        } else if directory.gid() == self.gid.as_raw() {
            3
        } else {
            0
        };
        directory.mode() >> shift & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_whom_many_programs_share_is_refused_with_the_remedy() {
        let directory = Path::new("/srv/data/postgres");
        let shared = User::from_name(SHARED).ok().flatten();

        let refused = Owner::of_its_own(None, directory).unwrap_err().to_string();
        assert!(refused.contains("useradd --system postgres"), "{refused}");

        if shared.is_some() {
            let refused = Owner::of_its_own(shared, directory)
                .unwrap_err()
                .to_string();
            assert!(
                refused.contains("chown --recursive postgres: /srv/data/postgres"),
                "{refused}"
            );
        }
    }
}
