//! Health checks for machines: whether the process lives, and whether it can serve requests.
use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::{
    Web,
    routes::{Access, Route, page},
};

/// How long the store may take to answer; the load balancer that asks does not wait much longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the process was told to stop. Clones share one flag, and it is never cleared.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/healthz", Access::Anyone, async || "ok"), page("/readyz", Access::Anyone, ready)]
}

async fn ready(State(web): State<Web>) -> Response {
    if web.stopping.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    match timeout(PATIENCE, web.crm.ready()).await {
        Ok(Ok(())) => "ready".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(error = error.source(), "not ready: the store cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, "The store cannot be read.").into_response()
        }
        Err(_) => {
            tracing::warn!("not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer.").into_response()
        }
    }
}
