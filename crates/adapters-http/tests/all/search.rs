//! Global search, which also feeds the command palette: results by permission.
use crate::support::{
    Site, html,
    office::{Office, Person, details},
};

/// The targets of the result links, without the list that they carry.
fn found(page: &str) -> Vec<String> {
    let (_, rest) = page.split_once("id=\"found\"").unwrap();
    let rest = rest.split("</main>").next().unwrap();
    let links = html::tags(rest).into_iter().filter(|it| it.name == "a");
    links.map(|it| it.get("href").unwrap().split("?from=").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_name_is_found_in_every_kind_that_the_user_may_view() {
    for office in Office::each().await {
        let (lead, contract, client) = office.client().await;
        let site = Site::of(office, false);
        // The lead, the contract and the client of one person, found by their names.
        for (words, path) in [
            ("иван", format!("/leads/{lead}")),
            ("иван петров", format!("/clients/{client}")),
            ("договор", format!("/contracts/{contract}")),
        ] {
            let answer = site.browser(Person::Maxim).await.get(&format!("/search?q={}", encoded(words))).await;
            assert_eq!(answer.status, 200);
            assert!(found(&answer.text()).contains(&path), "{words}: {:?}", found(&answer.text()));
        }
        // An operator finds the lead, but does not learn about its client and contract.
        let mut anna = site.browser(Person::Anna).await;
        let page = anna.get(&format!("/search?q={}", encoded("иван"))).await.text();
        assert!(found(&page).contains(&format!("/leads/{lead}")));
        for words in ["иван", "петров", "договор", "кампания", "услуга", "глеб"] {
            let links = found(&anna.get(&format!("/search?q={}", encoded(words))).await.text());
            let others = ["/clients", "/contracts", "/campaigns", "/services", "/users"];
            assert!(!links.iter().any(|it| others.iter().any(|of| it.starts_with(of))), "{words}: {links:?}");
        }
        // A user without a role finds no records.
        let links =
            found(&site.browser(Person::Nina).await.get(&format!("/search?q={}", encoded("иван"))).await.text());
        assert!(links.is_empty(), "{links:?}");
    }
}

#[tokio::test]
async fn results_keep_the_search_and_link_to_the_whole_list() {
    let site = Site::new().await;
    let lead = site.office.lead(None).await;
    let mut anna = site.browser(Person::Anna).await;
    let page = anna.get(&format!("/search?q={}", encoded("иван"))).await.text();
    let tags = html::tags(&page);
    let link = |path: &str| tags.iter().filter_map(|it| it.get("href")).find(|it| it.starts_with(path)).unwrap();
    assert_eq!(link("/leads?q="), format!("/leads?q={}", encoded("иван")));
    let record = anna.get(link(&format!("/leads/{lead}?from="))).await.text();
    assert!(html::tags(&record).iter().any(|it| it.get("href") == Some(&format!("/leads?q={}", encoded("иван")))));
    let typed = tags.iter().find(|it| it.get("id") == Some("q")).unwrap();
    assert_eq!(typed.get("value"), Some("иван"));
}

#[tokio::test]
async fn pages_are_found_by_name_prefixes_in_both_languages() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    for (words, path) in
        [("лид", "/leads"), ("new le", "/leads/new"), ("ЛИД нов", "/leads/new"), ("stat", "/statistics")]
    {
        let links = found(&anna.get(&format!("/search?q={}", encoded(words))).await.text());
        assert!(links.iter().any(|it| it == path), "{words}: {links:?}");
    }
    for words in ["договоры", "новая кампания", "журнал", "иды"] {
        let links = found(&anna.get(&format!("/search?q={}", encoded(words))).await.text());
        assert!(links.is_empty(), "{words}: {links:?}");
    }
}

#[tokio::test]
async fn input_comes_back_as_text_and_an_empty_result_gives_advice() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let typed = "<b>\"'&amp; %_\\";
    let page = anna.get(&format!("/search?q={}", encoded(typed))).await.text();
    assert!(page.contains("Ничего не нашлось") && page.contains("Попробуйте короче или иначе"));
    assert!(!page.contains("<b>\""));
    let field = html::tags(&page).into_iter().find(|it| it.get("id") == Some("q")).unwrap();
    assert_eq!(field.get("value"), Some(typed));
    for long in ["x".repeat(5_000), "x ".repeat(3_000)] {
        assert_eq!(anna.get(&format!("/search?q={}", encoded(&long))).await.status, 200);
    }
    let blank = anna.get("/search").await.text();
    assert!(blank.contains("Введите хотя бы две буквы") && found(&blank).contains(&"/leads".to_owned()));
}

#[tokio::test]
async fn services_and_users_are_found_with_permission() {
    let site = Site::new().await;
    let service = site.office.service().await;
    let user = site.office.director().await;
    let user = user.create_user(site.office.id(), details::user("petr", "Пётр Ильин", &[])).await.unwrap();
    let links =
        found(&site.browser(Person::Marina).await.get(&format!("/search?q={}", encoded("услуга"))).await.text());
    assert!(links.contains(&format!("/services/{service}")));
    let links = found(&site.browser(Person::Alla).await.get(&format!("/search?q={}", encoded("ильин"))).await.text());
    assert!(links.contains(&format!("/users/{user}")));
}

fn encoded(words: &str) -> String {
    form_urlencoded::byte_serialize(words.as_bytes()).collect()
}
