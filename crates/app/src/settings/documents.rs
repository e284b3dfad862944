//! The settings of where documents are kept.
use adapters_files::S3Settings;

use super::{Documents, Secret, Values, parse::truth, wrong};
use crate::failure::Failure;

pub(super) fn documents(values: &Values) -> Result<Documents, Failure> {
    match values.get("VORONKA_DOCUMENTS") {
        "folder" => Ok(Documents::Folder),
        "s3" => s3(values).map(Documents::S3),
        other => Err(wrong("VORONKA_DOCUMENTS", other, "folder or s3")),
    }
}

fn s3(values: &Values) -> Result<S3Settings, Failure> {
    let path_style = truth("VORONKA_S3_PATH_STYLE", values.get("VORONKA_S3_PATH_STYLE"))?;
    let allow_http = truth("VORONKA_S3_ALLOW_HTTP", values.get("VORONKA_S3_ALLOW_HTTP"))?;
    let secret_key = Secret::new(needed(values, "VORONKA_S3_SECRET_KEY")?);
    Ok(S3Settings {
        endpoint: endpoint(&needed(values, "VORONKA_S3_ENDPOINT")?, allow_http)?,
        region: values.get("VORONKA_S3_REGION").to_owned(),
        bucket: needed(values, "VORONKA_S3_BUCKET")?,
        access_key: needed(values, "VORONKA_S3_ACCESS_KEY")?,
        secret_key: secret_key.expose().to_owned(),
        path_style,
        allow_http,
    })
}

fn needed(values: &Values, name: &str) -> Result<String, Failure> {
    match values.get(name) {
        "" => Err(Failure::setting(format!("{name} is not set, but VORONKA_DOCUMENTS=s3 needs it."))),
        value => Ok(value.to_owned()),
    }
}

fn endpoint(value: &str, allow_http: bool) -> Result<String, Failure> {
    let host = match value.split_once("://") {
        Some(("https", host)) => host,
        Some(("http", host)) if allow_http => host,
        _ => "",
    };
    if host.trim_end_matches('/').is_empty() || host.contains('@') {
        let expected = "an address that begins with https:// (or with http://, if VORONKA_S3_ALLOW_HTTP is true)";
        return Err(wrong("VORONKA_S3_ENDPOINT", value, expected));
    }
    Ok(value.to_owned())
}
