//! The filters of the list of leads.
use crate::support::{
    Site, html,
    office::{Office, Person},
};
use domain::lead::{Lead, WorkStatus};

/// The names of the leads on the page.
fn listed(page: &str) -> Vec<String> {
    let links = html::tags(page).into_iter().filter(|it| it.get("class") == Some("row-link"));
    let mut all: Vec<String> = links
        .map(|it| it.get("href").unwrap().trim_start_matches("/leads/").split('?').next().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

fn sorted(ids: &[domain::lead::LeadId]) -> Vec<String> {
    let mut all: Vec<String> = ids.iter().map(ToString::to_string).collect();
    all.sort();
    all
}

#[tokio::test]
async fn leads_are_filtered_by_several_statuses_and_campaigns() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let office = &site.office;
        let (service, director) = (office.service().await, office.director().await);
        let (one, two) = (office.campaign(service).await, office.campaign(service).await);
        let (first, second, third) =
            (office.lead(Some(one)).await, office.lead(Some(two)).await, office.lead(None).await);
        let (fourth, fifth) = (office.lead(Some(one)).await, office.lead(Some(two)).await);
        director.set_lead_status(second, 1, WorkStatus::InProgress).await.unwrap();
        director.set_lead_status(fourth, 1, WorkStatus::Qualified).await.unwrap();
        let maxim = office.user(Person::Maxim).await;
        let mut details = office.stored::<Lead>(first).await.details;
        details.assignee = Some(maxim);
        director.edit_lead(first, 1, details).await.unwrap();
        let mut anna = site.browser(Person::Anna).await;
        let both = format!("campaign={one}&campaign={two}");
        for (query, expected) in [
            (String::new(), &[first, second, third, fourth, fifth][..]),
            ("status=new".into(), &[first, third, fifth]),
            ("status=in_progress&status=qualified".into(), &[second, fourth]),
            (format!("campaign={one}"), &[first, fourth]),
            (both.clone(), &[first, second, fourth, fifth]),
            (format!("status=new&status=in_progress&{both}"), &[first, second, fifth]),
            (
                "status=new&status=in_progress&status=qualified&status=lost&status=converted".into(),
                &[first, second, third, fourth, fifth],
            ),
            ("status=nothing&campaign=nothing".into(), &[first, second, third, fourth, fifth]),
            (format!("campaign={}", office.id::<uuid::Uuid>()), &[]),
            (format!("assignee={maxim}"), &[first]),
            ("assignee=none&status=new".into(), &[third, fifth]),
            (format!("assignee=none&assignee={maxim}&{both}"), &[first, second, fourth, fifth]),
        ] {
            let page = anna.get(&format!("/leads?{query}")).await;
            assert_eq!((page.status, listed(&page.text())), (200, sorted(expected)), "{query}");
            let found = html::text_of(&page.text(), "count").unwrap();
            assert_eq!(found, format!("Найдено: {}", expected.len()), "{query}");
        }
        // Chosen values are ticked, are in the links of the tabs, and can be removed.
        let page = anna.get(&format!("/leads?status=new&status=lost&campaign={one}&q=x")).await.text();
        let tags = html::tags(&page);
        let ticked: Vec<_> = tags
            .iter()
            .filter(|it| it.get("checked").is_some() && it.get("form").is_none())
            .map(|it| it.get("value").unwrap())
            .collect();
        assert_eq!(ticked, ["new", "lost", &one.to_string()]);
        let tab = format!("/leads?q=x&status=qualified&campaign={one}");
        assert!(tags.iter().any(|it| it.get("href") == Some(&tab)), "{tab}");
        assert!(html::text_of(&page, "reset").unwrap().contains("Сбросить"));
    }
}

#[tokio::test]
async fn a_filter_with_hundreds_of_campaigns_is_refused() {
    const TOO_MANY: &str = "Выбрано слишком много";
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let many = |number: usize| {
        (0..number).map(|_| format!("campaign={}", site.office.id::<uuid::Uuid>())).collect::<Vec<_>>().join("&")
    };
    let query = many(60);
    assert!(!anna.get(&format!("/leads?{query}")).await.text().contains(TOO_MANY));
    let answer = anna.get(&format!("/leads?status=new&status=lost&{query}")).await;
    assert!(answer.status == 200 && answer.text().contains(TOO_MANY));
    assert!(html::tags(&answer.text()).iter().any(|it| it.get("value") == Some("lost") && it.get("checked").is_some()));
    let answer = site.browser(Person::Maxim).await.get(&format!("/leads/export?status=new&status=lost&{query}")).await;
    assert!(answer.status == 400 && answer.is_page());
}
