//! Lists as files: everything that the filter leaves, once, and on record.
use std::collections::BTreeSet;

use crate::support::{Office, Person, details, first_page, is_forbidden};
use application::{Error, Export, RoleChange, Selection, Session};
use chrono::TimeDelta;
use domain::{
    access::{DefaultRole, Permission, Permissions},
    audit::{AuditAction, AuditFilter},
    field::Field,
    lead::{Lead, LeadDetails, LeadFilter, LeadId},
    order::Order,
    record::Record,
    store::{Mode, Repository},
};

/// So many, whose names say whether they are even.
async fn filled(office: &Office, number: usize) -> Vec<Lead> {
    let by = Some(office.user(Person::Gleb).await);
    let mut work = office.store.begin(Mode::BulkLoad).await.unwrap();
    let mut leads = Vec::new();
    for n in 0..number {
        let mut it = details::lead(None);
        it.full_name = domain::values::FullName::parse(if n % 2 == 0 { "Чётный" } else { "Нечаянный" }).unwrap();
        let now = office.crm.now() + TimeDelta::milliseconds(i64::try_from(n).unwrap());
        let lead = Lead::new(LeadId::new(now), it, by, now);
        Repository::insert(&mut *work, &lead).await.unwrap();
        leads.push(lead);
    }
    work.commit().await.unwrap();
    leads
}

async fn read(mut export: Export<Lead>) -> Vec<LeadId> {
    let mut ids = Vec::new();
    while let Some(listed) = export.next().await.unwrap() {
        assert!(listed.page.items.len() <= 1000);
        ids.extend(listed.page.items.iter().map(Record::id));
    }
    ids
}

async fn logged(office: &Office) -> Vec<(Option<domain::user::UserId>, Field, Option<String>)> {
    let filter = AuditFilter { act: Some(AuditAction::Exported), ..Default::default() };
    let page = office.director().await.audit_log(&filter, first_page()).await.unwrap().page;
    let entries = page.items.into_iter().map(Result::unwrap);
    entries.map(|it| (it.by, it.changes[0].field, it.changes[0].after.clone())).collect()
}

#[tokio::test]
async fn all_that_the_filter_leaves_is_taken_once_and_the_log_says_so() {
    for office in Office::each().await {
        let leads = filled(&office, 2500).await;
        let maxim = office.session(Person::Maxim).await;
        let all = read(maxim.export::<Lead>(Selection::All(vec![LeadFilter::default()])).await.unwrap()).await;
        assert_eq!(all.len(), 2500);
        assert!(all.is_sorted_by(|a, b| a.0 > b.0), "the newest first, none twice");
        let filter = LeadFilter { search: "нечаян".into(), ..Default::default() };
        let some: BTreeSet<_> = read(maxim.export::<Lead>(Selection::All(vec![filter])).await.unwrap())
            .await
            .into_iter()
            .map(|it| it.0)
            .collect();
        let expected: BTreeSet<_> = leads.iter().skip(1).step_by(2).map(|it| it.id.0).collect();
        assert_eq!(some, expected);
        let none = maxim
            .export::<Lead>(Selection::All(vec![LeadFilter { search: "никто".into(), ..Default::default() }]))
            .await
            .unwrap();
        assert_eq!(read(none).await, []);
        let mut told = logged(&office).await;
        told.sort();
        let by = Some(office.user(Person::Maxim).await);
        let entry = |it: &str| (by, Field::List, Some(it.to_owned()));
        assert_eq!(told, [entry("lead 0"), entry("lead 1000+"), entry("lead 1000+")]);
    }
}

#[tokio::test]
async fn viewers_cannot_export() {
    let office = Office::new().await;
    for person in [Person::Anna, Person::Marina, Person::Alla, Person::Nina] {
        let session: Session = office.session(person).await;
        assert!(is_forbidden(&session.export::<Lead>(Selection::All(vec![LeadFilter::default()])).await));
    }
    assert_eq!(logged(&office).await, []);
}

#[tokio::test]
async fn who_reads_slowly_is_in_nobodys_way_and_stops_with_their_rights() {
    for office in Office::each().await {
        filled(&office, 1200).await;
        let maxim = office.session(Person::Maxim).await;
        let export = async || maxim.export::<Lead>(Selection::All(vec![LeadFilter::default()])).await.unwrap();
        let mut slow = [export().await, export().await];
        for it in &mut slow {
            assert_eq!(it.next().await.unwrap().unwrap().page.items.len(), 1000);
        }
        let everything = || Selection::All(vec![LeadFilter::default()]);
        assert!(matches!(maxim.export::<Lead>(everything()).await, Err(Error::Busy)), "each takes memory");
        let nina = office.session_with(Person::Nina, Permissions::all()).await;
        assert_eq!(read(nina.export::<Lead>(everything()).await.unwrap()).await.len(), 1200);
        let role = office.role(DefaultRole::Manager).await;
        let left: Permissions =
            Person::Maxim.permissions().iter().filter(|it| *it != Permission::ExportLeads).collect();
        let change = RoleChange { id: role, version: 1, name: None, permissions: Some(left), second_factor: None };
        office.director().await.edit_roles(vec![change]).await.unwrap();
        assert!(is_forbidden(&slow[0].next().await));
        office.director().await.set_user_active(office.user(Person::Maxim).await, false).await.unwrap();
        assert!(matches!(slow[1].next().await, Err(Error::SessionEnded)));
    }
}

#[tokio::test]
async fn a_list_of_several_parts_is_taken_in_its_order() {
    for office in Office::each().await {
        let leads = filled(&office, 700).await;
        let maxim = office.session(Person::Maxim).await;
        let of = |search: &str| LeadFilter { search: search.into(), ..Default::default() };
        let parts = vec![of("нечаян"), of("никто"), of("чётный")];
        let all = read(maxim.export::<Lead>(Selection::All(parts)).await.unwrap()).await;
        let expected: Vec<_> = leads.iter().rev().map(|it| it.id).collect();
        assert!(all == expected, "{} of {}", all.len(), expected.len());
    }
}

#[tokio::test]
async fn who_gets_another_place_meanwhile_takes_nobody_along() {
    for office in Office::each().await {
        let leads = filled(&office, 1500).await;
        let (gleb, maxim) = (office.director().await, office.session(Person::Maxim).await);
        let by_name = LeadFilter { order: Order::from_code("name").unwrap(), ..Default::default() };
        let mut export = maxim.export::<Lead>(Selection::All(vec![by_name])).await.unwrap();
        let first: Vec<LeadId> = export.next().await.unwrap().unwrap().page.items.iter().map(Record::id).collect();
        // The last that was read goes to the very end, and the one before it to the start.
        for (id, name) in [(first[999], "Яна"), (first[998], "Анна")] {
            let full_name = domain::values::FullName::parse(name).unwrap();
            let details = LeadDetails { full_name, ..office.stored::<Lead>(id).await.details };
            gleb.edit_lead(id, 1, details).await.unwrap();
        }
        let rest = read(export).await;
        let all: BTreeSet<_> = first.iter().chain(&rest).map(|it| it.0).collect();
        assert_eq!(all.len(), leads.len());
        let twice: Vec<_> = rest.iter().filter(|it| first.contains(it)).collect();
        assert_eq!(twice, [&first[999]], "it is at its new place as well");
    }
}
