//! Static files, embedded in the binary. Their URLs contain a hash of their content.
use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{Web, error};

pub(crate) struct Asset {
    url: LazyLock<String>,
    media_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

impl Asset {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

macro_rules! asset {
    ($file:literal, $name:literal, $media_type:literal) => {{
        const PLAIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/", $file));
        Asset {
            url: LazyLock::new(|| format!("/static/{:016x}/{}", fnv1a(PLAIN), $name)),
            media_type: $media_type,
            plain: PLAIN,
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".gz")),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".br")),
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

/// FNV-1a. The hash only has to change when the file changes.
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
    Router::new()
        .route("/static/{*path}", get(serve))
        .route("/favicon.ico", get(async |headers: HeaderMap| LOGO.answer(&headers)))
}

impl Asset {
    fn answer(&self, asked: &HeaderMap) -> Response {
        let headers = [
            (header::CONTENT_TYPE, self.media_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
        ];
        if accepts(asked, "br") {
            (headers, [(header::CONTENT_ENCODING, "br")], self.brotli).into_response()
        } else if accepts(asked, "gzip") {
            (headers, [(header::CONTENT_ENCODING, "gzip")], self.gzip).into_response()
        } else {
            (headers, self.plain).into_response()
        }
    }
}

/// RFC 9110, 12.5.3. A weight of zero is a refusal. Other weights are ignored, because browsers do not send them.
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let named = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    named.flat_map(|it| it.split(',')).any(|it| {
        let mut parts = it.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts.find_map(|it| it.strip_prefix("q=")?.parse::<f32>().ok());
        is_it && weight.is_none_or(|it| it > 0.0)
    })
}

async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match ALL.iter().find(|it| it.url().strip_prefix("/static/") == Some(path.as_str())) {
        Some(asset) => asset.answer(&headers),
        None => error::plain_not_found(),
    }
}
