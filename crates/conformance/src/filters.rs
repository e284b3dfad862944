//! What a list can be narrowed by, beside search.
use chrono::TimeDelta;
use domain::{
    access::Permissions,
    campaign::{Campaign, CampaignFilter},
    contract::{Contract, ContractFilter},
    document::{Document, DocumentFilter},
    lead::{AssigneeFilter, Lead, LeadFilter, LeadStage, LeadStatus, WorkStatus},
    next_step::Due,
    note::{Note, NoteFilter},
    order::Order,
    service::{Service, ServiceFilter},
    store::Store,
    user::{LastSignIn, User, UserFilter},
    values::{Email, LostReason},
};

use uuid::Uuid;

use crate::{
    fixtures,
    support::{Stored, change, listed, save, writing},
    world::World,
};

pub async fn leads_by_stage_and_campaign(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    let reason = LostReason::parse("Дорого").unwrap();
    let statuses = [WorkStatus::New, WorkStatus::InProgress, WorkStatus::Qualified, WorkStatus::Lost(reason)];
    for (n, status) in (100..).zip(statuses) {
        let mut lead = fixtures::lead(n, "Иван", (n % 2 == 0).then_some(world.campaign.id));
        lead.set_status(status).unwrap();
        save(store, &lead).await;
    }
    for (n, stage) in (100..).zip(LeadStage::ALL) {
        let expected = if stage == LeadStage::Converted { world.lead.id.into() } else { fixtures::id(n) };
        let found = listed::<Lead>(store, &LeadFilter { stage: Some(stage), ..Default::default() }).await;
        assert_eq!(found, [expected], "{stage:?}");
    }
    let campaign = Some(world.campaign.id);
    let found = listed::<Lead>(store, &LeadFilter { campaign, ..Default::default() }).await;
    assert_eq!(found, [fixtures::id(102), fixtures::id(100), world.lead.id.into()]);
    let stage = Some(LeadStage::Qualified);
    let found =
        listed::<Lead>(store, &LeadFilter { campaign, stage, search: "иван".into(), ..Default::default() }).await;
    assert_eq!(found, [fixtures::id(102)]);
    let none = LeadFilter { campaign: Some(fixtures::id(999)), ..Default::default() };
    assert_eq!(listed::<Lead>(store, &none).await, []);
}

pub async fn leads_by_assignee(store: &dyn Store) {
    let (anna, maxim) = (fixtures::anna(), fixtures::maxim());
    save(store, &anna).await;
    save(store, &maxim).await;
    for (n, assignee) in (100..).zip([Some(anna.id), None, Some(maxim.id), Some(anna.id)]) {
        let mut lead = fixtures::lead(n, "Иван", None);
        lead.details.assignee = assignee;
        if n == 103 {
            lead.set_status(WorkStatus::Qualified).unwrap();
        }
        save(store, &lead).await;
    }
    let of = async |assignee, stage| {
        listed::<Lead>(store, &LeadFilter { assignee: Some(assignee), stage, ..Default::default() }).await
    };
    let (id, qualified) = (fixtures::id::<uuid::Uuid>, Some(LeadStage::Qualified));
    assert_eq!(of(AssigneeFilter::To(anna.id), None).await, [id(103), id(100)]);
    assert_eq!(of(AssigneeFilter::To(maxim.id), None).await, [id(102)]);
    assert_eq!(of(AssigneeFilter::ToNobody, None).await, [id(101)]);
    assert_eq!(of(AssigneeFilter::To(anna.id), qualified).await, [id(103)]);
    assert_eq!(of(AssigneeFilter::ToNobody, qualified).await, []);
}

pub async fn leads_by_when_their_next_step_is_due(store: &dyn Store) {
    let anna = fixtures::anna();
    save(store, &anna).await;
    let due = [Some("2026-03-13"), Some("2026-03-14"), None, Some("2026-03-20"), Some("2026-03-14"), None];
    for (n, due) in (100..).zip(due) {
        let mut lead = fixtures::lead(n, "Иван", None);
        lead.next_step = due.map(|it| fixtures::step("Перезвонить", it));
        // A lead that a version of before lost: nothing is to be done about it any more.
        if n == 104 {
            lead.status = LeadStatus::Lost(LostReason::parse("Дорого").unwrap());
        }
        if n == 105 {
            lead.set_status(WorkStatus::Lost(LostReason::parse("Дорого").unwrap())).unwrap();
        }
        if n == 103 {
            lead.details.assignee = Some(anna.id);
        }
        save(store, &lead).await;
    }
    let found = async |filter: LeadFilter| listed::<Lead>(store, &filter).await;
    let of = async |due| found(LeadFilter { due: Some(due), ..Default::default() }).await;
    let (id, day) = (fixtures::id::<Uuid>, fixtures::day);
    let today = day("2026-03-14");
    assert_eq!(of(Due::before(today)).await, [id(100)]);
    assert_eq!(of(Due::Between(today, today)).await, [id(101)]);
    assert_eq!(of(Due::Between(day("2026-03-13"), day("2026-03-20"))).await, [id(103), id(101), id(100)]);
    assert_eq!(of(Due::Between(day("2026-03-20"), today)).await, []);
    assert_eq!(of(Due::after_sunday(today)).await, [id(103)]);
    assert_eq!(of(Due::Unplanned).await, [id(102)]);
    let hers = Some(AssigneeFilter::To(anna.id));
    let all = Some(Due::after_sunday(day("2026-01-01")));
    let order = Order::from_code("due").unwrap();
    assert_eq!(found(LeadFilter { due: all, assignee: hers, order, ..Default::default() }).await, [id(103)]);
    let nobodys = Some(AssigneeFilter::ToNobody);
    assert_eq!(
        found(LeadFilter { due: all, assignee: nobodys, order, ..Default::default() }).await,
        [id(100), id(101)]
    );
}

pub async fn services_and_campaigns_by_their_archive(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    change(store, &first.service, |it| it.archived = true).await;
    change(store, &second.campaign, |it| it.archived = true).await;
    let services = |archived| ServiceFilter { archived, ..Default::default() };
    assert_eq!(listed::<Service>(store, &services(false)).await, [second.service.id.into()]);
    assert_eq!(listed::<Service>(store, &services(true)).await, [first.service.id.into()]);
    let campaigns = |archived, service| CampaignFilter { archived, service, ..Default::default() };
    assert_eq!(listed::<Campaign>(store, &campaigns(false, None)).await, [first.campaign.id.into()]);
    assert_eq!(listed::<Campaign>(store, &campaigns(true, None)).await, [second.campaign.id.into()]);
    let of_the_first = Some(first.service.id);
    assert_eq!(listed::<Campaign>(store, &campaigns(false, of_the_first)).await, [first.campaign.id.into()]);
    assert_eq!(listed::<Campaign>(store, &campaigns(true, of_the_first)).await, []);
}

pub async fn contracts_by_client_and_free_ones(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    let mut scan = fixtures::document(100);
    let free = fixtures::contract(100, "Свободный", first.service.id, &mut scan);
    let mut work = writing(store).await;
    Stored::of(&mut work).insert(&free).await.unwrap();
    Stored::of(&mut work).insert(&scan).await.unwrap();
    work.commit().await.unwrap();

    let of = |client| ContractFilter { client, ..Default::default() };
    assert_eq!(listed::<Contract>(store, &of(Some(first.client.id))).await, [first.contract.id.into()]);
    let only_free = ContractFilter { free: true, ..Default::default() };
    assert_eq!(listed::<Contract>(store, &only_free).await, [free.id.into()]);
    change(store, &free, |it| it.give_to(first.client.id).unwrap()).await;
    assert_eq!(listed::<Contract>(store, &only_free).await, []);
    let both = [free.id.into(), first.contract.id.into()];
    assert_eq!(listed::<Contract>(store, &of(Some(first.client.id))).await, both);
}

pub async fn documents_by_contract_and_those_that_wait(store: &dyn Store) {
    let world = World::new(1);
    world.save(store).await;
    for n in [100, 101, 102] {
        save(store, &fixtures::document(n)).await;
    }
    let waiting = |since| DocumentFilter { waiting_since: Some(since), ..Default::default() };
    let since = fixtures::moment_of(101);
    assert_eq!(listed::<Document>(store, &waiting(since)).await, [fixtures::id(100)]);
    let later = since + chrono::TimeDelta::microseconds(1);
    assert_eq!(listed::<Document>(store, &waiting(later)).await, [fixtures::id(101), fixtures::id(100)]);
    let of_contract = DocumentFilter { contract: Some(world.contract.id), ..Default::default() };
    assert_eq!(listed::<Document>(store, &of_contract).await, [world.document.id.into()]);
    // An earlier file stays with its contract.
    change(store, &fixtures::document(100), |it| it.contract = Some(world.contract.id)).await;
    assert_eq!(listed::<Document>(store, &of_contract).await, [fixtures::id(100), world.document.id.into()]);
    assert_eq!(listed::<Document>(store, &waiting(later)).await, [fixtures::id(101)]);
}

pub async fn users_by_text_role_and_last_sign_in(store: &dyn Store) {
    let role = fixtures::role(1, "Отдел", Permissions::default());
    save(store, &role).await;
    let (mut anna, maxim, alla) = (fixtures::anna(), fixtures::maxim(), fixtures::user(3, "alla.пётр", ""));
    anna.details.roles = [role.id].into();
    anna.details.email = Some(Email::parse("Orlova@Example.org").unwrap());
    for user in [&anna, &maxim, &alla] {
        save(store, user).await;
    }
    let at = fixtures::moment_of(100);
    let mut work = writing(store).await;
    work.signed_in(anna.id, at, None).await.unwrap();
    work.signed_in(maxim.id, at - TimeDelta::microseconds(1), None).await.unwrap();
    work.commit().await.unwrap();

    let [anna, maxim, alla] = [anna.id, maxim.id, alla.id].map(Uuid::from);
    let found = async |filter: UserFilter| listed::<User>(store, &filter).await;
    let text = async |text: &str| found(UserFilter { search: text.into(), ..Default::default() }).await;
    assert_eq!(text("АННА").await, [anna]);
    assert_eq!(text(" example ").await, [anna]);
    assert_eq!(text("петр").await, [alla]);
    assert_eq!(text("а").await, [maxim, anna]);
    assert_eq!(text("%").await, []);
    assert_eq!(found(UserFilter { role: Some(role.id), ..Default::default() }).await, [anna]);
    assert_eq!(found(UserFilter { role: Some(fixtures::id(9)), ..Default::default() }).await, []);
    let last = async |it| found(UserFilter { last_sign_in: Some(it), ..Default::default() }).await;
    assert_eq!(last(LastSignIn::Never).await, [alla]);
    assert_eq!(last(LastSignIn::Since(at)).await, [anna]);
    assert_eq!(last(LastSignIn::Before(at)).await, [maxim]);
    assert_eq!(found(UserFilter { role: Some(role.id), active: Some(false), ..Default::default() }).await, []);
}

pub async fn notes_by_lead_and_users_who_are_active(store: &dyn Store) {
    let (first, second) = (World::new(1), World::new(2));
    first.save(store).await;
    second.save(store).await;
    let notes =
        async |without_clients| listed::<Note>(store, &NoteFilter { lead: Some(first.lead.id), without_clients }).await;
    assert_eq!(notes(false).await, [first.note.id.into()]);
    assert_eq!(notes(true).await, [first.note.id.into()]);
    change(store, &first.note, |it| it.client = Some(first.client.id)).await;
    assert_eq!(notes(false).await, [first.note.id.into()]);
    assert_eq!(notes(true).await, [], "a note about the client");
    let everybody = [second.user.id.into(), first.user.id.into()];
    let active = |active| UserFilter { active, ..Default::default() };
    assert_eq!(listed::<User>(store, &active(Some(true))).await, everybody);
    change(store, &second.user, |it| it.active = false).await;
    assert_eq!(listed::<User>(store, &active(Some(true))).await, [first.user.id.into()]);
    assert_eq!(listed::<User>(store, &active(Some(false))).await, [second.user.id.into()]);
    assert_eq!(listed::<User>(store, &active(None)).await, everybody);
}
