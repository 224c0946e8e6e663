//! Commands on files. What a file belongs to is changed together with the file, in one append.

use chrono::TimeDelta;
use domain::file::{
    AttachFile, ChangeFile, DeclareFile, DeleteFile, DetachFile, ExpireFile, File, FileCommand,
    FileOwner,
};
use domain::id::{FileId, UserId};
use domain::permission::Permission;
use domain::quota::{Quota, QuotaCommand};

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{Wanted, fresh, want};

impl Commands {
    /// Tells of a file whose bytes are in the store. All files of its uploader together take at
    /// most `quota` bytes.
    pub async fn declare_file(
        &self,
        context: &Context,
        id: FileId,
        declare: &DeclareFile,
        quota: u64,
    ) -> Result<Done, CommandError> {
        let uploader = declare.uploader;
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::FileUpload)?;
            d.decide::<File>(id, &FileCommand::Declare(declare.clone()))?;
            let charge = QuotaCommand::Charge {
                bytes: declare.bytes,
                limit: quota,
            };
            d.decide::<Quota>(uploader, &charge).map(drop)
        };
        let streams = vec![fresh::<File>(id)?, want::<Quota>(uploader)?];
        self.dispatch
            .command(context, "file.declare", id.to_string(), streams, &decide)
            .await
    }

    /// Changes named fields of a file of one's own.
    pub async fn change_file(
        &self,
        context: &Context,
        id: FileId,
        change: ChangeFile,
    ) -> Result<Done, CommandError> {
        let change = FileCommand::Change(change);
        let decide = |d: &mut Decision<'_>| {
            require_own(d, id)?;
            d.decide::<File>(id, &change).map(drop)
        };
        let streams = vec![want::<File>(id)?];
        self.dispatch
            .command(context, "file.change", id.to_string(), streams, &decide)
            .await
    }

    /// Deletes a file of one's own that belongs to nothing.
    pub async fn delete_file(&self, context: &Context, id: FileId) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            require_own(d, id)?;
            remove(d, id, &FileCommand::Delete(DeleteFile {}))
        };
        let streams = self.with_quota(id).await?;
        self.dispatch
            .command(context, "file.delete", id.to_string(), streams, &decide)
            .await
    }

    /// Deletes a file that has belonged to nothing for as long as `after`.
    pub async fn expire_file(
        &self,
        context: &Context,
        id: FileId,
        after: TimeDelta,
    ) -> Result<Done, CommandError> {
        let at = context.at;
        let expire = FileCommand::Expire(ExpireFile { after, at });
        let decide = |d: &mut Decision<'_>| remove(d, id, &expire);
        let streams = self.with_quota(id).await?;
        self.dispatch
            .command(context, "file.expire", id.to_string(), streams, &decide)
            .await
    }

    /// The file and the quota of its uploader, who never changes.
    async fn with_quota(&self, id: FileId) -> Result<Vec<Wanted>, CommandError> {
        let (file, _) = self.dispatch.peek::<File>(id).await?;
        let uploader = file.known().map(|known| known.uploader);
        let uploader = uploader.ok_or_else(|| CommandError::unknown("file"))?;
        Ok(vec![want::<File>(id)?, want::<Quota>(uploader)?])
    }
}

fn uploader(d: &Decision<'_>, id: FileId) -> Result<UserId, CommandError> {
    let known = d.state::<File>(id)?.known();
    let known = known.ok_or_else(|| CommandError::unknown("file"))?;
    Ok(known.uploader)
}

/// To anyone but its uploader there is no such file.
fn require_own(d: &Decision<'_>, id: FileId) -> Result<(), CommandError> {
    if d.permissions()?.allows(Permission::FileUpload) && d.context.user()? == uploader(d, id)? {
        Ok(())
    } else {
        Err(CommandError::unknown("file"))
    }
}

fn remove(d: &mut Decision<'_>, id: FileId, command: &FileCommand) -> Result<(), CommandError> {
    let uploader = uploader(d, id)?;
    let bytes = d.state::<File>(id)?.kept().map(|known| known.bytes);
    if !d.decide::<File>(id, command)? {
        return Ok(());
    }
    let bytes = bytes.unwrap_or_default();
    d.decide::<Quota>(uploader, &QuotaCommand::Release { bytes })
        .map(drop)
}

/// Attaches a file that the one who asks has uploaded himself.
pub(crate) fn attach(
    d: &mut Decision<'_>,
    id: FileId,
    owner: FileOwner,
) -> Result<(), CommandError> {
    require_own(d, id)?;
    d.decide::<File>(id, &FileCommand::Attach(AttachFile { owner }))
        .map(drop)
}

/// Takes a file off what it belongs to, whoever has uploaded it.
pub(crate) fn detach(
    d: &mut Decision<'_>,
    id: FileId,
    owner: FileOwner,
) -> Result<(), CommandError> {
    let at = d.context.at;
    d.decide::<File>(id, &FileCommand::Detach(DetachFile { owner, at }))
        .map(drop)
}
