//! The API's description of itself: `OpenAPI` 3.1, taken from the routes.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi,
    OpenApiBuilder, Ref, Required, ResponseBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::json::Fault;
use crate::problem::{NextFree, ProblemBody};

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

/// Says of every route what is so for all: how it refuses, and which headers a command takes.
pub fn complete(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let takes_key = path.starts_with("/api/v1/") && !path.starts_with("/api/v1/auth/");
        let PathItem {
            get,
            put,
            post,
            delete,
            patch,
            ..
        } = item;
        for operation in [get].into_iter().flatten() {
            refuse(operation);
        }
        for operation in [put, post, delete, patch].into_iter().flatten() {
            refuse(operation);
            if takes_key && operation.security.is_some() {
                let parameters = operation.parameters.get_or_insert_default();
                parameters.extend([key(), version()].map(Into::into));
            }
        }
    }
    let schemas = &mut description.components.get_or_insert_default().schemas;
    schemas.insert("Problem".to_owned(), ProblemBody::schema());
    schemas.insert(Fault::name().into_owned(), Fault::schema());
    schemas.insert(NextFree::name().into_owned(), NextFree::schema());
}

fn refuse(operation: &mut Operation) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let response = ResponseBuilder::new()
        .description("Why not; `code` is the word to program against.")
        .content("application/problem+json", content);
    operation
        .responses
        .responses
        .insert("default".to_owned(), response.build().into());
}

fn key() -> Parameter {
    header(
        "Idempotency-Key",
        "1 to 255 printable ASCII characters: it happens once.",
    )
}

fn version() -> Parameter {
    header(
        "If-Match",
        "One strong tag such as `\"3\"`: it happens only to that version.",
    )
}

fn header(name: &str, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
