//! The audit log: what is written into it, who reads it, and that a changed or missing entry is found.
use std::net::IpAddr;

use crate::support::{Office, PASSWORD, Person, details::lead, first_page, is_forbidden, sign_in};
use application::ChainCheck;
use chrono::TimeDelta;
use domain::{
    audit::{AuditAction, AuditEntry, AuditFilter},
    field::Field,
    lead::{Lead, WorkStatus},
    page::{Cursor, PageRequest},
    record::Record,
    store::Mode,
};

async fn log(office: &Office, filter: AuditFilter) -> Vec<AuditEntry> {
    let gleb = office.director().await;
    let page = gleb.audit_log(&filter, PageRequest::sized(Cursor::Start, 1000)).await.unwrap().page;
    page.items.into_iter().map(Result::unwrap).collect()
}

async fn acts(office: &Office, act: AuditAction) -> Vec<AuditEntry> {
    log(office, AuditFilter { act: Some(act), ..Default::default() }).await
}

/// Of what was written in the same millisecond, no order is known.
fn later(office: &Office) {
    office.clock.advance(TimeDelta::milliseconds(1));
}

async fn verdict(office: &Office) -> ChainCheck {
    office.crm.verify_audit_log(|_| ()).await.unwrap()
}

#[tokio::test]
async fn signing_in_and_out_is_kept_with_the_address() {
    for office in Office::each().await {
        let address: IpAddr = "2001:db8::7".parse().unwrap();
        let (crm, anna) = (office.crm.asked_from(address), office.user(Person::Anna).await);
        let before = log(&office, AuditFilter::default()).await.len();
        later(&office);
        let reason = |it: &AuditEntry| it.changes.first().and_then(|it| it.after.clone());
        assert!(sign_in(&crm, "anna", "не тот пароль", None).await.is_none());
        assert!(sign_in(&crm, "nobody", PASSWORD, None).await.is_none());
        later(&office);
        let token = sign_in(&crm, "anna", PASSWORD, None).await.unwrap();
        later(&office);
        crm.sign_out(&token).await.unwrap();
        crm.sign_out(&token).await.unwrap();
        let all = log(&office, AuditFilter::default()).await;
        assert_eq!(all.len() - before, 3, "under no user's name nothing is kept, and nobody signs out twice");
        let told: Vec<_> = all[..3].iter().map(|it| (it.act, it.by, it.from, it.record)).collect();
        assert_eq!(
            told,
            [
                (AuditAction::SignedOut, Some(anna), Some(address), anna.0),
                (AuditAction::SignedIn, Some(anna), Some(address), anna.0),
                (AuditAction::SignInFailed, None, Some(address), anna.0),
            ]
        );
        assert_eq!(reason(&all[2]).as_deref(), Some("password"));
        later(&office);
        assert!(sign_in(&crm, "denis", PASSWORD, None).await.is_none());
        assert_eq!(reason(&log(&office, AuditFilter::default()).await[0]).as_deref(), Some("access_closed"));
    }
}

#[tokio::test]
async fn a_change_is_kept_with_the_address_that_it_was_asked_from() {
    for office in Office::each().await {
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let token = office.token(Person::Anna).await;
        let anna = office.crm.asked_from(address).session(&token).await.unwrap().unwrap();
        let id = anna.create_lead(office.id(), lead(None), None).await.unwrap();
        later(&office);
        anna.set_lead_status(id, 1, WorkStatus::Qualified).await.unwrap();
        let told = log(&office, AuditFilter { kind: Some(Lead::KIND), record: Some(id.0), ..Default::default() }).await;
        let told: Vec<_> = told.iter().map(|it| (it.act, it.from, it.version)).collect();
        assert_eq!(told, [(AuditAction::Changed, Some(address), 2), (AuditAction::Created, Some(address), 1)]);
    }
}

#[tokio::test]
async fn refusals_are_kept_up_to_sixty_an_hour() {
    for office in Office::each().await {
        let (nina, olga) = (office.session(Person::Nina).await, office.session(Person::Anna).await);
        let refused = domain::access::Forbidden(domain::access::Permission::ConvertLeads);
        for _ in 0..70 {
            nina.note_forbidden(refused).await.unwrap();
        }
        olga.note_forbidden(refused).await.unwrap();
        let kept = acts(&office, AuditAction::Refused).await;
        assert_eq!(kept.len(), 61);
        let [change] = &kept[0].changes[..] else { panic!("{kept:?}") };
        assert_eq!((change.field, change.after.as_deref()), (Field::Permissions, Some("leads.convert")));
        office.clock.advance(TimeDelta::minutes(61));
        nina.note_forbidden(refused).await.unwrap();
        assert_eq!(acts(&office, AuditAction::Refused).await.len(), 62);
    }
}

#[tokio::test]
async fn users_without_the_permission_cannot_read_the_log() {
    let office = Office::new().await;
    for person in [Person::Anna, Person::Maxim, Person::Nina] {
        let answer = office.session(person).await.audit_log(&AuditFilter::default(), first_page()).await;
        assert!(is_forbidden(&answer));
    }
}

#[tokio::test]
async fn of_a_record_that_somebody_may_not_view_neither_name_nor_value_is_told() {
    for office in Office::each().await {
        let id = office.lead(None).await;
        let anna = office.session(Person::Anna).await;
        anna.set_lead_status(id, 1, WorkStatus::Qualified).await.unwrap();
        let filter = AuditFilter { kind: Some(Lead::KIND), record: Some(id.0), ..Default::default() };
        let seen = office.session(Person::Alla).await.audit_log(&filter, first_page()).await.unwrap();
        assert_eq!(seen.page.items.len(), 2);
        let changes: Vec<_> = seen.page.items.iter().flatten().flat_map(|it| &it.changes).collect();
        assert!(changes.iter().any(|it| it.field == Field::Status));
        assert!(changes.iter().all(|it| (&it.before, &it.after) == (&None, &None)), "{changes:?}");
        assert!(!seen.names.contains_key(&id.0));
        let whole = office.director().await.audit_log(&filter, first_page()).await.unwrap();
        assert!(whole.page.items.iter().flatten().flat_map(|it| &it.changes).all(|it| it.after.is_some()));
        assert!(whole.names.contains_key(&id.0));
    }
}

#[tokio::test]
async fn the_names_of_users_and_records_in_it_come_along() {
    let office = Office::new().await;
    let service = office.service().await;
    let page = office.director().await.audit_log(&AuditFilter::default(), first_page()).await.unwrap();
    assert!(page.names.contains_key(&service.0));
    for entry in &page.page.items {
        assert!(entry.as_ref().unwrap().by.is_none_or(|by| page.names.contains_key(&by.0)), "{entry:?}");
    }
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_found_whole() {
    for office in Office::each().await {
        office.lead(None).await;
        let all = log(&office, AuditFilter::default()).await.len() as u64;
        let verdict = verdict(&office).await;
        assert_eq!((verdict.entries, verdict.unsealed, verdict.faults), (all, 0, vec![]));
        let positions: i64 = verdict.heads.iter().map(|it| it.position).sum();
        assert_eq!(u64::try_from(positions).unwrap(), all);
    }
}

#[tokio::test]
async fn what_the_history_says_is_what_the_record_is() {
    for office in Office::each().await {
        let id = office.lead(None).await;
        let anna = office.session(Person::Anna).await;
        anna.set_lead_status(id, 1, WorkStatus::Qualified).await.unwrap();
        let record: Lead = office.stored(id).await;
        let mut work = office.store.begin(Mode::Read).await.unwrap();
        let history = work.history(Lead::KIND, id.0, i32::MAX, 10).await.unwrap();
        let history: Vec<_> = history.into_iter().rev().map(Result::unwrap).collect();
        let mut fields = record.fields();
        fields.sort();
        assert_eq!(domain::audit::replayed(&history).into_iter().collect::<Vec<_>>(), fields);
    }
}
