//! Duplicates in a file that was there before anybody looked for them.
use conformance::fixtures;
use diesel::{connection::SimpleConnection, dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    duplicates::{Identity, MatchBy},
    store::{Mode, Repository, Store},
};

use super::fresh;

#[tokio::test]
async fn leads_of_before_are_found_by_what_is_like_them() {
    let fresh = fresh().await;
    let mut work = fresh.store.begin(Mode::Write).await.unwrap();
    let mut leads = Vec::new();
    for (n, name, phone, email) in [
        (1, "Ёлкин «Пётр» Ли", "+7 900 555-01-42", "Ivan.S@Example.com"),
        (2, "\"Ли\", A\\B", "", "Я@Example.com"),
        (3, "Ли", "+7 900 555-01-43", ""),
    ] {
        let mut lead = fixtures::lead(n, name, None);
        lead.details.contact = fixtures::contact(phone, email);
        Repository::insert(&mut *work, &lead).await.unwrap();
        leads.push(lead);
    }
    work.commit().await.unwrap();

    let mut conn = fresh.direct();
    let mut new_leads = |merge: &str| -> i64 {
        conn.batch_execute(merge).unwrap();
        diesel::select(sql::<BigInt>("(SELECT value FROM counters WHERE name = 'leads.new')"))
            .get_result(&mut conn)
            .unwrap()
    };
    let merge = "UPDATE leads SET merged_into = (SELECT max(id) FROM leads), merged_version = 2 WHERE phone IS NULL";
    assert_eq!(new_leads(merge), 2);
    let down = include_str!("../../../../migrations/sqlite/0014_duplicates/down.sql");
    assert_eq!(new_leads(down), 3, "what was merged counts again");
    new_leads(include_str!("../../../../migrations/sqlite/0014_duplicates/up.sql"));

    let mut work = fresh.store.begin(Mode::Read).await.unwrap();
    for lead in leads {
        let identity = Identity::from(&lead);
        for match_by in MatchBy::ALL {
            let Some(key) = identity.key(match_by) else { continue };
            assert_eq!(work.leads_with(match_by, &key, 10).await.unwrap(), std::slice::from_ref(&lead), "{match_by:?}");
        }
    }
}
