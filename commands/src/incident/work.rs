//! What is done about an incident.

use domain::id::{CommentId, IncidentId, UserId};
use domain::incident::{
    AssignIncident, Assignee, By, ChangeIncident, CommentIncident, Incident, IncidentCommand,
    MoveIncident, Step, Visibility,
};
use domain::user::User;

use super::docket::is_on_docket;
use super::rules::{authorize, case, is_fit, is_reporter, require_reporter, require_to_see};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Changes named fields of an incident.
    pub async fn change_incident(
        &self,
        context: &Context,
        id: IncidentId,
        command: ChangeIncident,
    ) -> Result<Done, CommandError> {
        let command = IncidentCommand::Change(command);
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id)?;
            d.decide::<Incident>(id, &command).map(drop)
        };
        self.on_incident(context, "incident.change", id, None, &decide)
            .await
    }

    /// Lets a user do something about it, who has to be active and allowed to; or nobody.
    pub async fn assign_incident(
        &self,
        context: &Context,
        id: IncidentId,
        user: Option<UserId>,
    ) -> Result<Done, CommandError> {
        let command = IncidentCommand::Assign(AssignIncident {
            assignee: user.map(|user| Assignee::User { user }),
        });
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id)?;
            if let Some(user) = user
                && !is_fit(d, user)?
            {
                return Err(CommandError::invalid(
                    "assignee_unfit",
                    "/assignee",
                    "the assignee has to be an active user with the permission `incident.work`",
                ));
            }
            d.decide::<Incident>(id, &command).map(drop)
        };
        self.on_incident(context, "incident.assign", id, user, &decide)
            .await
    }

    /// Goes a step along the table. Of a reopening only the reason has to be said.
    pub async fn move_incident(
        &self,
        context: &Context,
        id: IncidentId,
        step: Step,
    ) -> Result<Done, CommandError> {
        let name = name_of(&step);
        if is_on_docket(step.verb()) {
            return self.settle_incident(context, name, id, &step).await;
        }
        let decide = |d: &mut Decision<'_>| go(d, id, step.clone());
        self.on_incident(context, name, id, None, &decide).await
    }

    /// Says something about an incident. Answers the comment's id.
    pub async fn comment_incident(
        &self,
        context: &Context,
        id: IncidentId,
        comment: CommentId,
        text: &str,
        visibility: Visibility,
    ) -> Result<Done, CommandError> {
        let by = context.user()?;
        let decide = |d: &mut Decision<'_>| {
            let staff = require_to_see(d, id)?;
            let command = CommentIncident {
                comment,
                by,
                staff,
                text: text.to_owned(),
                visibility,
            };
            d.decide::<Incident>(id, &IncidentCommand::Comment(command))
                .map(drop)
        };
        let streams = vec![want::<Incident>(id)?];
        let answer_id = comment.to_string();
        self.dispatch
            .command(context, "incident.comment", answer_id, streams, &decide)
            .await
    }

    /// The incident as far as this process knows.
    pub async fn incident(&self, id: IncidentId) -> Result<std::sync::Arc<Incident>, CommandError> {
        Ok(self.dispatch.peek::<Incident>(id).await?.0)
    }

    async fn on_incident(
        &self,
        context: &Context,
        name: &'static str,
        id: IncidentId,
        user: Option<UserId>,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let mut streams = vec![want::<Incident>(id)?];
        if let Some(user) = user {
            streams.push(want::<User>(user)?);
        }
        self.dispatch
            .command(context, name, id.to_string(), streams, decide)
            .await
    }
}

pub(super) fn go(d: &mut Decision<'_>, id: IncidentId, step: Step) -> Result<(), CommandError> {
    case(d, id)?;
    match step.verb().by() {
        By::Reporter => require_reporter(d, id)?,
        By::Either if is_reporter(d, id)? => require_to_see(d, id).map(drop)?,
        By::Staff | By::Either => authorize(d, id)?,
    }
    let by = d.context.user().map_or(d.context.command_id, |user| user.0);
    let at = d.context.at;
    let command = IncidentCommand::Move(MoveIncident { step, by, at });
    d.decide::<Incident>(id, &command).map(drop)
}

fn name_of(step: &Step) -> &'static str {
    match step {
        Step::Start => "incident.start",
        Step::Release => "incident.release",
        Step::Defer { .. } => "incident.defer",
        Step::Resume => "incident.resume",
        Step::Complete { .. } => "incident.complete",
        Step::Close => "incident.close",
        Step::Reopen { .. } => "incident.reopen",
        Step::Decline { .. } => "incident.decline",
        Step::Withdraw => "incident.withdraw",
    }
}
