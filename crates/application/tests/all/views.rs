//! Saved views: own and shared ones. Nobody changes the views of others.
use crate::support::{Office, Person, first_page, is_forbidden};
use application::{Error, Session};
use domain::{
    audit::AuditFilter,
    field::Field,
    lead::{Lead, LeadFilter, LeadStage},
    page::Total,
    record::RecordKind,
    values::{Invalid, ViewName, ViewQuery},
    view::{ViewDetails, ViewId},
};

fn named(name: &str, shared: bool) -> ViewDetails {
    ViewDetails { name: ViewName::parse(name).unwrap(), shared }
}

fn query() -> ViewQuery {
    ViewQuery::parse("status=new&sort=name").unwrap()
}

async fn saved(office: &Office, session: &Session, name: &str, shared: bool) -> ViewId {
    session.save_view(office.id(), RecordKind::Lead, query(), named(name, shared)).await.unwrap()
}

async fn names(session: &Session) -> Vec<String> {
    let views = session.views(RecordKind::Lead).await.unwrap().views;
    views.iter().map(|it| it.details.name.to_string()).collect()
}

#[tokio::test]
async fn everybody_sees_their_own_and_what_is_shared_their_own_first() {
    for office in Office::each().await {
        let (anna, maxim) = (office.session(Person::Anna).await, office.session(Person::Maxim).await);
        saved(&office, &anna, "Яблоко", false).await;
        saved(&office, &anna, "арбуз", true).await;
        let shared = saved(&office, &maxim, "Апельсин", true).await;
        saved(&office, &maxim, "Секрет", false).await;
        assert_eq!(names(&anna).await, ["арбуз", "Яблоко", "Апельсин"]);
        assert_eq!(names(&maxim).await, ["Апельсин", "Секрет", "арбуз"]);
        // Another list has none, and a user who may not view the list sees none of its views.
        assert!(maxim.views(RecordKind::Contract).await.unwrap().views.is_empty());
        let marina = office.session(Person::Marina).await;
        assert!(is_forbidden(&marina.views(RecordKind::Lead).await));

        // Nobody changes another one's, though they see it.
        assert!(matches!(anna.edit_view(RecordKind::Lead, shared, 1, named("Моё", true)).await, Err(Error::NotFound)));
        assert!(matches!(anna.remove_view(RecordKind::Lead, shared).await, Err(Error::NotFound)));
        // Nor by way of a list that it is not of.
        let wrong_list = maxim.remove_view(RecordKind::Contract, shared).await;
        assert!(matches!(wrong_list, Err(Error::NotFound)));
        maxim.edit_view(RecordKind::Lead, shared, 1, named("Мандарин", false)).await.unwrap();
        assert!(matches!(
            maxim.edit_view(RecordKind::Lead, shared, 1, named("Поздно", true)).await,
            Err(Error::Conflict)
        ));
        assert_eq!(names(&anna).await, ["арбуз", "Яблоко"]);
        maxim.remove_view(RecordKind::Lead, shared).await.unwrap();
        assert_eq!(names(&maxim).await, ["Секрет", "арбуз"]);
        assert!(matches!(maxim.own_view(RecordKind::Lead, shared).await, Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn a_view_says_how_many_it_finds() {
    for office in Office::each().await {
        office.client().await;
        for _ in 0..3 {
            office.lead(None).await;
        }
        let anna = office.session(Person::Anna).await;
        let of = |stage| LeadFilter { stage: Some(stage), ..Default::default() };
        let lists = [
            vec![of(LeadStage::New)],
            vec![of(LeadStage::New), of(LeadStage::Converted)],
            vec![of(LeadStage::Lost)],
            vec![LeadFilter::default()],
        ];
        assert_eq!(anna.totals::<Lead>(&lists).await.unwrap(), [3, 4, 0, 4].map(Total::Exactly));
    }
}

#[tokio::test]
async fn sent_twice_it_is_saved_once_and_a_hundred_are_enough() {
    let office = Office::new().await;
    let anna = office.session(Person::Anna).await;
    let id = office.id();
    for _ in 0..2 {
        anna.save_view(id, RecordKind::Lead, query(), named("Новые", false)).await.unwrap();
    }
    let mut last = id;
    for n in 1..100 {
        last = saved(&office, &anna, &format!("{n}"), false).await;
    }
    let one_more = anna.save_view(office.id(), RecordKind::Lead, query(), named("Ещё", false)).await;
    assert!(matches!(one_more, Err(Error::Invalid(Field::Name, Invalid::TooMany { max: 100 }))));
    assert_eq!(names(&anna).await.len(), 100);
    // Also the last one is saved once.
    anna.save_view(last, RecordKind::Lead, query(), named("99", false)).await.unwrap();
    // It is about what this user has; what others share takes nobody's room.
    let maxim = office.session(Person::Maxim).await;
    saved(&office, &maxim, "Своё", true).await;
    assert_eq!(names(&anna).await.len(), 101);
    assert_eq!(names(&maxim).await, ["Своё"]);
}

#[tokio::test]
async fn shared_views_are_removed_by_editors_of_users_and_private_ones_by_nobody() {
    for office in Office::each().await {
        let (anna, gleb) = (office.session(Person::Anna).await, office.director().await);
        let (shared, private) =
            (saved(&office, &anna, "Общий", true).await, saved(&office, &anna, "Свой", false).await);
        assert!(matches!(gleb.remove_view(RecordKind::Lead, private).await, Err(Error::NotFound)));
        assert!(matches!(
            gleb.edit_view(RecordKind::Lead, shared, 1, named("Чужой", true)).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(gleb.remove_view(RecordKind::Contract, shared).await, Err(Error::NotFound)));
        gleb.remove_view(RecordKind::Lead, shared).await.unwrap();
        assert_eq!(names(&anna).await, ["Свой"]);
        assert!(matches!(gleb.remove_view(RecordKind::Lead, shared).await, Err(Error::NotFound)));

        // The log tells the names of shared views alone.
        let filter = AuditFilter { kind: Some(RecordKind::View), ..Default::default() };
        let log = gleb.audit_log(&filter, first_page()).await.unwrap().page.items;
        let told: Vec<_> =
            log.iter().flatten().flat_map(|it| &it.changes).filter(|it| it.field == Field::Name).collect();
        assert!(told.iter().all(|it| it.after.as_deref() == Some("Общий")) && told.len() == 1, "{told:?}");
    }
}
