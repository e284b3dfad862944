//! Which S3-compatible storage, and how to speak to it.
use std::{fmt, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};

use crate::SetupError;

const CONNECT: Duration = Duration::from_secs(5);
/// How long the storage may be silent. There is no limit to a whole answer: a person with a slow connection takes a
/// large document as slowly as that connection is.
const SILENCE: Duration = Duration::from_secs(30);
/// A person waits for the answer, so giving up comes early.
const RETRIES: usize = 3;
const RETRYING: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct S3Settings {
    /// The address of the storage without the bucket, such as `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    pub region: String,
    pub bucket: String,
    pub access_key: String,
    pub secret_key: String,
    /// Whether the bucket is in the path (`host/bucket`) rather than in the name of the host (`bucket.host`).
    pub path_style: bool,
    /// Whether the address may be `http://`, without encryption on the way.
    pub allow_http: bool,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("access_key", &self.access_key)
            .field("secret_key", &"…")
            .field("path_style", &self.path_style)
            .field("allow_http", &self.allow_http)
            .finish()
    }
}

impl S3Settings {
    pub(crate) fn client(&self) -> Result<AmazonS3, SetupError> {
        let address = self.address()?;
        // The HTTP client takes the process's implementation of cryptography and has none of its own. An error says
        // that the process has one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_timeout_disabled()
            .with_read_timeout(SILENCE)
            .with_allow_http(self.allow_http)
            // Otherwise a machine without any certificates could not even speak to an address that needs none.
            .with_no_system_certificates(address.starts_with("http://"));
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRYING, backoff: BackoffConfig::default() };
        let client = AmazonS3Builder::new()
            .with_client_options(options)
            .with_retry(retry)
            .with_endpoint(address)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(&self.secret_key)
            // Removing many at once is not part of what every S3-compatible storage can do.
            .with_disable_bulk_delete(true)
            .build()?;
        Ok(client)
    }

    /// What the client wants to be told: with the bucket, if that belongs to the name of the host.
    fn address(&self) -> Result<String, SetupError> {
        let refused = || SetupError::Endpoint { endpoint: self.endpoint.clone() };
        let (scheme, host) = self.endpoint.trim_end_matches('/').split_once("://").ok_or_else(refused)?;
        if host.is_empty() || !(scheme == "https" || self.allow_http && scheme == "http") {
            return Err(refused());
        }
        let bucket = if self.path_style { String::new() } else { format!("{}.", self.bucket) };
        Ok(format!("{scheme}://{bucket}{host}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: &str) -> S3Settings {
        S3Settings {
            endpoint: endpoint.into(),
            region: "eu-central-1".into(),
            bucket: "documents".into(),
            access_key: "voronka".into(),
            secret_key: "четыре слона".into(),
            path_style: true,
            allow_http: false,
        }
    }

    #[test]
    fn the_bucket_is_in_the_path_or_in_the_name_of_the_host() {
        let mut settings = settings("https://s3.example.com:9000/");
        assert_eq!(settings.address().unwrap(), "https://s3.example.com:9000");
        settings.path_style = false;
        assert_eq!(settings.address().unwrap(), "https://documents.s3.example.com:9000");
    }

    #[test]
    fn nothing_is_sent_in_the_clear_unless_that_is_allowed() {
        for endpoint in ["http://localhost:9000", "s3.example.com", "https://", ""] {
            assert!(matches!(settings(endpoint).client(), Err(SetupError::Endpoint { .. })), "{endpoint}");
        }
        let settings = S3Settings { allow_http: true, ..settings("http://localhost:9000") };
        assert!(settings.client().is_ok());
    }

    #[test]
    fn a_client_with_tls_can_be_made() {
        settings("https://s3.example.com").client().unwrap();
    }

    #[test]
    fn nothing_shows_the_secret_key() {
        assert!(!format!("{:?}", settings("https://s3.example.com")).contains("слона"));
    }
}
