//! Leads that were entered twice: found while they are entered, listed, and told apart.
use crate::support::{Office, Person, first_page, is_forbidden};
use application::Error;
use chrono::TimeDelta;
use conformance::fixtures::contact;
use domain::{
    access::{Permission, Permissions},
    audit::{AuditAction, AuditFilter},
    duplicates::{Identity, MatchBy},
    values::FullName,
};

#[tokio::test]
async fn entering_a_lead_shows_similar_leads_and_no_more_than_the_user_may_view() {
    for office in Office::each().await {
        let known = office.enter("Иван Петров", "8 900 555-77-01", "ivan@example.com").await;
        let namesake = office.enter("Петров ИВАН", "", "other@example.com").await;
        let identity = |phone: &str, email: &str| Identity {
            phone: contact(phone, "a@b.ru").phone().cloned(),
            email: contact("8 900 555-77-99", email).email().cloned(),
            full_name: FullName::parse("петров иван").ok(),
        };
        let anna = office.session(Person::Anna).await;
        let similar = anna.similar(&identity("+7 900 555-77-01", "IVAN@example.com"), office.id()).await.unwrap();
        let found: Vec<_> = similar.found.iter().map(|it| (it.lead.id, it.by.as_slice())).collect();
        assert_eq!(found, [(known, &MatchBy::ALL[..]), (namesake, &[MatchBy::Name])], "the surest first");
        assert_eq!(similar.hidden, []);
        let except = anna.similar(&identity("+7 900 555-77-01", "x@y.ru"), known).await.unwrap();
        assert_eq!(except.found.iter().map(|it| it.lead.id).collect::<Vec<_>>(), [namesake]);

        let blind = office.session_with(Person::Anna, [Permission::CreateLeads].into_iter().collect()).await;
        let similar = blind.similar(&identity("", "ivan@EXAMPLE.com"), office.id()).await.unwrap();
        assert!(similar.found.is_empty() && similar.names.is_empty());
        assert_eq!(similar.hidden, [MatchBy::Email, MatchBy::Name]);
        for permission in Permission::ALL {
            let session = office.session_with(Person::Anna, Permissions::from_iter([permission])).await;
            let may = permission == Permission::CreateLeads;
            assert_eq!(
                is_forbidden(&session.similar(&identity("", "x@y.ru"), office.id()).await),
                !may,
                "{permission:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_pair_told_apart_leaves_the_list_and_comes_back_and_the_log_tells_both() {
    for office in Office::each().await {
        let one = office.enter("Иван Петров", "8 900 555-77-01", "").await;
        let other = office.enter("Мария Петрова", "8 900 555-77-01", "").await;
        let anna = office.session(Person::Anna).await;
        let pairs = async || anna.duplicates(MatchBy::Phone, None).await.unwrap().pairs;
        let found = pairs().await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].older.id, found[0].newer.id, found[0].number), (one, other, 2));
        assert_eq!(found[0].by, [MatchBy::Phone]);
        // Said twice, it is said once.
        anna.dismiss_duplicate(other, one, true).await.unwrap();
        anna.dismiss_duplicate(one, other, true).await.unwrap();
        assert!(pairs().await.is_empty());
        let told = anna.dismissed_duplicates(None).await.unwrap();
        assert_eq!(told.pairs.iter().map(|it| (it.0.id, it.1.id)).collect::<Vec<_>>(), [(one, other)]);
        office.clock.advance(TimeDelta::seconds(1));
        anna.dismiss_duplicate(one, other, false).await.unwrap();
        assert_eq!(pairs().await.len(), 1);
        assert!(anna.dismissed_duplicates(None).await.unwrap().pairs.is_empty());
        assert!(matches!(anna.dismiss_duplicate(one, one, true).await, Err(Error::NotFound)));
        assert!(matches!(anna.dismiss_duplicate(one, office.id(), true).await, Err(Error::NotFound)));

        let both = format!("{one} {other}");
        let filter = AuditFilter { act: Some(AuditAction::DismissedPairs), ..Default::default() };
        let log = office.director().await.audit_log(&filter, first_page()).await.unwrap().page.items;
        let told: Vec<_> = log.iter().flatten().map(|it| (it.by, it.changes[0].clone())).collect();
        let by = Some(office.user(Person::Anna).await);
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].0, told[0].1.before.as_ref(), told[0].1.after.as_ref()), (by, Some(&both), None));
        assert_eq!((told[1].0, told[1].1.before.as_ref(), told[1].1.after.as_ref()), (by, None, Some(&both)));
        // A user who may not view leads is shown none.
        let alla = office.session(Person::Alla).await.audit_log(&filter, first_page()).await.unwrap();
        assert!(
            alla.page.items.iter().flatten().all(|it| it.changes[0].before.is_none() && it.changes[0].after.is_none())
        );
    }
}
