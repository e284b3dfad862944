//! A request body that fails when its sender is too slow.
use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use tokio::time::timeout_at;

use crate::Pace;

pub(crate) struct PacedBody {
    body: Body,
    pace: Pace,
}

/// The sender disconnected or is too slow.
#[derive(Debug)]
pub(crate) struct BodyStopped;

impl PacedBody {
    pub(crate) fn new(body: Body) -> Self {
        Self { body, pace: Pace::default() }
    }

    /// The next chunk, which is never empty, or `None` at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, BodyStopped> {
        loop {
            let until = self.pace.waits().ok_or(BodyStopped)?;
            let Ok(frame) = timeout_at(until, self.body.frame()).await else { continue };
            let Some(frame) = frame else { return Ok(None) };
            if let Ok(piece) = frame.map_err(|_| BodyStopped)?.into_data()
                && !piece.is_empty()
            {
                self.pace.moved(piece.len());
                return Ok(Some(piece));
            }
        }
    }
}
