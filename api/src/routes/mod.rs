//! The routes, by noun: take, ask, answer.

mod attachments;
mod audit;
mod auth;
mod bookings;
mod buildings;
mod config;
mod documents;
mod equipment;
mod exports;
mod files;
mod imports;
mod incidents;
mod listings;
pub mod lists;
mod occupants;
mod operations;
mod outages;
mod past;
mod payments;
mod photos;
mod processes;
mod sla_policies;
mod users;

pub use operations::operators;
pub use past::Past;

use axum::Router;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::middleware::layered;
use crate::openapi;

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(operations::router())
        .merge(auth::router())
        .merge(users::router())
        .merge(buildings::router())
        .merge(occupants::router())
        .merge(documents::router())
        .merge(equipment::router())
        .merge(incidents::router())
        .merge(attachments::router())
        .merge(sla_policies::router())
        .merge(outages::router())
        .merge(imports::router())
        .merge(listings::router())
        .merge(photos::router())
        .merge(bookings::router())
        .merge(payments::router())
        .merge(files::router())
        .merge(exports::router())
        .merge(config::router())
        .merge(audit::router())
        .merge(processes::router())
}

/// The whole API over `app`, every layer around it.
pub fn router(app: App) -> Router {
    let edge = app.edge.clone();
    let (routes, mut description) = described().split_for_parts();
    openapi::complete(&mut description);
    let description = description.to_json().unwrap_or_default();
    let description = get(move || async move {
        (
            [(axum::http::header::CONTENT_TYPE, "application/json")],
            description.clone(),
        )
    });
    let docs = SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from(openapi::PATH));
    let routes = routes
        .route(openapi::PATH, description)
        .merge(docs)
        .with_state(app);
    layered(routes, &edge)
}

/// The API's description of itself.
pub fn description() -> OpenApi {
    let mut description = described().into_openapi();
    openapi::complete(&mut description);
    description
}

#[cfg(test)]
mod tests;
