//! Expensive pages take turns: a waiting user gets an explanation, and all other pages are served.
use std::{sync::Arc, task::Poll};

use crate::support::{
    Answer, Site,
    doors::ask,
    office::{Office, Person, folder},
    records::Records,
};
use adapters_http::{Access, Peer, expensive_routes, route_table};
use adapters_memory::MemoryStore;
use application::{Expensive, Turn};
use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::id::new_uuid;
use futures::poll;

/// On a store without timeouts, because the test advances the clock quickly.
async fn in_memory() -> Site {
    let store = Arc::new(MemoryStore::default());
    Site::of(Office::empty(store, folder()).await.staffed().await, false)
}

/// Takes all turns that other users can take. Глеб takes two turns for uploads himself.
async fn crowd(site: &Site) -> Vec<Turn> {
    let mut turns = Vec::new();
    for person in [Person::Anna, Person::Maxim, Person::Marina, Person::Alla, Person::Gleb] {
        let session = site.office.session(person).await;
        for work in Expensive::ALL.into_iter().filter(|it| person != Person::Gleb || *it == Expensive::Upload) {
            for _ in 0..2 {
                let mut turn = Box::pin(session.turn(work));
                if let Poll::Ready(turn) = poll!(turn.as_mut()) {
                    turns.push(turn.unwrap());
                }
            }
        }
    }
    turns
}

fn assert_is_told_to_wait(answer: &Answer, what: &str) -> u32 {
    assert_eq!(answer.status, 503, "{what}");
    assert!(answer.text().contains("Очередь"), "{what}");
    let seconds = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((3..8).contains(&seconds), "{what}: {seconds}");
    seconds
}

#[tokio::test(start_paused = true)]
async fn every_expensive_page_waits_for_its_turn_and_reloads_itself() {
    let site = in_memory().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let turns = crowd(&site).await;
    for (method, route, work) in expensive_routes() {
        let what = format!("{method} {route}, {work:?}");
        let answer = ask(&mut gleb, &method, route, &records).await;
        let seconds = assert_is_told_to_wait(&answer, &what);
        let comes_back = format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">");
        assert_eq!(answer.text().contains(&comes_back), method == Method::GET, "{what}");
        // A script gets a sentence.
        if method == Method::GET {
            let request = Request::get(records.path(route)).header("hx-request", "true");
            let answer = gleb.send(request, Body::empty()).await;
            assert_is_told_to_wait(&answer, &what);
            assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{what}");
        }
    }
    drop(turns);
    for (method, route, work) in expensive_routes() {
        let answer = ask(&mut gleb, &method, route, &records).await;
        assert_ne!(answer.status, 503, "{method} {route}, {work:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ordinary_pages_wait_only_if_they_search() {
    let site = in_memory().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let _turns = crowd(&site).await;
    let expensive: Vec<&str> = expensive_routes().into_iter().map(|it| it.1).collect();
    let mut searched = 0;
    for (method, route, who) in route_table() {
        if method != Method::GET || expensive.contains(&route) || who == Access::Anyone {
            continue;
        }
        let path = records.path(route);
        assert_ne!(gleb.get(&path).await.status, 503, "{path}");
        let joint = if path.contains('?') { '&' } else { '?' };
        for words in ["q=%D0%B0%D0%BD%D0%BD%D0%B0", "from=status%3Dnew%26q%3Danna"] {
            assert_is_told_to_wait(&gleb.get(&format!("{path}{joint}{words}")).await, route);
        }
        for none in ["q=", "q=+", "from=q%3D%26status%3Dnew"] {
            assert_ne!(gleb.get(&format!("{path}{joint}{none}")).await.status, 503, "{path} {none}");
        }
        searched += 1;
    }
    assert!(searched > 20, "{searched}");
    let upload = gleb.post_file("/contracts", &[("id", &new_uuid(site.office.crm.now()).to_string())], &[]).await;
    assert_is_told_to_wait(&upload, "a form with a file");
    for (path, from) in
        [("/leads/bulk".to_owned(), "q=anna"), (records.path("/leads/{id}/next-step"), "status=new&q=7")]
    {
        let form = [("all", "1"), ("do", "assign"), ("from", from)];
        let answer = gleb.post(&path, &form).await;
        assert_is_told_to_wait(&answer, &path);
        assert!(answer.text().contains("name=\"from\""), "the form can be sent again");
        assert_ne!(
            gleb.post(&path, &[("all", "1"), ("do", "assign"), ("from", "status=new")]).await.status,
            503,
            "{path}"
        );
    }
}

#[test]
fn routes_with_expensive_names_are_expensive_in_the_table() {
    let expensive = expensive_routes();
    for (method, route, _) in route_table() {
        let named = ["/export", "/statistics", "/similar", "/uploads"].iter().any(|it| route.contains(it))
            || (route.ends_with("/duplicates") && method == Method::GET);
        let listed = expensive.iter().any(|it| (&it.0, it.1) == (&method, route));
        assert_eq!(listed, named, "{method} {route}");
    }
}

#[tokio::test]
async fn administrators_see_an_unconfigured_proxy() {
    const ADVICE: &str = "VORONKA_TRUSTED_PROXIES=172.18.0.1</code>";
    let site = Site::new().await;
    let mut alla = site.browser(Person::Alla).await;
    let from = |peer: [u8; 4], path: &str| Request::get(path.to_owned()).extension(Peer(peer.into()));
    assert!(!alla.send(from([172, 18, 0, 1], "/users"), Body::empty()).await.text().contains("TRUSTED_PROXIES"));
    // A client on the internet, and the proxy.
    for peer in [[203, 0, 113, 9], [172, 18, 0, 1]] {
        alla.send(from(peer, "/leads").header("x-forwarded-for", "198.51.100.7"), Body::empty()).await;
    }
    let told = alla.get("/users").await.text();
    assert!(told.contains(ADVICE) && told.contains("через посредника 172.18.0.1") && !told.contains("203.0.113.9"));
    alla.post("/account/profile", &[("version", "1"), ("full_name", "Алла"), ("language", "en")]).await;
    let told = alla.get("/users").await.text();
    assert!(told.contains(ADVICE) && told.contains("come through 172.18.0.1"));
}
