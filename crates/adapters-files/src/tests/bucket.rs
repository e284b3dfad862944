//! Documents in S3, over HTTP to a server in this process.
use chrono::{DateTime, Utc};
use domain::{
    document::DocumentId,
    files::{Files, FilesError},
};

use super::{
    cases::{MIB, NO_LIMIT, Place, content, every_case_holds, future, new_id, sent},
    s3::{ACCESS_KEY, BUCKET, Server},
};
use crate::{DocumentFiles, S3Settings, key};

struct Bucket {
    server: Server,
    files: DocumentFiles,
}

async fn bucket() -> Bucket {
    let server = Server::start().await;
    let settings = S3Settings {
        endpoint: server.address.clone(),
        region: "eu-central-1".into(),
        bucket: BUCKET.into(),
        access_key: ACCESS_KEY.into(),
        secret_key: "a secret key".into(),
        path_style: true,
        allow_http: true,
    };
    let files = DocumentFiles::in_bucket(&settings).unwrap();
    Bucket { server, files }
}

impl Place for Bucket {
    fn files(&self) -> &dyn Files {
        &self.files
    }

    fn left(&self) -> usize {
        let held = self.server.held();
        held.objects.len() + held.uploads.len()
    }

    fn set_modified(&self, id: DocumentId, moment: DateTime<Utc>) {
        self.server.held().objects.get_mut(&key::of(id)).unwrap().modified = moment;
    }
}

every_case_holds!(bucket());

#[tokio::test]
async fn a_storage_that_refuses_is_unavailable_and_keeps_nothing() {
    for (length, refused_part) in [(1000, 0), (11 * MIB, 1), (11 * MIB, 3)] {
        let bucket = bucket().await;
        bucket.server.held().refused_part = Some(refused_part);
        let refused = bucket.files.put(new_id(), sent(&content(length), 65_000), NO_LIMIT).await;
        assert!(matches!(refused, Err(FilesError::Unavailable(_))), "{refused:?}");
        assert_eq!(bucket.left(), 0);
    }
}

#[tokio::test]
async fn another_bucket_is_not_ours() {
    let mut bucket = bucket().await;
    let settings = S3Settings {
        endpoint: bucket.server.address.clone(),
        region: "eu-central-1".into(),
        bucket: "another".into(),
        access_key: ACCESS_KEY.into(),
        secret_key: "a secret key".into(),
        path_style: true,
        allow_http: true,
    };
    bucket.files = DocumentFiles::in_bucket(&settings).unwrap();
    let refused = bucket.files.put(new_id(), sent(&content(1000), 100), NO_LIMIT).await;
    assert!(matches!(refused, Err(FilesError::Unavailable(_))), "{refused:?}");
    assert!(matches!(bucket.files.older_than(future(), 10).await, Err(FilesError::Unavailable(_))));
}
