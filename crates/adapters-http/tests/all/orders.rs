//! The sort order and the columns of lists, day and amount filters, and the links from a record to its neighbours.
use crate::support::{
    Site, html,
    office::{Office, Person},
};
use domain::lead::{Lead, LeadId};

/// The URLs of the records on the page, in its order.
fn links(page: &str) -> Vec<String> {
    let rows = html::tags(page).into_iter().filter(|it| it.get("class") == Some("row-link"));
    rows.map(|it| it.get("href").unwrap().to_owned()).collect()
}

fn link_to(page: &str, rel: &str) -> Option<String> {
    html::tags(page).iter().find(|it| it.get("rel") == Some(rel)).map(|it| it.get("href").unwrap().to_owned())
}

async fn named(office: &Office, name: &str) -> LeadId {
    let id = office.lead(None).await;
    let mut details = office.stored::<Lead>(id).await.details;
    details.full_name = domain::values::FullName::parse(name).unwrap();
    office.director().await.edit_lead(id, 1, details).await.unwrap();
    id
}

#[tokio::test]
async fn a_list_is_sorted_as_its_url_says() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let office = &site.office;
        let boris = named(office, "Борисов Борис").await;
        let anna = named(office, "анина Анна").await;
        let yana = named(office, "Яшина Яна").await;
        // The test clock stands still, so the ids decide which of the records is newer.
        let mut oldest_first = [boris, anna, yana];
        oldest_first.sort();
        let mut newest_first = oldest_first;
        newest_first.reverse();
        let mut browser = site.browser(Person::Anna).await;
        for (query, order) in [
            ("", newest_first),
            ("?sort=nothing", newest_first),
            ("?sort=created", oldest_first),
            ("?sort=name", [anna, boris, yana]),
            ("?sort=-name", [yana, boris, anna]),
        ] {
            let page = browser.get(&format!("/leads{query}")).await.text();
            let found: Vec<String> = links(&page).iter().map(|it| it.split('?').next().unwrap().to_owned()).collect();
            assert_eq!(found, order.map(|it| format!("/leads/{it}")), "{query}");
        }
        // From one record to the next, in the order of the list that it was opened from.
        let page = browser.get("/leads?sort=name").await.text();
        let first = links(&page).remove(0);
        assert_eq!(first, format!("/leads/{anna}?from=sort%3Dname"));
        let page = browser.get(&first).await.text();
        assert_eq!(link_to(&page, "prev"), None);
        let second = link_to(&page, "next").unwrap();
        assert_eq!(second, format!("/leads/{boris}?from=sort%3Dname"));
        let page = browser.get(&second).await.text();
        assert_eq!(link_to(&page, "prev"), Some(first));
        assert_eq!(link_to(&page, "next"), Some(format!("/leads/{yana}?from=sort%3Dname")));
        assert!(html::tags(&page).iter().any(|it| it.get("href") == Some("/leads?sort=name")), "a link back");
        // A record that the list does not contain still has a position in it.
        let page = browser.get(&format!("/leads/{boris}?from=q%3D%D1%8F%D1%88")).await.text();
        let (there, nowhere) = if yana > boris { ("prev", "next") } else { ("next", "prev") };
        assert!(link_to(&page, there).unwrap().starts_with(&format!("/leads/{yana}?from=q")));
        assert_eq!(link_to(&page, nowhere), None);
    }
}

#[tokio::test]
async fn a_list_shows_the_chosen_columns() {
    let site = Site::of(Office::new().await, false);
    site.office.lead(None).await;
    let mut browser = site.browser(Person::Anna).await;
    let heads = |page: &str| html::tags(page).iter().filter(|it| it.get("scope") == Some("col")).count();
    // Users who may not convert have no column for it; editors have one to tick.
    assert_eq!(heads(&browser.get("/leads").await.text()), 8);
    assert_eq!(heads(&browser.get("/leads?columns=email&columns=nothing").await.text()), 3);
    let page = browser.get("/leads?columns=email&columns=status").await.text();
    let tags = html::tags(&page);
    let boxes = tags.iter().filter(|it| it.get("checked").is_some() && it.get("form") == Some("filters"));
    assert_eq!(boxes.map(|it| it.get("value").unwrap()).collect::<Vec<_>>(), ["email", "status"]);
}

#[tokio::test]
async fn periods_and_amounts_filter_a_list_and_invalid_ones_are_errors() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let lead = site.office.lead(None).await;
        let day = site.office.director().await.today();
        let mut browser = site.browser(Person::Anna).await;
        let (before, behind) = (day.pred_opt().unwrap(), day.succ_opt().unwrap());
        for (query, found) in [
            (format!("created_from={day}&created_until={day}"), true),
            (format!("created_from={day}"), true),
            (format!("created_until={before}"), false),
            (format!("created_from={behind}"), false),
        ] {
            let page = browser.get(&format!("/leads?{query}")).await.text();
            assert_eq!(links(&page).len(), usize::from(found), "{query}");
            assert_eq!(page.contains(&lead.to_string()), found, "{query}");
        }
        for query in [format!("created_from={day}&created_until={before}"), "created_from=yesterday".to_owned()] {
            let page = browser.get(&format!("/leads?{query}")).await;
            assert_eq!((page.status, links(&page.text()).len()), (200, 0), "{query}");
            assert!(page.text().contains("Период указан неверно"), "{query}");
        }
        let mut maxim = site.browser(Person::Maxim).await;
        let page = maxim.get("/contracts?amount_from=many").await.text();
        assert!(page.contains("Сумма указана неверно"));
        assert_eq!(maxim.get("/contracts?amount_from=1&amount_until=2").await.status, 200);
    }
}
