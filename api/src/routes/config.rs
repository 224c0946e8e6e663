//! The settings of the platform, as an administrator sees and changes them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::Currency;
use domain::permission::Permission;
use domain::settings::{FeePair, HostCancellation, Settings, SettingsChanged};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Changed, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Asked};
use crate::json::{Fault, bodies};
use crate::problem::Problem;
use crate::view::Seen;

/// The routes below `/admin/config`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default().routes(routes!(show, change))
}

bodies! {
    /// Named settings; what is left out stays. They hold for what is decided from now on.
    pub struct ConfigChange {
        /// The platform's share of nights after discount and cleaning, in ten-thousandths.
        pub service_fee_basis_points: Option<u32>,
        /// What a host owes who calls off a confirmed stay, as a whole.
        pub host_cancellation: Option<HostCancellationBody>,
        /// How many requests of one guest for one listing may wait for money or for a yes at once.
        pub open_requests_max: Option<u32>,
        /// From so many days ahead on, nights are far ahead.
        pub far_ahead_days: Option<u32>,
        /// For how many minutes at most nights far ahead are held without money.
        pub far_ahead_hold_minutes: Option<u32>,
        /// For how many minutes at most nights far ahead are held for the host's answer.
        pub far_ahead_answer_minutes: Option<u32>,
    }

    /// What a host owes who calls off a confirmed stay.
    pub struct HostCancellationBody {
        /// So many days before check-in, or more, the early fee is owed; later the late one.
        pub early_days: u16,
        /// Sums in minor units, by currency.
        pub sums: BTreeMap<String, SumsBody>,
        /// Shares of the total in ten-thousandths, for a currency without a sum.
        pub shares: SharesBody,
    }

    /// What is owed, in minor units.
    pub struct SumsBody {
        /// So many days before, or more.
        pub early: i64,
        /// Later than that.
        pub late: i64,
    }

    /// What is owed, in ten-thousandths of the total.
    pub struct SharesBody {
        /// So many days before, or more.
        pub early: u32,
        /// Later than that.
        pub late: u32,
    }
}

/// The settings of the platform.
#[derive(Serialize, ToSchema)]
#[schema(as = Config)]
pub struct ConfigView {
    /// The platform's share of nights after discount and cleaning, in ten-thousandths.
    service_fee_basis_points: u32,
    /// What a host owes who calls off a confirmed stay.
    #[schema(value_type = HostCancellationBody)]
    host_cancellation: HostCancellation,
    /// How many requests of one guest for one listing may wait for money or for a yes at once.
    open_requests_max: u32,
    /// From so many days ahead on, nights are far ahead.
    far_ahead_days: u32,
    /// For how many minutes at most nights far ahead are held without money.
    far_ahead_hold_minutes: u32,
    /// For how many minutes at most nights far ahead are held for the host's answer.
    far_ahead_answer_minutes: u32,
}

impl From<Settings> for ConfigView {
    fn from(settings: Settings) -> Self {
        let Settings {
            service_fee_basis_points,
            host_cancellation,
            open_requests_max,
            far_ahead_days,
            far_ahead_hold_minutes,
            far_ahead_answer_minutes,
        } = settings;
        Self {
            service_fee_basis_points,
            host_cancellation,
            open_requests_max,
            far_ahead_days,
            far_ahead_hold_minutes,
            far_ahead_answer_minutes,
        }
    }
}

/// Shows the settings of the platform.
#[utoipa::path(get, path = "/api/v1/admin/config", tag = "operations",
    security(("bearer" = [])), responses((status = 200, body = Seen<ConfigView>)))]
async fn show(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    actor.require(Permission::ConfigChange)?;
    let (settings, version) = app.commands.platform_settings().await?;
    let view = ConfigView::from((*settings).clone());
    Ok(versioned(version, Json(view)))
}

/// Changes named settings, for what is decided from now on: a booking keeps what it was quoted.
#[utoipa::path(patch, path = "/api/v1/admin/config", tag = "operations",
    security(("bearer" = [])), request_body = ConfigChange,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Asked { body, context, .. }: Asked<ConfigChange>,
) -> Result<Changed, Problem> {
    let host_cancellation = body.host_cancellation.map(fees).transpose()?;
    let change = SettingsChanged {
        service_fee_basis_points: body.service_fee_basis_points,
        host_cancellation,
        open_requests_max: body.open_requests_max,
        far_ahead_days: body.far_ahead_days,
        far_ahead_hold_minutes: body.far_ahead_hold_minutes,
        far_ahead_answer_minutes: body.far_ahead_answer_minutes,
    };
    Ok(Changed(
        app.commands.change_settings(&context, change).await?,
    ))
}

fn fees(body: HostCancellationBody) -> Result<HostCancellation, Problem> {
    let sum = |(code, SumsBody { early, late }): (String, SumsBody)| {
        let currency: Currency = code.parse().map_err(|_| {
            let detail = "This is not a currency of ISO 4217 such as EUR.";
            let fault = Fault::at("/host_cancellation/sums", "unknown_currency", detail);
            Problem::faults("body_invalid", vec![fault])
        })?;
        Ok::<_, Problem>((currency, FeePair { early, late }))
    };
    Ok(HostCancellation {
        early_days: body.early_days,
        sums: body.sums.into_iter().map(sum).collect::<Result<_, _>>()?,
        shares: FeePair {
            early: body.shares.early,
            late: body.shares.late,
        },
    })
}
