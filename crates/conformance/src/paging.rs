//! Lists in pages: every record once, whichever way somebody walks.
use domain::{
    lead::{Lead, LeadFilter, LeadStage},
    page::{Cursor, Page, PageRequest, Position, Total},
    record::Record,
    service::ServiceFilter,
    spend::{SpendEntry, SpendFilter},
    store::Store,
};
use uuid::Uuid;

use crate::{
    fixtures,
    support::{Stored, change, list, reading, save, writing},
    world::{World, for_every_kind},
};

const WORLDS: u32 = 7;

fn ids<R: Record>(page: &Page<R>) -> Vec<Uuid> {
    page.items.iter().map(|it| it.id().into()).collect()
}

async fn page<R: Stored>(store: &dyn Store, filter: &R::Filter, cursor: Cursor, size: usize) -> Page<R> {
    list(store, filter, PageRequest::sized(cursor, size.try_into().unwrap())).await
}

/// Walks to the end and back again in pages of several sizes.
pub(crate) async fn walk<R: Stored>(store: &dyn Store, filter: &R::Filter, expected: &[Uuid]) {
    let total = Total::Exactly(expected.len().try_into().unwrap());
    for (before, id) in (0..).map(Total::Exactly).zip(expected) {
        let found = R::of(&mut reading(store).await).position(filter, (*id).into()).await.unwrap();
        assert_eq!(found, Some(Position { before, is_listed: true }), "{id} in {filter:?}");
    }
    for size in [1, 2, 3, expected.len(), expected.len() + 1] {
        let mut cursor = Cursor::Start;
        for (at, part) in expected.chunks(size).enumerate() {
            let forward = page::<R>(store, filter, cursor, size).await;
            let seen = at * size + part.len();
            let told = (ids(&forward), forward.has_newer, forward.has_older, forward.total);
            assert_eq!(told, (part.to_vec(), at > 0, seen < expected.len(), total), "page {at} of {size}, {filter:?}");
            cursor = Cursor::After(*part.last().unwrap());
        }
        let behind = page::<R>(store, filter, cursor, size).await;
        let told = (ids(&behind), behind.has_newer, behind.has_older, behind.total);
        assert_eq!(told, (vec![], true, false, total), "behind the last of {filter:?}");

        let mut cursor = Cursor::Before(*expected.last().unwrap());
        let others = &expected[..expected.len() - 1];
        for (at, part) in others.rchunks(size).enumerate() {
            let backward = page::<R>(store, filter, cursor, size).await;
            let seen = at * size + part.len();
            let told = (ids(&backward), backward.has_newer, backward.has_older, backward.total);
            assert_eq!(told, (part.to_vec(), seen < others.len(), true, total), "back {at} of {size}, {filter:?}");
            cursor = Cursor::Before(part[0]);
        }
        let ahead = page::<R>(store, filter, cursor, size).await;
        let told = (ids(&ahead), ahead.has_newer, ahead.has_older, ahead.total);
        assert_eq!(told, (vec![], false, true, total), "ahead of the first of {filter:?}");
    }
}

async fn walks_all<R: Stored>(store: &dyn Store, newest: &R, worlds: &[World], pick: fn(&World) -> &R) {
    let expected: Vec<Uuid> = worlds.iter().rev().map(|it| pick(it).id().into()).collect();
    assert_eq!(expected[0], newest.id().into());
    walk::<R>(store, &R::Filter::default(), &expected).await;
}

async fn worlds(store: &dyn Store) -> Vec<World> {
    let worlds: Vec<World> = (1..=WORLDS).map(World::new).collect();
    // Saved out of order, because the order of a list is that of the ids, not that of the writing.
    for at in [3, 0, 6, 1, 5, 2, 4] {
        let it: &World = &worlds[at];
        it.save(store).await;
    }
    worlds
}

pub async fn every_kind_is_listed_newest_first_each_record_once(store: &dyn Store) {
    let worlds = worlds(store).await;
    let newest = &worlds[worlds.len() - 1];
    walks_all(store, &newest.role, &worlds, |it| &it.role).await;
    walks_all(store, &newest.user, &worlds, |it| &it.user).await;
    walks_all(store, &newest.service, &worlds, |it| &it.service).await;
    walks_all(store, &newest.campaign, &worlds, |it| &it.campaign).await;
    walks_all(store, &newest.spend, &worlds, |it| &it.spend).await;
    walks_all(store, &newest.lead, &worlds, |it| &it.lead).await;
    walks_all(store, &newest.note, &worlds, |it| &it.note).await;
    walks_all(store, &newest.document, &worlds, |it| &it.document).await;
    walks_all(store, &newest.contract, &worlds, |it| &it.contract).await;
    walks_all(store, &newest.client, &worlds, |it| &it.client).await;
}

pub async fn a_filtered_list_is_paged_like_a_whole_one(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    save(store, &service).await;
    let campaign = fixtures::campaign(1, "Весна", service.id);
    save(store, &campaign).await;
    for n in 10..20 {
        let lead = fixtures::lead(n, &format!("Иван {n}"), (n % 2 == 0).then_some(campaign.id));
        save(store, &lead).await;
        save(store, &fixtures::note(n, fixtures::id(10 + n % 2), "Заметка")).await;
        let mut other = fixtures::service(n, &format!("Уборка {n}"));
        other.archived = n % 3 == 0;
        save(store, &other).await;
    }
    let of = |numbers: &[u32]| -> Vec<Uuid> { numbers.iter().map(|n| fixtures::id(*n)).collect() };
    let even = of(&[18, 16, 14, 12, 10]);
    walk::<Lead>(store, &LeadFilter { campaign: Some(campaign.id), ..Default::default() }, &even).await;
    let found = LeadFilter { search: "ИВАН 1".into(), stage: Some(LeadStage::New), ..Default::default() };
    walk::<Lead>(store, &found, &of(&[19, 18, 17, 16, 15, 14, 13, 12, 11, 10])).await;
    let of_the_first = domain::note::NoteFilter { lead: Some(fixtures::id(10)), without_clients: false };
    walk::<domain::note::Note>(store, &of_the_first, &even).await;
    let offered = ServiceFilter { search: "уборка".into(), archived: false, ..Default::default() };
    walk::<domain::service::Service>(store, &offered, &of(&[19, 17, 16, 14, 13, 11, 10])).await;
    // The record at the cursor need not match: its place counts.
    let behind = page::<domain::service::Service>(store, &offered, Cursor::After(fixtures::id(15)), 2).await;
    assert_eq!((ids(&behind), behind.has_older), (of(&[14, 13]), true));
    let ahead = page::<domain::service::Service>(store, &offered, Cursor::Before(fixtures::id(15)), 2).await;
    assert_eq!((ids(&ahead), ahead.has_newer), (of(&[17, 16]), true));
    let at =
        domain::service::Service::of(&mut reading(store).await).position(&offered, fixtures::id(15)).await.unwrap();
    assert_eq!(at, Some(Position { before: Total::Exactly(3), is_listed: false }));
    let nowhere =
        domain::service::Service::of(&mut reading(store).await).position(&offered, fixtures::id(999)).await.unwrap();
    assert_eq!(nowhere, None);
}

pub async fn spend_entries_are_listed_latest_day_first(store: &dyn Store) {
    let service = fixtures::service(1, "Ремонт");
    save(store, &service).await;
    for n in [1, 2] {
        save(store, &fixtures::campaign(n, &format!("Кампания {n}"), service.id)).await;
    }
    // Three entries on each day, the campaigns by turns, the days against the order of the ids.
    for n in 10..22 {
        let entry = fixtures::spend(n, fixtures::id(1 + n % 2), &format!("2026-01-{:02}", 25 - n / 3), "1");
        save(store, &entry).await;
    }
    let of = |numbers: &[u32]| -> Vec<Uuid> { numbers.iter().map(|n| fixtures::id(*n)).collect() };
    let all = of(&[11, 10, 14, 13, 12, 17, 16, 15, 20, 19, 18, 21]);
    walk::<SpendEntry>(store, &SpendFilter::default(), &all).await;
    let odd = SpendFilter { campaign: Some(fixtures::id(2)) };
    walk::<SpendEntry>(store, &odd, &of(&[11, 13, 17, 15, 19, 21])).await;
}

async fn shows_nothing_around<R: Stored>(store: &dyn Store, record: &R, unknown: Uuid) {
    for cursor in [Cursor::After(unknown), Cursor::Before(unknown)] {
        let page = page::<R>(store, &R::Filter::default(), cursor, 2).await;
        let told = (ids(&page), page.has_newer, page.has_older, page.total);
        assert_eq!(told, (vec![], false, false, Total::Exactly(1)), "around nothing, like {record:?}");
    }
}

pub async fn a_cursor_at_an_unknown_record_gives_an_empty_page(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    for unknown in [fixtures::id(10), fixtures::id(999)] {
        for_every_kind!(world, shows_nothing_around(store, unknown));
    }
}

pub async fn an_empty_list_has_an_empty_page(store: &dyn Store) {
    let page = page::<Lead>(store, &LeadFilter::default(), Cursor::Start, 50).await;
    let told = (ids(&page), page.has_newer, page.has_older, page.total);
    assert_eq!(told, (vec![], false, false, Total::Exactly(0)));
}

pub async fn totals_are_exact_up_to_the_limit_and_capped_above(store: &dyn Store) {
    let mut work = writing(store).await;
    for n in 1..=Total::LIMIT {
        Stored::of(&mut work).insert(&fixtures::lead(n, "Иван", None)).await.unwrap();
    }
    work.commit().await.unwrap();
    let all = LeadFilter::default();
    let lost = LeadFilter { stage: Some(LeadStage::Lost), ..Default::default() };
    assert_eq!(page::<Lead>(store, &all, Cursor::Start, 1).await.total, Total::Exactly(Total::LIMIT));
    assert_eq!(page::<Lead>(store, &lost, Cursor::Start, 1).await.total, Total::Exactly(0));

    let mut work = writing(store).await;
    for n in Total::LIMIT + 1..=Total::LIMIT + 5 {
        Stored::of(&mut work).insert(&fixtures::lead(n, "Пётр", None)).await.unwrap();
    }
    work.commit().await.unwrap();
    let tail = page::<Lead>(store, &all, Cursor::After(fixtures::id(3)), 10).await;
    assert_eq!((ids(&tail), tail.total), (vec![fixtures::id(2), fixtures::id(1)], Total::OrMore(Total::LIMIT)));
    for (n, before) in [(Total::LIMIT + 5, Total::Exactly(0)), (5, Total::Exactly(1000)), (4, Total::OrMore(1000))] {
        let found = Lead::of(&mut reading(store).await).position(&all, fixtures::id(n)).await.unwrap();
        assert_eq!(found, Some(Position { before, is_listed: true }), "{n}");
    }
    let named = LeadFilter { search: "петр".into(), ..Default::default() };
    assert_eq!(page::<Lead>(store, &named, Cursor::Start, 1).await.total, Total::Exactly(5));
    assert_eq!(page::<Lead>(store, &all, Cursor::Start, 2000).await.items.len(), usize::from(PageRequest::MAX_SIZE));
    let first = fixtures::lead(1, "Иван", None);
    change(store, &first, |it| it.details.full_name = domain::values::FullName::parse("Пётр").unwrap()).await;
    assert_eq!(page::<Lead>(store, &named, Cursor::Start, 1).await.total, Total::Exactly(6));
}
