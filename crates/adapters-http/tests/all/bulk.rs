//! Bulk actions without a script: ticked records or the whole list, the report, and undo.
use crate::support::{
    Answer, Site, html,
    office::{Office, Person},
};
use chrono::TimeDelta;
use domain::lead::{Lead, LeadId, LeadStage, LeadStatus};

/// The hidden fields of the form with this action, as a browser would send them.
fn hidden(page: &str) -> Vec<(String, String)> {
    let tags = html::tags(page).into_iter().filter(|it| it.get("type") == Some("hidden"));
    tags.map(|it| (it.get("name").unwrap().to_owned(), it.get("value").unwrap_or_default().to_owned())).collect()
}

fn with<'a>(hidden: &'a [(String, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    hidden.iter().map(|it| (it.0.as_str(), it.1.as_str())).chain(more.iter().copied()).collect()
}

fn rows(page: &str) -> usize {
    html::tags(page).iter().filter(|it| it.get("class") == Some("row-link")).count()
}

/// The redirect target, unescaped.
fn there(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().unwrap().to_owned()
}

async fn leads(office: &Office, number: usize) -> Vec<LeadId> {
    let mut ids = Vec::new();
    for _ in 0..number {
        office.clock.advance(TimeDelta::milliseconds(1));
        ids.push(office.lead(None).await);
    }
    ids
}

async fn assigned(office: &Office, leads: &[LeadId]) -> usize {
    let mut number = 0;
    for id in leads {
        number += usize::from(office.stored::<Lead>(*id).await.details.assignee.is_some());
    }
    number
}

#[tokio::test]
async fn ticked_leads_are_assigned_reported_and_restored() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let ids = leads(&site.office, 3).await;
        let maxim = site.office.user(Person::Maxim).await.to_string();
        let mut anna = site.browser(Person::Anna).await;
        let list = anna.get("/leads?sort=name").await.text();
        let boxes = html::tags(&list).iter().filter(|it| it.get("name") == Some("id")).count();
        assert_eq!(boxes, 3);
        assert!(list.contains("value=\"assign\"") && list.contains("value=\"status\""));
        // Анна may not export lists.
        assert!(!list.contains("formaction"));

        let question = format!("/leads/bulk?from=sort%3Dname&do=assign&id={}&id={}", ids[0], ids[2]);
        let page = anna.get(&question).await.text();
        assert!(page.contains("Записей: 2"), "{page}");
        let sent = hidden(&page);
        site.office.clock.advance(TimeDelta::seconds(1));
        let answer = anna.post("/leads/bulk", &with(&sent, &[("assignee", &maxim)])).await;
        assert_eq!(assigned(&site.office, &ids).await, 2);
        let report = anna.get(&there(&answer)).await.text();
        assert!(report.contains("Изменено записей: 2") && report.contains("href=\"/leads?sort=name\""), "{report}");

        // The same form again, by mistake, changes nothing.
        let again = anna.post("/leads/bulk", &with(&sent, &[("assignee", &maxim)])).await;
        let again = anna.get(&there(&again)).await.text();
        assert!(again.contains("Ничего не изменилось") && again.contains("Такими уже были: 2"), "{again}");

        site.office.clock.advance(TimeDelta::seconds(1));
        let undone = anna.post("/leads/bulk/undo", &with(&hidden(&report), &[])).await;
        assert_eq!(assigned(&site.office, &ids).await, 0);
        let report = anna.get(&there(&undone)).await.text();
        assert!(report.contains("Возвращено как было: 2"), "{report}");
    }
}

#[tokio::test]
async fn the_whole_list_is_changed_except_for_named_clients() {
    for office in Office::each().await {
        let (client, _, _) = office.client().await;
        let site = Site::of(office, false);
        let ids = leads(&site.office, 4).await;
        let mut gleb = site.browser(Person::Gleb).await;
        let page = gleb.get("/leads/bulk?all=1&from=").await.text();
        assert!(page.contains("Записей: 5") && page.contains("do=status"), "{page}");
        let page = gleb.get("/leads/bulk?all=1&do=status").await.text();
        let sent = hidden(&page);
        site.office.clock.advance(TimeDelta::seconds(1));

        // A lost lead needs a reason, and the selection is kept.
        let (long, too_long) = ("ж".repeat(201), "Причина отказа: не больше 200 знаков");
        for (reason, told) in [(" ", "Укажите причину отказа"), (&long, too_long), ("a\0b", "Причина отказа: ")]
        {
            let answer = gleb.post("/leads/bulk", &with(&sent, &[("status", "lost"), ("reason", reason)])).await;
            assert_eq!(answer.status, 422);
            let page = answer.text();
            assert!(page.contains(told), "{page}");
            let tags = html::tags(&page);
            assert!(tags.iter().any(|it| it.get("value") == Some("lost") && it.get("selected").is_some()));
            let typed = tags.iter().find(|it| it.get("name") == Some("reason")).unwrap().get("value");
            assert!(typed == Some(reason) || reason.contains('\0'), "{typed:?}");
            assert_eq!(hidden(&page), sent);
        }
        assert_eq!(gleb.post("/leads/bulk", &with(&sent, &[("status", "converted")])).await.status, 422);
        assert_eq!(gleb.post("/leads/bulk", &[("do", "nothing"), ("all", "1")]).await.status, 400);

        // The number of records has changed since the confirmation, so the user is asked again.
        let stale: Vec<_> =
            sent.iter().map(|(name, value)| (name.as_str(), if name == "total" { "4" } else { value })).collect();
        let answer =
            gleb.post("/leads/bulk", &[&stale[..], &[("status", "lost"), ("reason", "Дорого")]].concat()).await;
        assert_eq!(answer.status, 409);
        assert!(answer.text().contains("Список изменился") && hidden(&answer.text()) == sent);

        let answer = gleb.post("/leads/bulk", &with(&sent, &[("status", "lost"), ("reason", "Дорого")])).await;
        let report = gleb.get(&there(&answer)).await.text();
        assert!(report.contains("Изменено записей: 4") && report.contains("Не изменены: 1"), "{report}");
        assert!(report.contains(&format!("/leads/{client}")) && report.contains("уже клиент"), "{report}");
        for id in &ids {
            assert!(matches!(site.office.stored::<Lead>(*id).await.status, LeadStatus::Lost(_)));
        }
        assert_eq!(site.office.stored::<Lead>(client).await.stage(), LeadStage::Converted);
        assert_eq!(rows(&gleb.get("/leads?status=lost").await.text()), 4);
    }
}

#[tokio::test]
async fn exactly_the_ticked_records_are_exported() {
    let site = Site::of(Office::new().await, false);
    let ids = leads(&site.office, 3).await;
    let mut maxim = site.browser(Person::Maxim).await;
    let list = maxim.get("/leads").await.text();
    assert!(list.contains("formaction=\"/leads/export\""));
    // A manager may not edit leads, so this bulk action is missing.
    assert!(!list.contains("value=\"assign\""));
    assert_eq!(maxim.get("/leads/bulk?do=assign").await.status, 403);
    let file = maxim.get(&format!("/leads/export?from=&id={}&id={}", ids[0], ids[1])).await.text();
    assert_eq!(file.lines().count(), 3, "{file}");
    let nobody = site.browser(Person::Anna).await.get("/leads/bulk?do=assign").await.text();
    assert!(nobody.contains("Ничего не выбрано"), "{nobody}");
}

#[tokio::test]
async fn records_are_archived_and_restored_in_bulk() {
    let site = Site::of(Office::new().await, false);
    let services = [site.office.service().await, site.office.service().await];
    let mut marina = site.browser(Person::Marina).await;
    let page = marina.get("/services/bulk?do=archive&all=1").await.text();
    let answer = marina.post("/services/bulk", &with(&hidden(&page), &[])).await;
    assert!(marina.get(&there(&answer)).await.text().contains("Изменено записей: 2"));
    assert_eq!(rows(&marina.get("/services").await.text()), 0);
    let archive = marina.get("/services?archived=1").await.text();
    assert_eq!(rows(&archive), 2);
    assert!(archive.contains("value=\"restore\"") && !archive.contains("value=\"archive\""));
    site.office.clock.advance(TimeDelta::seconds(1));
    let ticked = [("do", "restore"), ("id", &*services[0].to_string()), ("from", "archived=1")];
    let answer = marina.post("/services/bulk", &ticked).await;
    assert!(there(&answer).ends_with("from=archived%3D1"));
    assert_eq!(rows(&marina.get("/services").await.text()), 1);
}
