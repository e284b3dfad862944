//! Possible duplicates, and merged leads.
use domain::{
    duplicates::{DuplicatePair, Identity, LeadPair, MatchBy},
    lead::{Lead, LeadFilter, LeadId, LeadStage},
    merge::{MergeChoices, MergeSource, MergedInto},
    statistics::Attribution,
    store::{Store, StoreError},
    values::{FullName, Phone},
};

use crate::{
    fixtures::{self, id},
    support::{Stored, change, listed, next, reading, save, stored, update, writing},
    time_series::buckets,
    world::World,
};

async fn person(store: &dyn Store, n: u32, name: &str, phone: &str, email: &str) -> Lead {
    let mut lead = fixtures::lead(n, name, None);
    lead.details.contact = fixtures::contact(phone, email);
    save(store, &lead).await;
    lead
}

/// Who is like this lead, by one thing.
async fn like(store: &dyn Store, lead: &Lead, match_by: MatchBy, limit: u16) -> Vec<LeadId> {
    let key = Identity::from(lead).key(match_by).unwrap();
    let found = reading(store).await.leads_with(match_by, &key, limit).await.unwrap();
    found.iter().map(|it| it.id).collect()
}

async fn duplicate_pairs(
    store: &dyn Store,
    match_by: MatchBy,
    after: Option<LeadId>,
    limit: u16,
) -> Vec<DuplicatePair> {
    reading(store).await.duplicate_pairs(match_by, after, limit).await.unwrap()
}

fn pair(one: u32, other: u32) -> LeadPair {
    LeadPair::of(id(one), id(other)).unwrap()
}

fn alike(one: u32, other: u32, number: u64) -> DuplicatePair {
    DuplicatePair { pair: pair(one, other), number }
}

async fn dismiss_duplicate(store: &dyn Store, pair: LeadPair, apart: bool) -> bool {
    let mut work = writing(store).await;
    let news = work.dismiss_duplicate(pair, apart).await.unwrap();
    work.commit().await.unwrap();
    news
}

/// Merges the second into the first.
async fn merge(store: &dyn Store, survivor: &Lead, other: &Lead) -> (Lead, Lead) {
    let (mut one, mut gone) = (survivor.clone(), other.clone());
    let details = one.details_with(&gone, MergeChoices::default()).unwrap();
    one.merge(&mut gone, details, MergeSource::Survivor).unwrap();
    let (one, gone) = (next(&one, |_| ()), next(&gone, |_| ()));
    update(store, &one).await.unwrap();
    update(store, &gone).await.unwrap();
    (one, gone)
}

/// The program makes the key, so it is the same in every store: also of an email that the search folds further, and of one whose
/// folded form has a space.
pub async fn an_email_is_one_key_of_a_person(store: &dyn Store) {
    let yo = person(store, 1, "Анна", "", "info@королёв.рф").await;
    let ye = person(store, 2, "Ольга", "", "INFO@королев.рф").await;
    person(store, 3, "Мария", "", "info@КОРОЛЁВ.рф").await;
    assert_eq!(like(store, &yo, MatchBy::Email, 10).await, [id(3), id(1)]);
    assert_eq!(like(store, &ye, MatchBy::Email, 10).await, [id(2)], "«е» and «ё» make two addresses");
    let spaced = person(store, 4, "Пётр Ли", "+7 900 555-01-42", "a\u{b4}b@example.com").await;
    person(store, 5, "Ли Петр", "", "A\u{b4}B@example.com").await;
    assert_eq!(like(store, &spaced, MatchBy::Email, 10).await, [id(5), id(4)]);
    assert_eq!(like(store, &spaced, MatchBy::Name, 10).await, [id(5), id(4)]);
    let moved = change(store, &yo, |it| it.details.contact = fixtures::contact("", "info@королев.рф")).await;
    assert_eq!(like(store, &moved, MatchBy::Email, 10).await, [id(2), id(1)]);
}

pub async fn people_are_alike_by_phone_email_and_the_words_of_the_name(store: &dyn Store) {
    let petr = person(store, 1, "Пётр \"Иванов\" C:\\", "+7 900 555-01-42", "Petr@Example.com").await;
    person(store, 2, "Анна", "8 (900) 555-01-42", "").await;
    person(store, 3, "Олег", "", "pETR@example.COM").await;
    person(store, 4, "c:\\ «Иванов» ПЕТР", "", "other@example.com").await;
    let same_name = person(store, 5, "\"ИВАНОВ\" c:\\ петр", "", "почта@example.com").await;
    person(store, 6, "Пётр \"Иванов\" C:\\ Петрович", "+7 900 555-01-43", "petr@example.com.ru").await;
    assert_eq!(like(store, &petr, MatchBy::Phone, 10).await, [id(2), id(1)]);
    assert_eq!(like(store, &petr, MatchBy::Email, 10).await, [id(3), id(1)]);
    assert_eq!(like(store, &petr, MatchBy::Name, 10).await, [id(5), id(1)]);
    // A renamed person is found by the new name alone.
    let renamed = change(store, &same_name, |it| it.details.full_name = FullName::parse("Ёлкин Анна").unwrap()).await;
    person(store, 7, "анна елкин", "+7 900 555-01-44", "").await;
    assert_eq!(like(store, &petr, MatchBy::Name, 10).await, [id(1)]);
    assert_eq!(like(store, &renamed, MatchBy::Name, 10).await, [id(7), id(5)]);
    let mut work = reading(store).await;
    for match_by in MatchBy::ALL {
        assert_eq!(work.leads_with(match_by, "", 10).await.unwrap(), []);
        assert_eq!(work.leads_with(match_by, "'%_", 10).await.unwrap(), []);
    }
}

pub async fn a_client_who_changed_is_found_by_what_they_have_now(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let newcomer = person(store, 100, "Борис Нов", "+7 900 555-01-42", "boris@example.com").await;
    for match_by in MatchBy::ALL {
        assert_eq!(like(store, &newcomer, match_by, 10).await, [newcomer.id]);
    }
    change(store, &world.client, |it| {
        it.details.full_name = FullName::parse("Нов БОРИС").unwrap();
        it.details.contact = fixtures::contact("8 900 555 01 42", "Boris@Example.com");
    })
    .await;
    for match_by in MatchBy::ALL {
        // Through the lead that the client was, which still has the old ones.
        assert_eq!(like(store, &newcomer, match_by, 10).await, [newcomer.id, world.lead.id]);
    }
}

pub async fn the_newest_are_found_up_to_a_limit(store: &dyn Store) {
    for n in 1..=12 {
        person(store, n, "Анна Ли", "+7 900 555-01-42", "anna@example.com").await;
    }
    let anna = person(store, 13, "Ли Анна", "+7 900 555-01-42", "anna@example.com").await;
    for match_by in MatchBy::ALL {
        assert_eq!(like(store, &anna, match_by, 3).await, [id(13), id(12), id(11)]);
    }
}

pub async fn who_was_merged_into_another_one_is_still_found(store: &dyn Store) {
    let survivor = person(store, 1, "Анна Ли", "+7 900 555-01-43", "").await;
    let gone = person(store, 2, "Анна", "+7 900 555-01-42", "anna@example.com").await;
    change(store, &gone, |it| it.merged_into = Some(MergedInto { lead: survivor.id, version: 2 })).await;
    for match_by in MatchBy::ALL {
        assert_eq!(like(store, &gone, match_by, 10).await, [gone.id], "{match_by:?}");
    }
}

pub async fn leads_are_found_by_id(store: &dyn Store) {
    let (one, other) = (fixtures::lead(1, "Анна", None), fixtures::lead(2, "Олег", None));
    save(store, &one).await;
    save(store, &other).await;
    let mut work = reading(store).await;
    assert_eq!(work.leads(&[]).await.unwrap(), []);
    let mut found = work.leads(&[other.id, id(9), one.id]).await.unwrap();
    found.sort_by_key(|it| it.id);
    assert_eq!(found, [one, other]);
}

pub async fn every_key_has_its_oldest_pair_that_was_not_told_apart(store: &dyn Store) {
    person(store, 1, "Анна", "+7 900 555-01-44", "").await;
    person(store, 2, "Борис", "+7 900 555-01-43", "b@example.com").await;
    person(store, 3, "Вера", "+7 900 555-01-43", "c@example.com").await;
    person(store, 4, "Глеб", "+7 900 555-01-43", "").await;
    person(store, 5, "Дина", "+7 900 555-01-44", "").await;
    person(store, 6, "Евгений", "+7 900 555-01-45", "B@example.com").await;
    let all = [alike(2, 3, 3), alike(1, 5, 2)];
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 10).await, all);
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 1).await, all[..1]);
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, Some(id(3)), 10).await, all[1..]);
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, Some(id(6)), 10).await, []);
    assert_eq!(duplicate_pairs(store, MatchBy::Email, None, 10).await, [alike(2, 6, 2)]);
    assert_eq!(duplicate_pairs(store, MatchBy::Email, Some(id(1)), 10).await, [], "behind somebody without an email");
    assert_eq!(duplicate_pairs(store, MatchBy::Email, Some(id(99)), 10).await, [], "behind nobody");
    assert_eq!(duplicate_pairs(store, MatchBy::Name, None, 10).await, []);

    assert!(dismiss_duplicate(store, pair(3, 2), true).await);
    assert!(!dismiss_duplicate(store, pair(2, 3), true).await, "no news");
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 10).await, [alike(2, 4, 3), alike(1, 5, 2)]);
    assert!(dismiss_duplicate(store, pair(2, 4), true).await);
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 10).await, [alike(3, 4, 3), alike(1, 5, 2)]);
    for it in [pair(3, 4), pair(2, 6)] {
        assert!(dismiss_duplicate(store, it, true).await);
    }
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 10).await, [alike(1, 5, 2)]);
    assert_eq!(duplicate_pairs(store, MatchBy::Email, None, 10).await, []);
    assert!(dismiss_duplicate(store, pair(2, 4), false).await);
    assert_eq!(duplicate_pairs(store, MatchBy::Phone, None, 10).await, [alike(2, 4, 3), alike(1, 5, 2)]);
}

pub async fn pairs_told_apart_are_read_in_pieces_and_forgotten(store: &dyn Store) {
    for n in 1..=4 {
        save(store, &fixtures::lead(n, "Анна", None)).await;
    }
    let all = [pair(1, 2), pair(1, 4), pair(2, 3), pair(3, 4)];
    for it in all.iter().rev() {
        assert!(dismiss_duplicate(store, *it, true).await);
    }
    let told = async |after, limit| reading(store).await.dismissed_duplicates(after, limit).await.unwrap();
    assert_eq!(told(None, 10).await, all);
    assert_eq!(told(None, 1).await, all[..1]);
    assert_eq!(told(Some(all[0]), 2).await, all[1..3]);
    assert_eq!(told(Some(pair(2, 4)), 10).await, all[3..], "behind one that is not there");
    assert_eq!(told(Some(all[3]), 10).await, []);
    assert!(dismiss_duplicate(store, all[1], false).await);
    assert!(!dismiss_duplicate(store, all[1], false).await, "no news");
    assert_eq!(told(None, 10).await, [all[0], all[2], all[3]]);

    let mut work = writing(store).await;
    let refused = work.dismiss_duplicate(LeadPair::of(id(1), id(99)).unwrap(), true).await;
    let refused = if refused.is_ok() { work.commit().await.map(|()| true) } else { refused };
    assert!(matches!(refused, Err(StoreError::Dangling)), "{refused:?}");
}

pub async fn a_merged_lead_is_in_no_list_and_no_number_until_it_comes_apart(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let campaign = Some(world.campaign.id);
    let (mut one, mut other) = (fixtures::lead(100, "Анна Ли", campaign), fixtures::lead(101, "Ли Анна", campaign));
    one.details.contact = fixtures::contact("+7 900 555-01-42", "anna@example.com");
    other.details.contact = one.details.contact.clone();
    save(store, &one).await;
    save(store, &other).await;
    save(store, &fixtures::note(102, other.id, "Перезвонить")).await;
    let numbers = async || {
        let mut work = reading(store).await;
        let day = buckets(&["2026-01-10", "2026-01-11"]);
        let (mut sums, counts) =
            (work.sums(Attribution::ByLeadDate, None, None).await.unwrap(), work.counts().await.unwrap());
        sums.sort_by_key(|it| it.campaign.as_ref().map(|it| it.id));
        (sums, counts.leads, work.time_series(Attribution::ByLeadDate, &day).await.unwrap())
    };
    let before = numbers().await;
    assert_eq!(before.1.get(&LeadStage::New), Some(&2));

    let (one, mut gone) = merge(store, &one, &other).await;
    for lead in [&one, &gone] {
        assert_eq!(stored(store, lead).await.as_ref(), Some(lead));
    }
    let with = |merged| LeadFilter { search: "анна".into(), campaign, merged, ..Default::default() };
    assert_eq!(listed::<Lead>(store, &with(false)).await, [one.id.into()]);
    assert_eq!(listed::<Lead>(store, &with(true)).await, [gone.id.into()]);
    let while_merged = numbers().await;
    assert_eq!(while_merged.1.get(&LeadStage::New), Some(&1));
    assert_eq!(while_merged.0.iter().map(|it| it.sums.leads).sum::<u64>(), 2);
    assert_eq!(while_merged.2[0].leads, 2);
    for match_by in MatchBy::ALL {
        assert_eq!(like(store, &gone, match_by, 10).await, [gone.id, one.id]);
        assert_eq!(duplicate_pairs(store, match_by, None, 10).await, []);
    }
    // Whatever else happens to it is counted nowhere.
    gone = change(store, &gone, |it| it.status = domain::lead::LeadStatus::InProgress).await;
    assert_eq!(numbers().await, while_merged);
    gone = change(store, &gone, |it| it.status = domain::lead::LeadStatus::New).await;
    assert_eq!(reading(store).await.names(domain::record::RecordKind::Lead, &[gone.id.0]).await.unwrap().len(), 1);

    let mut one = one;
    one.separate(&mut gone, None);
    update(store, &next(&one, |_| ())).await.unwrap();
    update(store, &next(&gone, |_| ())).await.unwrap();
    assert_eq!(numbers().await, before);
    assert_eq!(listed::<Lead>(store, &with(false)).await, [gone.id.into(), one.id.into()]);
    let mut phone = gone.clone();
    phone.details.contact = fixtures::contact(Phone::parse("+7 900 555-01-42").unwrap().e164(), "");
    assert_eq!(like(store, &phone, MatchBy::Phone, 10).await, [gone.id, one.id]);
    // As one that is merged from the start, which is how a copy of a store writes it.
    let mut copied = fixtures::lead(103, "Анна Ли", campaign);
    copied.merged_into = Some(MergedInto { lead: one.id, version: 2 });
    save(store, &copied).await;
    assert_eq!(numbers().await, before);
}

pub async fn a_merged_lead_refers_to_one_that_is_there(store: &dyn Store) {
    let lead = fixtures::lead(1, "Анна", None);
    save(store, &lead).await;
    let mut work = writing(store).await;
    let dangling = next(&lead, |it| it.merged_into = Some(MergedInto { lead: id(9), version: 2 }));
    let refused = Stored::of(&mut work).update(&dangling).await;
    let refused = if refused.is_ok() { work.commit().await } else { refused };
    assert!(matches!(refused, Err(StoreError::Dangling)), "{refused:?}");
    assert_eq!(stored(store, &lead).await, Some(lead));
}
