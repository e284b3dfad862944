//! Health checks: whether the process lives, and whether it is ready for requests.
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{
    Answer, Site,
    office::{
        Office,
        failing::{Failing, Fuse},
        folder,
    },
};
use adapters_memory::MemoryStore;
use async_trait::async_trait;
use axum::{body::Body, http::Request};
use domain::store::{Mode, Result, Store, UnitOfWork};

/// A store that stops answering at some moment, without an error.
#[derive(Default)]
struct Falling {
    inner: MemoryStore,
    silent: Arc<AtomicBool>,
}

#[async_trait]
impl Store for Falling {
    async fn begin(&self, mode: Mode) -> Result<Box<dyn UnitOfWork>> {
        if self.silent.load(Ordering::Relaxed) { pending().await } else { self.inner.begin(mode).await }
    }

    fn readers(&self) -> usize {
        self.inner.readers()
    }
}

async fn over(store: impl Store) -> Site {
    Site::of(Office::empty(Arc::new(store), folder()).await, false)
}

fn assert_is(answer: &Answer, status: u16, text: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (status, text));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.set_cookies().is_empty());
}

#[tokio::test]
async fn a_process_with_a_store_is_live_and_ready() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        assert_is(&site.stranger().get("/healthz").await, 200, "ok");
        assert_is(&site.stranger().get("/readyz").await, 200, "ready");
    }
}

#[tokio::test]
async fn a_head_request_gets_the_same_response_without_a_body() {
    let site = Site::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = site.stranger().send(Request::head(path), Body::empty()).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn liveness_does_not_query_the_store() {
    let fuse = Fuse::default();
    let site = over(Failing { inner: MemoryStore::default(), fuse: fuse.clone() }).await;
    fuse.set(1);
    let mut browser = site.stranger();
    // With this cookie any other page would look up its session, and would show this message.
    browser.cookies = vec![("sid".into(), "ab".repeat(32)), ("notice".into(), "saved".into())];
    assert_is(&browser.get("/healthz").await, 200, "ok");
    assert!(!fuse.is_out(), "the store was queried");
}

#[tokio::test]
async fn it_is_not_ready_while_the_store_fails() {
    let fuse = Fuse::default();
    let site = over(Failing { inner: MemoryStore::default(), fuse: fuse.clone() }).await;
    for step in 1..=2 {
        fuse.set(step);
        assert_is(&site.stranger().get("/readyz").await, 503, "The store cannot be read.");
        assert!(fuse.is_out(), "step {step}");
        assert_is(&site.stranger().get("/readyz").await, 200, "ready");
    }
    fuse.set(3);
    assert_is(&site.stranger().get("/readyz").await, 200, "ready");
    assert!(!fuse.is_out(), "the store was asked for more than the cheapest query");
}

#[tokio::test]
async fn readiness_does_not_wait_for_a_hanging_store() {
    let store = Falling::default();
    let silent = Arc::clone(&store.silent);
    let site = over(store).await;
    silent.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    assert_is(&site.stranger().get("/readyz").await, 503, "The store does not answer.");
    let took = begun.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(3)).contains(&took), "{took:?}");
    assert_is(&site.stranger().get("/healthz").await, 200, "ok");
    silent.store(false, Ordering::Relaxed);
    assert_is(&site.stranger().get("/readyz").await, 200, "ready");
}

#[tokio::test]
async fn a_stopping_process_is_live_but_not_ready() {
    let site = Site::new().await;
    site.stopping.begin();
    assert_is(&site.stranger().get("/readyz").await, 503, "stopping");
    assert_is(&site.stranger().get("/healthz").await, 200, "ok");
    assert_eq!(site.stranger().get("/sign-in").await.status, 200);
}
