//! How the store is found that the settings name.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use crate::config::{self, Secret};

/// Why the store of files cannot be used, in sentences that name the fault and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none.
    #[error(
        "CADASTRE_FILES_URL is `{0}`; write `s3://bucket/prefix` or `file:///folder`, or leave it \
         out"
    )]
    Url(String),
    /// The folder cannot be made.
    #[error("the folder `{folder}` for files cannot be made: {source}; choose another")]
    Folder {
        /// Which folder.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The store does not answer as it should.
    #[error("the store of files cannot be used: {0}; see CADASTRE_FILES_URL and the AWS settings")]
    Store(#[from] object_store::Error),
}

type Opened = (Arc<dyn ObjectStore>, Path);

/// The store, and the place in it below which files lie.
pub(super) async fn store(
    settings: &config::Files,
    data: &std::path::Path,
) -> Result<Opened, OpenError> {
    let opened = match settings.files_url.as_deref() {
        None => folder(&data.join("files"))?,
        Some(url) => match url.split_once("://") {
            Some(("file", path)) if path.starts_with('/') => folder(path.as_ref())?,
            Some(("s3", rest)) => bucket(settings, url, rest)?,
            _ => return Err(OpenError::Url(url.to_owned())),
        },
    };
    // Asks what is there, so that a wrong key or bucket is told at the start.
    opened.0.list(Some(&opened.1)).try_next().await?;
    Ok(opened)
}

fn folder(path: &std::path::Path) -> Result<Opened, OpenError> {
    std::fs::create_dir_all(path).map_err(|source| OpenError::Folder {
        folder: path.display().to_string(),
        source,
    })?;
    let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
    Ok((Arc::new(store), Path::default()))
}

fn bucket(settings: &config::Files, url: &str, rest: &str) -> Result<Opened, OpenError> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(OpenError::Url(url.to_owned()));
    }
    // What a machine's own role needs stands in the environment under many more names.
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_region(&settings.aws_region)
        .with_allow_http(settings.aws_allow_http);
    if let Some(endpoint) = &settings.aws_endpoint_url {
        builder = builder
            .with_endpoint(endpoint)
            .with_virtual_hosted_style_request(false);
    }
    let secrets = [
        &settings.secrets.aws_access_key_id,
        &settings.secrets.aws_secret_access_key,
        &settings.secrets.aws_session_token,
    ];
    let [id, key, token] = secrets.map(|secret| secret.as_ref().map(Secret::reveal));
    if let Some(id) = id {
        builder = builder.with_access_key_id(id);
    }
    if let Some(key) = key {
        builder = builder.with_secret_access_key(key);
    }
    if let Some(token) = token {
        builder = builder.with_token(token);
    }
    let prefix = Path::parse(prefix.trim_matches('/')).map_err(object_store::Error::from)?;
    Ok((Arc::new(builder.build()?), prefix))
}
