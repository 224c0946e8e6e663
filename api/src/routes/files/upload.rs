//! Taking a file in: read to its limit, known by its content, kept, and only then told of.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{ClientKey, CommandError, Context, Who};
use domain::file::{
    ContentType, DeclareFile, FILE_BYTES_MAX, Pixels, Purpose, Visibility, clean_name,
};
use domain::id::{FileId, UserId};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::answer::{Created, Done};
use crate::app::App;
use crate::extract::{Actor, Key, Trail, context, request_hash};
use crate::files::Part;
use crate::files::content::{agrees, sniff};
use crate::files::picture::{self, Picture};
use crate::json::{Fault, word};
use crate::problem::Problem;

const FILE_LIMIT: usize = 10_000_000;
const _: () = assert!(
    FILE_LIMIT as u64 == FILE_BYTES_MAX,
    "both say how large a file is"
);
/// A file, the few words that go with it, and what stands between them.
pub const BODY_BYTES_MAX: usize = FILE_LIMIT + 65_536;
const WORD_BYTES_MAX: usize = 64;

/// A form with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form")]
pub(super) struct UploadForm {
    /// The file itself, at most 10 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `photo` (JPEG, PNG, GIF, WebP), `document` (PDF, XLSX, CSV) or `message` (all of them, and
    /// MP4 and `WebM`).
    #[schema(example = "photo")]
    purpose: String,
    /// `private`, where it is not said, or `public`.
    #[schema(example = "private")]
    visibility: Option<String>,
}

/// What was sent, and by whom.
pub(super) struct Upload {
    uploader: UserId,
    context: Context,
    given: Given,
}

/// The parts of the form.
struct Given {
    bytes: Bytes,
    name: String,
    declared: Option<String>,
    purpose: Purpose,
    visibility: Visibility,
}

/// A file that is fit to be kept.
struct Fit {
    content: ContentType,
    bytes: Bytes,
    pixels: Option<Pixels>,
    thumbnail: Option<Bytes>,
}

/// Uploads a file. It belongs to nothing until it is attached, and is deleted after a day if it
/// never is.
#[utoipa::path(post, path = "/api/v1/files", tag = "files", security(("bearer" = [])),
    request_body(content = inline(UploadForm), content_type = "multipart/form-data"),
    responses((status = 201, body = Done)))]
pub(super) async fn upload(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let seat = Arc::clone(&app.files.uploads).try_acquire_owned();
    let upload = Upload::read(request, &app).await;
    // Who asks is told first; then whether there is room.
    let Upload {
        uploader,
        context,
        given,
    } = upload?;
    let _seat = seat.map_err(|_| busy())?;
    let fit = fit(&app, &given).await?;
    let id = FileId(app.edge.mint.id());
    let sha256 = digest(&fit.bytes);
    let declare = DeclareFile {
        uploader,
        name: clean_name(&given.name, fit.content),
        purpose: given.purpose,
        visibility: given.visibility,
        content_type: fit.content,
        bytes: fit.bytes.len() as u64,
        sha256: sha256.clone(),
        pixels: fit.pixels,
        at: context.at,
    };
    let parts = [
        (Part::Whole, Some(fit.bytes)),
        (Part::Thumbnail, fit.thumbnail),
    ];
    for (part, bytes) in parts {
        if let Some(bytes) = bytes {
            let kept = app.files.put(part, id, &sha256, bytes).await;
            kept.map_err(|error| Problem::away(&error))?;
        }
    }
    let quota = app.files.settings.files_quota;
    let done = app
        .commands
        .declare_file(&context, id, &declare, quota)
        .await;
    let is_needed = match &done {
        // A repeated request is answered with the file of the first one.
        Ok(done) => done.id == id.to_string(),
        // What became of it nobody knows yet; the sweep will.
        Err(CommandError::Unavailable(_) | CommandError::Broken(_)) => true,
        Err(_) => false,
    };
    if !is_needed {
        app.files.forget(id, &sha256).await;
    }
    Ok(Created("files".to_owned(), done?).into_response())
}

fn busy() -> Problem {
    Problem::unavailable("overloaded", "Too many files are being uploaded.", 1)
}

pub(super) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Upload {
    async fn read(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Actor(caller) = Actor::from_request_parts(&mut parts, app).await?;
        let Key(key) = Key::from_request_parts(&mut parts, app).await?;
        let trail = Trail::from_request_parts(&mut parts, app).await?;
        let length = parts.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|v| v.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
            return Err(Problem::too_large(FILE_LIMIT));
        }
        let request = Request::from_parts(parts, body);
        let form = Multipart::from_request(request, app).await.map_err(|_| {
            Problem::unsupported("Send the file as a part of a `multipart/form-data` form.")
        })?;
        let given = given(form).await?;
        let who = Who::User {
            user: caller.user,
            session: caller.session,
        };
        let mut context = context(trail, who, &app.edge);
        context.key = key.map(|key| ClientKey {
            key,
            request_hash: given.hash(),
        });
        Ok(Self {
            uploader: caller.user,
            context,
            given,
        })
    }
}

impl Given {
    /// What makes a repeated upload the same: what it says, not where its parts are cut, which
    /// differs each time.
    fn hash(&self) -> [u8; 32] {
        let digest = Sha256::digest(&self.bytes);
        let said = format!("{:?} {:?} {:?}", self.purpose, self.visibility, self.name);
        let body = [digest.as_slice(), said.as_bytes()].concat();
        request_hash(&Method::POST, "/api/v1/files", None, &body)
    }
}

async fn given(mut form: Multipart) -> Result<Given, Problem> {
    let (mut file, mut purpose, mut visibility) = (None, None, None);
    let mut faults = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_twice = match name.as_str() {
            "file" => {
                let called = field.file_name().unwrap_or_default().to_owned();
                let declared = field.content_type().map(str::to_owned);
                let bytes = collect(field, FILE_LIMIT).await?;
                file.replace((bytes, called, declared)).is_some()
            }
            "purpose" => read_word(field, &mut faults, &mut purpose).await?,
            "visibility" => read_word(field, &mut faults, &mut visibility).await?,
            _ => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                let detail = format!("`{shown}` is not known here.");
                faults.push(Fault::at("/", "unknown_field", detail));
                false
            }
        };
        if is_twice {
            let detail = format!("`{name}` stands there twice; send one.");
            faults.push(Fault::at(&format!("/{name}"), "duplicate_key", detail));
        }
    }
    for (name, is_there) in [("file", file.is_some()), ("purpose", purpose.is_some())] {
        let pointer = format!("/{name}");
        if !is_there && !faults.iter().any(|f| f.pointer.as_ref() == Some(&pointer)) {
            let detail = format!("`{name}` is missing.");
            faults.push(Fault::at(&pointer, "missing_field", detail));
        }
    }
    match (file, purpose) {
        (Some((bytes, name, declared)), Some(purpose)) if faults.is_empty() => Ok(Given {
            bytes,
            name,
            declared,
            purpose,
            visibility: visibility.unwrap_or(Visibility::Private),
        }),
        _ => Err(Problem::faults("body_invalid", faults)),
    }
}

/// Reads one of the words of the domain; answers whether it was there before.
async fn read_word<T: serde::de::DeserializeOwned>(
    field: Field<'_>,
    faults: &mut Vec<Fault>,
    into: &mut Option<T>,
) -> Result<bool, Problem> {
    let pointer = format!("/{}", field.name().unwrap_or_default());
    let bytes = collect(field, WORD_BYTES_MAX).await?;
    match word(&String::from_utf8_lossy(&bytes)) {
        Ok(value) => Ok(into.replace(value).is_some()),
        Err((code, detail)) => {
            faults.push(Fault::at(&pointer, code, detail));
            Ok(false)
        }
    }
}

/// The bytes of a part, of at most `limit`; what lies beyond is not read.
async fn collect(mut field: Field<'_>, limit: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

#[expect(clippy::needless_pass_by_value, reason = "the form hands it over")]
fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(FILE_LIMIT);
    }
    tracing::debug!(%error, "a form cannot be read");
    Problem::unreadable("body_unreadable", "The form cannot be read to its end.")
}

/// Whether the file is what it should be, by its content.
async fn fit(app: &App, given: &Given) -> Result<Fit, Problem> {
    if given.bytes.is_empty() {
        let fault = Fault::at("/file", "file_empty", "There is nothing in the file.");
        return Err(Problem::faults("file_empty", vec![fault]));
    }
    let content = sniff(&given.bytes).ok_or_else(|| {
        Problem::unsupported("The file is of no format that is taken, whatever its name says.")
    })?;
    if !agrees(given.declared.as_deref(), content) {
        let detail = format!(
            "The file was sent as something else, but it is {}.",
            content.as_str()
        );
        return Err(Problem::unsupported(detail));
    }
    if !given.purpose.takes(content) {
        let detail = format!("{} is not taken for this purpose.", content.as_str());
        return Err(Problem::unsupported(detail));
    }
    if !content.is_picture() {
        return Ok(Fit {
            content,
            bytes: given.bytes.clone(),
            pixels: None,
            thumbnail: None,
        });
    }
    let picture = read_picture(app, given.bytes.clone(), content).await?;
    Ok(Fit {
        content,
        bytes: picture.bytes.into(),
        pixels: Some(picture.pixels),
        thumbnail: Some(picture.thumbnail.into()),
    })
}

/// Reads a picture beside the other requests, a few at a time.
async fn read_picture(app: &App, bytes: Bytes, content: ContentType) -> Result<Picture, Problem> {
    let seat = Arc::clone(&app.files.pictures).acquire_owned().await;
    let seat = seat.map_err(|error| Problem::internal(&error))?;
    let read = tokio::task::spawn_blocking(move || {
        // Held until the work is done, even if the one who asked has gone.
        let _seat = seat;
        picture::read(&bytes, content)
    });
    let read = read.await.map_err(|error| Problem::internal(&error))?;
    read.map_err(|fault| {
        let detail = format!("{}.", capital(&fault.to_string()));
        let errors = vec![Fault::at("/file", fault.code(), detail)];
        Problem::faults(fault.code(), errors)
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
