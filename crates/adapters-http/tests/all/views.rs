//! Saved views without a script: save, share, rename and remove them.
use crate::support::{
    Site, html,
    office::{Office, Person},
};

/// The bar of views over a list.
fn strip(page: &str) -> String {
    let (_, from) = page.split_once("id=\"views\"").unwrap();
    from.split_once("</nav>").unwrap().0.to_owned()
}

fn key(page: &str) -> String {
    let tags = html::tags(page);
    tags.iter().find(|it| it.get("name") == Some("key")).unwrap().get("value").unwrap().to_owned()
}

#[tokio::test]
async fn a_filtered_list_is_saved_shared_and_opened_as_a_view() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let lead = site.office.lead(None).await;
        site.office.client().await;
        let mut anna = site.browser(Person::Anna).await;
        // The default list cannot be saved.
        assert!(!anna.get("/leads").await.text().contains("/views/new"));
        let list = anna.get("/leads?sort=name&status=new&columns=email&after=&junk=1").await.text();
        assert!(list.contains("/leads/views/new?from="), "{list}");
        let form = anna.get("/leads/views/new?from=status%3Dnew%26sort%3Dname").await.text();
        let key = key(&form);

        // Without a name the form comes back with its ticks.
        let sent = [("key", &*key), ("from", "status=new&sort=name"), ("name", " "), ("shared", "1")];
        let answer = anna.post("/leads/views", &sent).await;
        assert_eq!(answer.status, 422);
        let page = answer.text();
        let ticked = |it: &html::Tag| it.get("name") == Some("shared") && it.get("checked").is_some();
        assert!(html::tags(&page).iter().any(ticked), "{page}");

        let sent =
            [("key", &*key), ("from", "sort=name&status=new"), ("name", "Новые <b>по</b> имени"), ("shared", "1")];
        let answer = anna.post("/leads/views", &sent).await;
        assert_eq!((answer.status, answer.location()), (303, Some("/leads?status=new&sort=name")));
        let list = anna.get("/leads?status=new&sort=name").await.text();
        let strip_of_list = strip(&list);
        assert!(strip_of_list.contains("Новые &lt;b&gt;по&lt;/b&gt; имени"), "{strip_of_list}");
        assert!(
            strip_of_list.contains("aria-current=\"page\"") && strip_of_list.contains(">1</span>"),
            "{strip_of_list}"
        );
        assert!(!list.contains("/views/new"), "it is saved already");

        // All users who may view the list see the view; only its owner may change it.
        let mut maxim = site.browser(Person::Maxim).await;
        let theirs = maxim.get("/leads").await.text();
        assert!(strip(&theirs).contains("/leads?status=new&amp;sort=name"), "{}", strip(&theirs));
        let all = maxim.get("/leads/views").await.text();
        assert!(all.contains("общий") && !all.contains("/removal"), "{all}");
        let own = anna.get("/leads/views").await.text();
        let edit =
            html::tags(&own).iter().find_map(|it| it.get("href").filter(|it| it.ends_with("/edit")).map(str::to_owned));
        let edit = edit.unwrap();
        assert_eq!(maxim.get(&edit).await.status, 404);
        assert_eq!(maxim.post(&edit, &[("version", "1"), ("name", "Чужое")]).await.status, 404);
        assert_eq!(site.browser(Person::Marina).await.get("/leads/views").await.status, 403);

        assert_eq!(anna.post(&edit, &[("version", "1"), ("name", "Мои")]).await.status, 303);
        assert_eq!(anna.post(&edit, &[("version", "1"), ("name", "Поздно")]).await.status, 409);
        assert!(!strip(&maxim.get("/leads").await.text()).contains("status=new"), "no longer shared");
        assert_eq!(anna.post(&edit.replace("/edit", "/removal"), &[]).await.status, 303);
        assert!(!strip(&anna.get("/leads").await.text()).contains("Мои"));
        assert_eq!(anna.get(&edit).await.status, 404);
        assert_eq!(anna.get(&format!("/leads/{lead}")).await.status, 200);
    }
}

#[tokio::test]
async fn views_with_searches_are_not_counted_and_invalid_ones_find_nothing() {
    let site = Site::of(Office::new().await, false);
    site.office.lead(None).await;
    let mut gleb = site.browser(Person::Gleb).await;
    for (n, query) in ["q=иван", "created_from=yesterday"].into_iter().enumerate() {
        let form = gleb.get("/leads/views/new").await.text();
        let name = format!("Отбор {n}");
        let sent = [("key", &*key(&form)), ("from", query), ("name", &name)];
        assert_eq!(gleb.post("/leads/views", &sent).await.status, 303, "{query}");
    }
    let all = gleb.get("/leads/views").await.text();
    assert_eq!(all.matches("<td class=\"num\">—</td>").count(), 2, "{all}");
    for n in 0..8 {
        let form = gleb.get("/leads/views/new").await.text();
        let sent = [("key", &*key(&form)), ("from", "status=new"), ("name", &*format!("Ещё {n}"))];
        assert_eq!(gleb.post("/leads/views", &sent).await.status, 303);
    }
    // The bar shows a limited number, and the open view is among them.
    let shown = strip(&gleb.get("/leads?q=иван").await.text());
    assert_eq!(shown.matches("class=\"chip").count(), 6, "{shown}");
    assert!(shown.contains("Отбор 0") && shown.contains("Ещё 4"), "{shown}");
}
