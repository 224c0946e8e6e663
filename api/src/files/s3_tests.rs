//! The store on a server that speaks S3, over real HTTP with real signatures.

use std::net::SocketAddr;

use axum::http::StatusCode;
use chrono::TimeDelta;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use image::ImageFormat;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Files, OpenError};
use crate::config::{self, Serve};
use crate::serve::testing::{Platform, picture};
use crate::testing::settings;

const KEY: &str = "the-key-of-the-test";
const SECRET: &str = "the-secret-of-the-test";
const BUCKET: &str = "cadastre-files";

/// A server with one bucket, as long as the folder is there.
async fn server() -> (SocketAddr, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                let socket = TokioIo::new(socket);
                drop(builder.serve_connection(socket, service).await);
            });
        }
    });
    (address, folder)
}

fn secrets(key: &str) -> config::FilesSecrets {
    config::FilesSecrets {
        aws_access_key_id: Some(KEY.parse().unwrap()),
        aws_secret_access_key: Some(key.parse().unwrap()),
        aws_session_token: None,
    }
}

fn on(address: SocketAddr) -> config::Files {
    config::Files {
        files_url: Some(format!("s3://{BUCKET}/some/prefix")),
        secrets: secrets(SECRET),
        aws_endpoint_url: Some(format!("http://{address}")),
        aws_allow_http: true,
        ..settings().files
    }
}

/// What lies in the bucket below the prefix.
fn objects(folder: &TempDir) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&folder.path().join(BUCKET).join("some/prefix"))
}

#[tokio::test]
async fn files_lie_in_a_bucket_from_the_upload_to_the_sweep() {
    let (address, folder) = server().await;
    let p = Platform::start_with(|settings: &mut Serve| settings.files = on(address)).await;
    let ana = p.user("ana", &["member"]).await;
    let bytes = picture(400, 300, ImageFormat::Png);
    let id = p.upload(&ana, "photo", &bytes).await;
    assert_eq!(objects(&folder), 2, "the picture and its thumbnail");

    let path = format!("files/{id}");
    assert_eq!(p.get(&ana, &path).await.bytes, bytes);
    let part = p.get(&ana.with("range", "bytes=-8"), &path).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes, bytes[bytes.len() - 8..]);
    let small = p.get(&ana, &format!("{path}/thumbnail")).await;
    let small = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((small.width(), small.height()), (320, 240));
    p.done(&ana, "DELETE", &path, Value::Null).await;
    assert_eq!(objects(&folder), 0);

    // Bytes whose event never came: the bucket is listed, and they are found.
    let store = &p.cleanup.files;
    let orphan = uuid::Uuid::from_u128(7).into();
    let sha256 = "0".repeat(64);
    let left = axum::body::Bytes::from_static(b"left over");
    store
        .put(super::Part::Whole, orphan, &sha256, left)
        .await
        .unwrap();
    assert_eq!(objects(&folder), 1);
    p.clock.advance(TimeDelta::days(366));
    assert_eq!(p.cleanup.sweep().await.unwrap().objects, 1);
    assert_eq!(objects(&folder), 0);
    p.stop().await;
}

#[tokio::test]
async fn a_wrong_key_bucket_or_address_is_told_at_the_start() {
    let (address, folder) = server().await;
    let open = async |settings: config::Files| Files::open(&settings, folder.path()).await;
    assert!(open(on(address)).await.is_ok());
    let wrong = config::Files {
        secrets: secrets("another"),
        ..on(address)
    };
    let refused = open(wrong).await.err().unwrap();
    assert!(matches!(refused, OpenError::Store(_)), "{refused}");
    let wrong = config::Files {
        files_url: Some("s3://nowhere".to_owned()),
        ..on(address)
    };
    let refused = open(wrong).await.err().unwrap();
    assert!(matches!(refused, OpenError::Store(_)), "{refused}");
    for url in ["s3://", "gs://bucket", "files", "file://relative"] {
        let wrong = config::Files {
            files_url: Some(url.to_owned()),
            ..on(address)
        };
        let refused = open(wrong).await.err().unwrap();
        assert!(matches!(refused, OpenError::Url(_)), "{url}: {refused}");
    }
}
