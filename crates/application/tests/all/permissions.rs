//! Every use case as everybody: who lacks the permission is refused, and a refusal leaves no trace.
use std::{collections::BTreeSet, fs, path::Path};

use crate::support::{
    Office, Person, bytes,
    details::{campaign, client, contract, lead, note, role_name, service, spend, user},
    everything::everything,
    first_page, is_forbidden, next, password, pdf,
    tried::Records,
};
use application::{
    CampaignPage, ConversionContract, Error, Result, RoleChange, Session, StatisticsRequest, VersionPoint,
};
use conformance::fixtures;
use domain::{
    access::{Forbidden, Permission, Permissions},
    audit::AuditFilter,
    campaign::{Campaign, CampaignFilter},
    client::Client,
    contract::{Contract, ContractFilter},
    duplicates::MatchBy,
    id::new_uuid,
    lead::{Lead, WorkStatus},
    merge::MergeChoices,
    role::RoleId,
    service::{Service, ServiceFilter},
    statistics::Attribution,
    user::{UserFilter, UserId},
};
use futures::future::BoxFuture;
use lists::{exporting, in_bulk, saved_views, viewing_clients, viewing_leads};

struct UseCase {
    name: &'static str,
    /// What it needs beside the permission that it is listed under.
    also: &'static [Permission],
    run: fn(Session, Records) -> BoxFuture<'static, Result<()>>,
}

macro_rules! case {
    ($session:ident, $it:ident; $name:ident$(::<$kind:ty>)?($($value:expr),* $(,)?)) => {
        case!($session, $it; $name$(::<$kind>)?($($value),*), also [])
    };
    ($session:ident, $it:ident; $name:ident$(::<$kind:ty>)?($($value:expr),* $(,)?), also $also:expr) => {
        UseCase {
            name: stringify!($name),
            also: &$also,
            run: |$session, $it| Box::pin(async move {
                let _ = &$it;
                $session.$name$(::<$kind>)?($($value),*).await.map(drop)
            }),
        }
    };
}

mod lists;

fn id<I: From<uuid::Uuid>>(session: &Session) -> I {
    new_uuid(session.now()).into()
}

/// The use cases that need a permission: those of its own, and the past of what it lets somebody view.
fn use_cases(permission: Permission) -> Vec<UseCase> {
    let past = match permission {
        Permission::ViewServices => Some(case!(s, it; past::<Service>(it.service, VersionPoint::Version(1)))),
        Permission::ViewCampaigns => Some(case!(s, it; past::<Campaign>(it.campaign, VersionPoint::Version(1)))),
        Permission::ViewLeads => Some(case!(s, it; past::<Lead>(it.lead, VersionPoint::Version(1)))),
        Permission::ViewClients => Some(case!(s, it; past::<Client>(it.client, VersionPoint::Version(1)))),
        Permission::ViewContracts => Some(case!(s, it; past::<Contract>(it.contract, VersionPoint::Version(1)))),
        _ => None,
    };
    own_use_cases(permission)
        .into_iter()
        .chain(past)
        .chain(in_bulk(permission))
        .chain(saved_views(permission))
        .collect()
}

fn editing_users() -> Vec<UseCase> {
    vec![
        case!(s, it; user_form(Some(it.user))),
        case!(s, it; edit_user(it.user, version_of_user(&s, it.user).await?, user("nina", "Нина Новая", &[]))),
        case!(s, it; set_user_active(it.user, true)),
        case!(s, it; end_sessions_of(it.user)),
        case!(s, it; set_user_password(it.user, &password("nina"), false)),
        case!(s, it; make_password_link(it.user)),
        case!(s, it; user_invited_by(it.user, None)),
        case!(s, it; reset_second_factor(it.user)),
    ]
}

/// A new permission does not compile until it is decided here.
fn own_use_cases(permission: Permission) -> Vec<UseCase> {
    match permission {
        Permission::ViewUsers => {
            vec![
                case!(s, it; users(&UserFilter::default(), first_page())),
                case!(s, it; user(it.user)),
                case!(s, it; user_permissions(it.user)),
            ]
        }
        Permission::CreateUsers => vec![
            case!(s, it; user_form(None)),
            case!(s, it; create_user(id(&s), user(&format!("user{}", next()), "", &[]))),
        ],
        Permission::EditUsers => editing_users(),
        Permission::ViewRoles => vec![case!(s, it; roles())],
        Permission::CreateRoles => vec![case!(s, it; create_role(id(&s), role_name(), own(Permission::CreateRoles)))],
        Permission::ViewAudit => vec![case!(s, it; audit_log(&AuditFilter::default(), first_page()))],
        Permission::EditRoles => editing_roles(),
        Permission::ViewServices => {
            vec![
                case!(s, it; list::<Service>(&[ServiceFilter::default()], first_page())),
                case!(s, it; service(it.service)),
            ]
        }
        Permission::CreateServices => vec![case!(s, it; create_service(id(&s), service()))],
        Permission::EditServices => vec![
            case!(s, it; service_to_edit(it.service)),
            case!(s, it; edit_service(it.service, 1, service())),
            case!(s, it; archive_service(it.service, true)),
        ],
        Permission::ViewCampaigns => vec![
            case!(s, it; list::<Campaign>(&[CampaignFilter::default()], first_page())),
            case!(s, it; campaign_choices(&[])),
            case!(s, it; campaign(it.campaign, CampaignPage::first_spend())),
        ],
        Permission::CreateCampaigns => {
            vec![case!(s, it; campaign_form(None)), case!(s, it; create_campaign(id(&s), campaign(it.service)))]
        }
        Permission::EditCampaigns => vec![
            case!(s, it; campaign_form(Some(it.campaign))),
            case!(s, it; edit_campaign(it.campaign, 1, campaign(it.service))),
            case!(s, it; archive_campaign(it.campaign, true)),
            case!(s, it; add_spend(id(&s), it.campaign, spend())),
            case!(s, it; spend_to_edit(it.spend)),
            case!(s, it; edit_spend(it.spend, 1, spend())),
            case!(s, it; cancel_spend(it.spend, true)),
        ],
        Permission::ViewLeads => viewing_leads(),
        Permission::CreateLeads => vec![
            case!(s, it; lead_form(None)),
            case!(s, it; create_lead(id(&s), lead(Some(it.campaign)), Some(note("Просил перезвонить")))),
        ],
        Permission::EditLeads => editing_leads(),
        Permission::ConvertLeads => vec![
            case!(s, it; conversion_form(it.lead)),
            case!(s, it; known_clients(&domain::duplicates::Identity::default(), it.lead)),
            case!(
                s, it; convert_lead(it.lead, 1, client(), ConversionContract::Existing(it.contract), &[]),
                also [Permission::EditContracts]
            ),
            case!(s, it; convert_lead(it.lead, 1, client(), new_contract(&s, &it), &[]), also [Permission::CreateContracts]),
        ],
        Permission::ViewClients => viewing_clients(),
        Permission::EditClients => vec![
            case!(s, it; client_to_edit(it.client)),
            case!(s, it; edit_client(it.client, 1, client())),
            case!(s, it; add_client_note(id(&s), it.client, note("Перезвонить"))),
        ],
        Permission::ViewContracts => vec![
            case!(s, it; list::<Contract>(&[ContractFilter::default()], first_page())),
            case!(s, it; contract_choices(&[])),
            case!(s, it; contract(it.contract)),
            case!(s, it; contract_document(it.contract, None)),
        ],
        Permission::CreateContracts => vec![
            case!(s, it; new_contract_form(Some(it.client))),
            case!(s, it; create_contract(id(&s), contract(it.service), it.document, Some(it.client))),
        ],
        Permission::EditContracts => vec![
            case!(s, it; contract_to_edit(it.contract)),
            case!(s, it; give_contract(it.contract, it.client)),
            case!(s, it; edit_contract(it.contract, 1, contract(it.service), Some(it.document))),
        ],
        Permission::ViewStatistics => viewing_statistics(),
        Permission::ExportStatistics => exporting_statistics(),
        Permission::ExportServices
        | Permission::ExportCampaigns
        | Permission::ExportLeads
        | Permission::ExportClients
        | Permission::ExportContracts => exporting(permission).into_iter().collect(),
    }
}

fn editing_leads() -> Vec<UseCase> {
    vec![
        case!(s, it; lead_form(Some(it.lead))),
        case!(s, it; edit_lead(it.lead, 1, lead(None))),
        case!(s, it; set_lead_status(it.lead, 1, WorkStatus::Qualified)),
        case!(s, it; add_note(id(&s), it.lead, note("Перезвонить"))),
        case!(s, it; merge_form(it.lead, it.twin)),
        case!(s, it; merge_leads((it.lead, 1), (it.twin, 1), MergeChoices::default())),
        case!(s, it; separate_leads(it.survivor, it.merged)),
        case!(s, it; dismiss_duplicate(it.lead, it.twin, true)),
        case!(s, it; duplicates(MatchBy::Phone, None), also [Permission::ViewLeads]),
        case!(s, it; dismissed_duplicates(None), also [Permission::ViewLeads]),
    ]
}

fn viewing_statistics() -> Vec<UseCase> {
    vec![
        case!(s, it; statistics(StatisticsRequest { attribution: Attribution::ByContractDate, ..Default::default() })),
        case!(s, it; cohorts(12)),
    ]
}

fn exporting_statistics() -> Vec<UseCase> {
    vec![
        case!(s, it; export_statistics(StatisticsRequest::default()), also [Permission::ViewStatistics]),
        case!(s, it; export_cohorts(12), also [Permission::ViewStatistics]),
    ]
}

fn editing_roles() -> Vec<UseCase> {
    vec![
        case!(s, it; role_to_edit(it.role)),
        case!(s, it; edit_roles(vec![change(it.role)])),
        case!(s, it; set_user_grants(it.other, 1, own(Permission::EditRoles))),
        // Changing the roles of somebody; one that gives nothing asks for nothing else.
        case!(
            s, it; edit_user(it.user, version_of_user(&s, it.user).await?, user("nina", "Nina", &[it.role])),
            also [Permission::EditUsers]
        ),
    ]
}

fn own(permission: Permission) -> Permissions {
    Permissions::from_iter([permission])
}

/// The editor of roles holds the permissions that it gives.
fn change(id: RoleId) -> RoleChange {
    RoleChange {
        id,
        version: 1,
        name: Some(role_name()),
        permissions: Some(own(Permission::EditRoles)),
        second_factor: None,
    }
}

/// Any one of the permissions is enough.
fn by_any() -> [(&'static [Permission], UseCase); 3] {
    let uploading = &[Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads];
    let planning = &[Permission::EditLeads, Permission::ConvertLeads];
    [
        (uploading, case!(s, it; upload("скан.pdf", bytes(pdf(100))))),
        (uploading, case!(s, it; waiting_upload(it.document))),
        (planning, case!(s, it; plan_lead(it.lead, 1, Some(fixtures::step("Перезвонить", "2026-01-13"))))),
    ]
}

fn new_contract(session: &Session, it: &Records) -> ConversionContract {
    ConversionContract::New { id: id(session), details: contract(it.service), document: it.document }
}

/// The values of the user's form, which only editors see.
async fn version_of_user(session: &Session, id: UserId) -> Result<i32> {
    Ok(session.user_form(Some(id)).await?.0.unwrap().stamp.version)
}

#[tokio::test]
async fn every_use_case_is_refused_exactly_to_those_without_its_permission() {
    let mut tried = 0;
    for person in Person::ACTIVE {
        for permission in Permission::ALL {
            let office = Office::new().await;
            let session = office.session(person).await;
            for case in use_cases(permission) {
                let records = Records::new(&office, person).await;
                let before = everything(&*office.store).await;
                let answer = (case.run)(session.clone(), records).await;
                let what = format!("{} as {person:?}: {answer:?}", case.name);
                if person.permissions().contains(permission) {
                    assert!(answer.is_ok(), "{what}");
                } else {
                    assert!(is_forbidden(&answer), "{what}");
                    assert_eq!(everything(&*office.store).await, before, "{what}");
                }
                tried += 1;
                // Nina has no role again, for the next try.
                restore(&office).await;
            }
        }
        let office = Office::new().await;
        let session = office.session(person).await;
        for (any, case) in by_any() {
            let records = Records::new(&office, person).await;
            let (before, files) = (everything(&*office.store).await, crate::support::files_below(office.folder.path()));
            let answer = (case.run)(session.clone(), records).await;
            let may = any.iter().any(|it| person.permissions().contains(*it));
            assert_eq!(answer.is_ok(), may, "{} as {person:?}", case.name);
            assert_eq!(is_forbidden(&answer), !may, "{} as {person:?}", case.name);
            if !may {
                assert_eq!(everything(&*office.store).await, before);
                assert_eq!(crate::support::files_below(office.folder.path()), files);
            }
        }
    }
    assert!(tried > 6 * 45, "{tried}");
}

async fn restore(office: &Office) {
    let (director, nina) = (office.director().await, office.user(Person::Nina).await);
    let version = version_of_user(&director, nina).await.unwrap();
    director.edit_user(nina, version, user("nina", "Nina", &[])).await.unwrap();
}

#[tokio::test]
async fn each_permission_opens_its_own_use_cases_and_every_other_does_not() {
    for permission in Permission::ALL {
        let office = Office::new().await;
        for case in use_cases(permission) {
            let own: Permissions = case.also.iter().copied().chain([permission]).collect();
            let records = Records::new(&office, Person::Maxim).await;
            let answer = (case.run)(office.session_with(Person::Maxim, own.clone()).await, records).await;
            assert!(answer.is_ok(), "{} with {own:?}: {answer:?}", case.name);
            restore(&office).await;
            for missing in own.iter() {
                let rest = Permission::ALL.into_iter().filter(|it| *it != missing).collect();
                let records = Records::new(&office, Person::Maxim).await;
                let answer = (case.run)(office.session_with(Person::Maxim, rest).await, records).await;
                let told = matches!(answer, Err(Error::Forbidden(Forbidden(it))) if it == missing);
                assert!(told, "{} without {missing:?}: {answer:?}", case.name);
            }
        }
    }
    let office = Office::new().await;
    for permission in Permission::ALL {
        for (any, case) in by_any() {
            let records = Records::new(&office, Person::Maxim).await;
            let session = office.session_with(Person::Maxim, [permission].into_iter().collect()).await;
            let answer = (case.run)(session, records).await;
            assert_eq!(answer.is_ok(), any.contains(&permission), "{} with {permission:?}", case.name);
        }
    }
}

#[test]
fn every_use_case_of_a_session_is_in_the_table() {
    let mut written = BTreeSet::new();
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().map(|it| it.unwrap().path());
    // The folders have the tests of a file.
    for file in files.filter(|it| it.is_file()) {
        let source = fs::read_to_string(file).unwrap();
        let mut inside = false;
        for line in source.lines() {
            match line {
                it if it.starts_with("impl") => inside = it.starts_with("impl Session "),
                it if inside => {
                    let name = it.trim().strip_prefix("pub async fn ").and_then(|it| it.split(['(', '<']).next());
                    written.extend(name.map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    // The home page and the search show everybody what they may view, and every refusal is logged.
    // What is about nobody but oneself needs no permission either, nor does waiting for a turn.
    let own = [
        "own_user",
        "own_account",
        "edit_own_profile",
        "choose_preferences",
        "change_own_password",
        "end_own_session",
        "end_other_sessions",
        "turn_on_second_factor",
        "renew_recovery_codes",
        "turn_off_second_factor",
    ];
    // Any one of two permissions is enough for `similar`, which duplicates.rs tries with each.
    let mut known: BTreeSet<_> =
        ["home", "search", "note_forbidden", "similar", "turn"].into_iter().chain(own).map(str::to_owned).collect();
    known.extend(by_any().iter().map(|it| it.1.name.to_owned()));
    known.extend(Permission::ALL.into_iter().flat_map(use_cases).map(|it| it.name.to_owned()));
    assert!(written.len() > 40);
    assert_eq!(written, known);
}
