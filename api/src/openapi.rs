//! The API's description of itself: `OpenAPI` 3.1, taken from the routes.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

const ABOUT: &str = "Places, bookings and payments, event-sourced: every change is an event that \
is never changed again, every query reads a projection of events.

- A command answers `{\"id\", \"version\", \"position\"}`. Send an `Idempotency-Key` and it happens \
once, however often you ask; send `If-Match: \"<version>\"` and it happens only to what you saw.
- A query takes `min_position`: it waits until everything up to that position is in the answer, so \
that you read what you wrote.
- An error is `application/problem+json`; `code` is the word to program against.";

/// Where the description is found.
pub const PATH: &str = "/api/openapi.json";

/// The description without its routes.
pub fn base() -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The `access_token` of POST /api/v1/auth/login."))
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Cadastre")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(
                    LicenseBuilder::new().name("MIT OR Apache-2.0").build(),
                ))
                .build(),
        )
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme("bearer", SecurityScheme::Http(bearer))
                .build(),
        ))
        .build()
}
