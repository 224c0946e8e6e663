//! Who Postgres runs as: ourselves, or an unprivileged user when we are root.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::error::ClusterError;

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
            Some(theirs) if !theirs.is_root() => User::from_uid(theirs)
                .ok()
                .flatten()
                .map(Self::unprivileged)
                .ok_or(ClusterError::NoOwner),
            _ if ours.is_root() => Self::first_of(&["postgres", "nobody"]),
            _ => Self::ourselves(),
        }
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

    fn first_of(names: &[&str]) -> Result<Self, ClusterError> {
        let found = names
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten());
        found.map(Self::unprivileged).ok_or(ClusterError::NoOwner)
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
