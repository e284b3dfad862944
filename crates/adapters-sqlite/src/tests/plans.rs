//! Lists and figures walk indexes. Asked of `SQLite` itself, for the very statements that the store sends.
use std::sync::{Arc, Mutex};

use conformance::fixtures;
use diesel::{
    connection::{Connection as _, InstrumentationEvent},
    prelude::*,
    sql_query,
    sql_types::Text,
};
use domain::{
    audit::AuditFilter,
    campaign::CampaignFilter,
    client::ClientFilter,
    contract::{ContractFilter, ContractSort},
    document::DocumentFilter,
    duplicates::MatchBy,
    lead::{AssigneeFilter, LeadFilter, LeadStage},
    next_step::Due,
    note::NoteFilter,
    order::{Direction, Order, SortBy},
    page::{Cursor, PageRequest},
    record::RecordKind,
    spend::SpendFilter,
    statistics::{AsOf, Attribution, TimeBuckets, Window},
};

use super::{Fresh, fresh};
use crate::{
    database_error::DatabaseError,
    duplicates,
    paging::{self, List},
    statistics, uploads,
};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What `SQLite` means to do for each statement of a task.
fn plans<R>(fresh: &Fresh, task: impl FnOnce(&mut SqliteConnection) -> Result<R, DatabaseError>) -> Vec<String> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let mut conn = fresh.direct();
    let seen = Arc::clone(&statements);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            let statement = query.split(" -- binds").next().unwrap_or_default();
            seen.lock().unwrap().push(statement.to_owned());
        }
    });
    assert!(task(&mut conn).is_ok());
    let statements = statements.lock().unwrap().clone();
    assert!(!statements.is_empty());
    let explain = |conn: &mut SqliteConnection, statement: &String| {
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap();
        steps.into_iter().map(|it| it.detail).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for statement in &statements {
        let plan = explain(&mut fresh.direct(), statement);
        let through_views = explain(&mut fresh.reading(), statement);
        let shapes = |plan: &[String]| plan.iter().map(|it| shape(it)).collect::<Vec<_>>();
        assert_eq!(shapes(&through_views), shapes(&plan), "the views of readers change the plan of {statement}");
        all.extend(plan);
    }
    all
}

/// A step without what a view calls otherwise: the table, and the number of a subquery.
fn shape(step: &str) -> String {
    match step.split(' ').collect::<Vec<_>>()[..] {
        [direction @ ("SEARCH" | "SCAN"), _, ref rest @ ..] => format!("{direction} {}", rest.join(" ")),
        _ => step.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned(),
    }
}

fn assert_walks_indexes(plan: &[String]) {
    const LARGE: [&str; 7] = ["audit_log", "leads", "clients", "contracts", "documents", "notes", "spend_entries"];
    for step in plan {
        let scans = LARGE.iter().any(|it| step.starts_with(&format!("SCAN {it}")));
        assert!(!scans || step.contains("INDEX"), "reads a whole table: {plan:#?}");
        assert!(!step.contains("TEMP B-TREE"), "sorts what an index should: {plan:#?}");
    }
}

fn assert_listed_by_index<L: List>(fresh: &Fresh, filter: &L) -> Vec<String> {
    let mut all = Vec::new();
    for cursor in [Cursor::Start, Cursor::After(fixtures::id(1)), Cursor::Before(fixtures::id(1))] {
        let plan = plans(fresh, |conn| paging::page(conn, filter, PageRequest::new(cursor)));
        assert_walks_indexes(&plan);
        all.extend(plan);
    }
    all
}

/// With a record under the cursor, so that its page is asked for, too.
async fn filled() -> Fresh {
    use domain::store::{Mode, Repository, Store};
    let fresh = fresh().await;
    let service = fixtures::service(1, "Ремонт");
    let campaign = fixtures::campaign(1, "Осень", service.id);
    let lead = fixtures::lead(1, "Иван", Some(campaign.id));
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    Repository::insert(&mut *work, &service).await.unwrap();
    Repository::insert(&mut *work, &campaign).await.unwrap();
    Repository::insert(&mut *work, &lead).await.unwrap();
    Repository::insert(&mut *work, &fixtures::note(1, lead.id, "Позвонить")).await.unwrap();
    Repository::insert(&mut *work, &fixtures::spend(1, campaign.id, "2026-01-15", "10")).await.unwrap();
    let mut document = fixtures::document(1);
    let contract = fixtures::contract(1, "Договор", service.id, &mut document);
    Repository::insert(&mut *work, &document).await.unwrap();
    Repository::insert(&mut *work, &contract).await.unwrap();
    work.commit().await.unwrap();
    fresh
}

#[tokio::test]
async fn lists_walk_an_index_in_their_order() {
    let fresh = filled().await;
    let campaign = Some(fixtures::id(1));
    let stage = Some(LeadStage::New);
    let plain = assert_listed_by_index(&fresh, &LeadFilter::default());
    assert!(plain.iter().any(|it| it.contains("sqlite_autoindex_leads_1")), "{plain:#?}");
    let by_stage = assert_listed_by_index(&fresh, &LeadFilter { stage, ..Default::default() });
    assert!(by_stage.iter().any(|it| it.contains("leads_by_status")), "{by_stage:#?}");
    let by_campaign = assert_listed_by_index(&fresh, &LeadFilter { campaign, ..Default::default() });
    assert!(by_campaign.iter().any(|it| it.contains("leads_by_campaign")), "{by_campaign:#?}");
    let by_both = assert_listed_by_index(&fresh, &LeadFilter { stage, campaign, ..Default::default() });
    assert!(by_both.iter().any(|it| it.contains("leads_by_campaign_and_status")), "{by_both:#?}");
    for assignee in [AssigneeFilter::ToNobody, AssigneeFilter::To(fixtures::id(1))] {
        let theirs = LeadFilter { assignee: Some(assignee), ..Default::default() };
        let by_assignee = assert_listed_by_index(&fresh, &theirs);
        assert!(by_assignee.iter().any(|it| it.contains("leads_by_assignee")), "{by_assignee:#?}");
        let by_assignee = assert_listed_by_index(&fresh, &LeadFilter { stage, ..theirs.clone() });
        assert!(by_assignee.iter().any(|it| it.contains("leads_by_assignee_and_status")), "{by_assignee:#?}");
        let by_assignee = assert_listed_by_index(&fresh, &LeadFilter { campaign, ..theirs.clone() });
        assert!(by_assignee.iter().any(|it| it.contains("leads_by_assignee_and_campaign")), "{by_assignee:#?}");
        assert_listed_by_index(&fresh, &LeadFilter { stage, campaign, ..theirs });
    }
    let search = LeadFilter { search: "иван".into(), ..Default::default() };
    let searched = plans(&fresh, |conn| paging::page(conn, &search, PageRequest::new(Cursor::Start)));
    assert_walks_indexes(&searched);
    for code in ["name", "-name"] {
        let by_name = LeadFilter { order: Order::from_code(code).unwrap(), ..Default::default() };
        let by_name = assert_listed_by_index(&fresh, &by_name);
        assert!(by_name.iter().any(|it| it.contains("leads_by_name")), "{by_name:#?}");
    }
    let (order, day) = (Order::from_code("due").unwrap(), fixtures::day("2026-03-14"));
    let due = Some(Due::before(day));
    for (assignee, index) in [
        (None, "leads_by_due"),
        (Some(AssigneeFilter::ToNobody), "leads_by_assignee_and_due"),
        (Some(AssigneeFilter::To(fixtures::id(1))), "leads_by_assignee_and_due"),
    ] {
        let by_due = assert_listed_by_index(&fresh, &LeadFilter { due, assignee, order, ..Default::default() });
        assert!(by_due.iter().any(|it| it.contains(index)), "{by_due:#?}");
    }
    let unplanned = LeadFilter { due: Some(Due::Unplanned), ..Default::default() };
    let unplanned = assert_listed_by_index(&fresh, &unplanned);
    assert!(
        unplanned.iter().all(|it| !it.contains("leads") || it.contains("unplanned") || it.contains("autoindex")),
        "{unplanned:#?}"
    );
    // In another order what is due is found first, and sorted then.
    let due = LeadFilter { due, ..Default::default() };
    let due = plans(&fresh, |conn| paging::page(conn, &due, PageRequest::new(Cursor::Start)));
    assert!(due.iter().any(|it| it.contains("leads_by_due")), "{due:#?}");
    for by in ContractSort::ALL {
        for direction in [Direction::Ascending, Direction::Descending] {
            assert_listed_by_index(
                &fresh,
                &ContractFilter { order: Order { by: *by, direction }, ..Default::default() },
            );
        }
    }
    let ends = Some(fixtures::period("2026-01-01", "2026-01-31"));
    let order = Order::from_code("valid_until").unwrap();
    let ending = assert_listed_by_index(&fresh, &ContractFilter { ends, order, ..Default::default() });
    assert!(ending.iter().any(|it| it.contains("contracts_by_end")), "{ending:#?}");
    let moscow = domain::calendar::Calendar::named("Europe/Moscow").unwrap();
    let unspent = Some(Window::new(fixtures::period("2026-01-01", "2026-01-31"), moscow));
    for filter in
        [CampaignFilter { over_budget: true, ..Default::default() }, CampaignFilter { unspent, ..Default::default() }]
    {
        let steps = assert_listed_by_index(&fresh, &filter);
        let spend: Vec<_> = steps.iter().filter(|it| it.contains("spend_entries")).collect();
        assert!(
            !spend.is_empty() && spend.iter().all(|it| it.starts_with("SEARCH") && it.contains("COVERING INDEX")),
            "{steps:#?}"
        );
    }
    assert_listed_by_index(&fresh, &ContractFilter { service: Some(fixtures::id(1)), ..Default::default() });
    assert_listed_by_index(&fresh, &ClientFilter { campaign, ..Default::default() });
    assert_listed_by_index(&fresh, &ClientFilter { order: Order::from_code("name").unwrap(), ..Default::default() });
    assert_listed_by_index(&fresh, &ClientFilter::default());
    assert_listed_by_index(&fresh, &ContractFilter::default());
    assert_listed_by_index(&fresh, &ContractFilter { free: true, ..Default::default() });
    assert_listed_by_index(&fresh, &ContractFilter { client: Some(fixtures::id(1)), ..Default::default() });
    assert_listed_by_index(&fresh, &DocumentFilter { contract: Some(fixtures::id(1)), ..Default::default() });
    assert_listed_by_index(&fresh, &NoteFilter { lead: Some(fixtures::id(1)), without_clients: false });
    assert_listed_by_index(&fresh, &SpendFilter::default());
    assert_listed_by_index(&fresh, &SpendFilter { campaign });
    assert_listed_by_index(&fresh, &AuditFilter::default());
    let (kind, record) = (Some(RecordKind::User), Some(fixtures::id(1)));
    let of_one = assert_listed_by_index(&fresh, &AuditFilter { kind, record, ..Default::default() });
    assert!(of_one.iter().any(|it| it.contains("audit_log_by_subject")), "{of_one:#?}");
}

#[tokio::test]
async fn files_that_wait_are_found_by_indexes() {
    let fresh = filled().await;
    let plan = plans(&fresh, |conn| uploads::waiting(conn, Some(fixtures::id(1))));
    assert!(plan.len() == 1 && plan[0].contains("INDEX documents_waiting_of (created_by=?)"), "{plan:#?}");
    let plan = plans(&fresh, |conn| uploads::waiting(conn, None));
    assert!(plan.len() == 1 && plan[0].starts_with("SEARCH documents USING INDEX"), "{plan:#?}");
    let plan = plans(&fresh, |conn| uploads::abandoned(conn, fixtures::moment_of(1), 10));
    assert_walks_indexes(&plan);
    assert!(plan.iter().all(|it| !it.starts_with("SCAN")), "{plan:#?}");
}

#[tokio::test]
async fn duplicates_are_found_by_indexes() {
    let fresh = filled().await;
    let merged = LeadFilter { merged: true, ..Default::default() };
    assert_listed_by_index(&fresh, &merged);
    for (match_by, key) in MatchBy::ALL.into_iter().zip(["+79005550142", "lead1@example.com", "иван"]) {
        let plan = plans(&fresh, |conn| duplicates::leads_with(conn, match_by, key, 10));
        let searched = plan.iter().filter(|it| it.contains("leads_by_") || it.contains("clients_by_"));
        assert_eq!(searched.filter(|it| it.starts_with("SEARCH")).count(), 2, "{plan:#?}");
        assert!(!plan.iter().any(|it| it.starts_with("SCAN leads") || it.starts_with("SCAN c")), "{plan:#?}");
        // Every key once, in the order of its index, and the pairs of the keys that several leads have.
        let mut plan = plans(&fresh, |conn| duplicates::duplicate_pairs(conn, match_by, None, 10));
        // Only the leads that match one lead are sorted.
        plan.retain(|it| it != "USE TEMP B-TREE FOR LAST TERM OF ORDER BY");
        assert_walks_indexes(&plan);
        let keys: Vec<_> = plan.iter().filter(|it| it.contains(" l USING")).collect();
        assert!(keys.len() == 1 && keys[0].contains("COVERING INDEX leads_by_"), "{plan:#?}");
    }
}

#[tokio::test]
async fn figures_are_read_from_indexes_alone() {
    let fresh = filled().await;
    let moscow = domain::calendar::Calendar::named("Europe/Moscow").unwrap();
    let january = Window::new(fixtures::period("2026-01-01", "2026-01-31"), moscow);
    let buckets = TimeBuckets::new(vec![january.days.from(), january.days.until()], moscow);
    for attribution in Attribution::ALL {
        let as_of = Some(AsOf::end_of(january.days.until(), moscow));
        for (window, as_of) in [(None, None), (Some(&january), None), (Some(&january), as_of)] {
            let plan = plans(&fresh, |conn| statistics::campaigns::sums(conn, attribution, window, as_of));
            for step in plan.iter().filter(|it| it.contains("leads") || it.contains("spend_entries")) {
                assert!(step.contains("COVERING INDEX"), "{step}: {plan:#?}");
            }
            let by_campaign = |it: &&String| it.starts_with("SEARCH clients") && !it.contains("(acquired_by=?");
            assert_eq!(plan.iter().find(by_campaign), None, "{plan:#?}");
            let scans = |it: &&String| ["SCAN c", "SCAN k"].iter().any(|scan| it.split(" USING").next() == Some(scan));
            assert_eq!(plan.iter().find(scans).filter(|it| !it.contains("INDEX")), None, "{plan:#?}");
        }
        let plan = plans(&fresh, |conn| statistics::buckets::time_series(conn, attribution, &buckets));
        let of = |table| plan.iter().filter(move |it| it.split(' ').nth(1) == Some(table));
        for step in ["leads", "clients", "spend_entries"].into_iter().flat_map(of) {
            assert!(step.starts_with("SEARCH") && step.contains("COVERING INDEX"), "{step}: {plan:#?}");
        }
        assert_searched(&plan);
    }
    let plan = plans(&fresh, |conn| statistics::buckets::cohorts(conn, &buckets));
    assert_searched(&plan);
    for step in plan.iter().filter(|it| it.starts_with("SEARCH")) {
        assert!(step.contains("COVERING INDEX"), "{step}: {plan:#?}");
    }
}

/// Clients and contracts are found by an index in each stretch.
fn assert_searched(plan: &[String]) {
    for table in ["c", "k"] {
        assert!(plan.iter().any(|it| it.starts_with(&format!("SEARCH {table} USING"))), "{plan:#?}");
        assert!(!plan.iter().any(|it| it.split(" USING").next() == Some(&format!("SCAN {table}"))), "{plan:#?}");
    }
}
