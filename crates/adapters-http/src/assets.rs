//! Static files, in the binary, under URLs that change when they do.
use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{Web, error};

pub(crate) struct Asset {
    url: LazyLock<String>,
    media_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

macro_rules! asset {
    ($file:literal, $name:literal, $media_type:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../assets/", $file));
        Asset {
            url: LazyLock::new(|| format!("/static/{:016x}/{}", fnv1a(BYTES), $name)),
            media_type: $media_type,
            bytes: BYTES,
        }
    }};
}

pub(crate) static CSS: Asset = asset!("style.css", "style.css", "text/css; charset=utf-8");
pub(crate) static JS: Asset = asset!("app.js", "app.js", "text/javascript; charset=utf-8");
pub(crate) static KEYS: Asset = asset!("keys.js", "keys.js", "text/javascript; charset=utf-8");
pub(crate) static HTMX: Asset = asset!("vendor/htmx.min.js", "htmx.js", "text/javascript; charset=utf-8");
pub(crate) static ICONS: Asset = asset!("vendor/icons.svg", "icons.svg", "image/svg+xml");
pub(crate) static LOGO: Asset = asset!("logo.svg", "logo.svg", "image/svg+xml");
static ALL: [&Asset; 6] = [&CSS, &JS, &KEYS, &HTMX, &ICONS, &LOGO];

/// FNV-1a: only has to differ when the file does.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/static/{*path}", get(serve)).route("/favicon.ico", get(async || LOGO.answer()))
}

impl Asset {
    fn answer(&self) -> Response {
        let headers =
            [(header::CONTENT_TYPE, self.media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
        (headers, self.bytes).into_response()
    }
}

async fn serve(Path(path): Path<String>) -> Response {
    match ALL.iter().find(|it| it.url().strip_prefix("/static/") == Some(path.as_str())) {
        Some(asset) => asset.answer(),
        None => error::plain_not_found(),
    }
}
