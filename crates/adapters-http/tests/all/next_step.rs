//! The next step on a lead's page, in its history, and in the list.
use crate::support::{
    Browser, Site, html,
    office::{Office, Person},
};
use conformance::fixtures::step;
use domain::{
    calendar::Calendar,
    lead::{Lead, LeadId, WorkStatus},
    next_step::NextStep,
    record::Record,
    store::{Mode, Repository},
    user::User,
    values::LostReason,
};

async fn post(browser: &mut Browser, id: LeadId, fields: &[(&str, &str)]) -> crate::support::Answer {
    browser.post(&format!("/leads/{id}/next-step"), fields).await
}

async fn stored(site: &Site, id: LeadId) -> Option<NextStep> {
    site.office.stored::<Lead>(id).await.next_step
}

async fn words(browser: &mut Browser, path: &str) -> String {
    html::words(&browser.get(path).await.text())
}

#[tokio::test]
async fn a_user_who_works_through_due_steps_goes_on_from_there() {
    for office in Office::each().await {
        let mut leads = Vec::new();
        for day in ["2026-01-10", "2026-01-11", "2026-01-12"] {
            let id = office.lead(None).await;
            office.director().await.plan_lead(id, 1, Some(step("Перезвонить", day))).await.unwrap();
            leads.push(id);
        }
        let site = Site::of(office, false);
        let mut anna = site.browser(Person::Anna).await;
        let here = format!("/leads/{}?from=sort%3Ddue", leads[0]);
        let next = format!("/leads/{}?from=sort%3Ddue", leads[1]);
        let leads_on = |page: &str| {
            html::tags(page)
                .iter()
                .find(|it| it.get("rel") == Some("next"))
                .map(|it| it.get("href").unwrap().to_owned())
        };
        assert_eq!(leads_on(&anna.get(&here).await.text()).as_ref(), Some(&next));
        // A lead with a completed step moves to the end of the list. The following lead stays the next one.
        let answer = post(&mut anna, leads[0], &[("version", "2"), ("done", "1"), ("from", "sort=due")]).await;
        let there = answer.location().unwrap().split('#').next().unwrap().to_owned();
        let page = anna.get(&there).await.text();
        assert_eq!(leads_on(&page).as_ref(), Some(&next));
        // This also holds if another step is planned at once.
        let form = html::form(&page, &format!("/leads/{}/next-step", leads[0])).unwrap();
        assert_eq!(html::value(&form, "next"), Some(leads[1].to_string()));
        let later = [("version", "3"), ("next_step", "Написать"), ("when", "in_a_week"), ("from", "sort=due")];
        let answer =
            post(&mut anna, leads[0], &[&later[..], &[("next", leads[1].to_string().as_str())]].concat()).await;
        assert_eq!(leads_on(&anna.get(answer.location().unwrap()).await.text()).as_ref(), Some(&next));
    }
}

#[tokio::test]
async fn a_step_is_planned_moved_and_completed_on_the_leads_page() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let (id, mut anna) = (site.office.lead(None).await, site.browser(Person::Anna).await);
        let here = format!("/leads/{id}");
        let form = html::form(&anna.get(&here).await.text(), &format!("{here}/next-step")).unwrap();
        assert_eq!(html::value(&form, "version").as_deref(), Some("1"));
        let planned = [("version", "1"), ("next_step", " Перезвонить "), ("when", "in_3_days"), ("due_on", "")];
        let answer = post(&mut anna, id, &planned).await;
        assert_eq!((answer.status, answer.location()), (303, Some(&*here)));
        let page = words(&mut anna, &here).await;
        assert!(page.contains("Следующий шаг запланирован"), "{page}");
        assert!(page.contains("Перезвонить 15 января Сделано Изменить или перенести"), "{page}");
        assert!(page.contains("Следующий шаг: Перезвонить — 15 января 2026"), "{page}");

        let moved = [("version", "2"), ("next_step", "Перезвонить"), ("when", "day"), ("due_on", "12.01.2026")];
        assert_eq!(post(&mut anna, id, &moved).await.status, 303);
        let page = words(&mut anna, &here).await;
        assert!(page.contains("Перезвонить Сегодня 12 января 2026"), "{page}");
        site.office.clock.advance(chrono::TimeDelta::days(2));
        let mut anna = site.browser(Person::Anna).await;
        let page = words(&mut anna, &here).await;
        assert!(page.contains("Перезвонить Просрочено на 2 дня 12 января 2026"), "{page}");
        // A user who came from a list returns to the list.
        let answer = post(&mut anna, id, &[("version", "3"), ("done", "1"), ("from", "status=new")]).await;
        assert_eq!(answer.location(), Some(&*format!("{here}?from=status%3Dnew#next_step")));
        assert_eq!(stored(&site, id).await, None);
        let page = words(&mut anna, &here).await;
        assert!(page.contains("Сделано. Что дальше?"), "{page}");
        assert!(page.contains("Сделано: Перезвонить — 12 января 2026"), "{page}");
        let log = words(&mut site.browser(Person::Gleb).await, &format!("/audit?kind=lead&record={id}")).await;
        assert!(log.contains("Сделано: Перезвонить — 12 января 2026"), "{log}");
    }
}

#[tokio::test]
async fn preset_days_follow_the_users_time_zone() {
    let site = Site::new().await;
    // It is noon in Moscow, and already past midnight on the other side of the earth.
    let anna = site.office.user(Person::Anna).await;
    let mut user = site.office.stored::<User>(anna).await;
    user.details.preferences.time_zone = Calendar::named("Pacific/Kiritimati");
    site.office.clock.set("2026-01-12T20:00:00Z".parse().unwrap());
    user.stamp_mut().touch(None, site.office.crm.now());
    let mut work = site.office.store.begin(Mode::Write).await.unwrap();
    Repository::update(&mut *work, &user).await.unwrap();
    work.commit().await.unwrap();
    for (person, days) in [
        (Person::Anna, ["2026-01-13", "2026-01-14", "2026-01-16", "2026-01-20"]),
        (Person::Gleb, ["2026-01-12", "2026-01-13", "2026-01-15", "2026-01-19"]),
    ] {
        let mut browser = site.browser(person).await;
        for (when, day) in ["today", "tomorrow", "in_3_days", "in_a_week"].into_iter().zip(days) {
            let id = site.office.lead(None).await;
            post(&mut browser, id, &[("version", "1"), ("next_step", "Перезвонить"), ("when", when)]).await;
            assert_eq!(stored(&site, id).await, Some(step("Перезвонить", day)), "{when} of {person:?}");
        }
    }
}

#[tokio::test]
async fn invalid_steps_are_errors_and_input_is_kept() {
    let site = Site::new().await;
    let (id, mut anna) = (site.office.lead(None).await, site.browser(Person::Anna).await);
    let long = "ж".repeat(201);
    for (what, when, due, field, told) in [
        (" ", "tomorrow", "", "next_step", "Напишите, что сделать"),
        (&long, "tomorrow", "", "next_step", "не больше 200 знаков"),
        ("Перезвонить", "day", "", "due_on", "Выберите день"),
        ("Перезвонить", "day", "31.02.2026", "due_on", "такой даты нет"),
        ("Перезвонить", "", "", "due_on", "Выберите день"),
        ("Перезвонить", "some day", "", "due_on", "выберите из списка"),
    ] {
        let sent = [("version", "1"), ("next_step", what), ("when", when), ("due_on", due)];
        let answer = post(&mut anna, id, &sent).await;
        assert_eq!(answer.status, 422, "{what} {when} {due}");
        let page = answer.text();
        assert!(html::is_marked_invalid(&page, field) && page.contains(told), "{what} {when} {due}: {page}");
        let form = html::form(&page, &format!("/leads/{id}/next-step")).unwrap();
        assert_eq!(html::value(&form, "next_step").as_deref(), Some(what));
        assert_eq!(html::value(&form, "due_on").as_deref(), Some(due));
    }
    assert_eq!(stored(&site, id).await, None);
}

#[tokio::test]
async fn an_outdated_form_shows_the_current_step() {
    let site = Site::new().await;
    let (id, director) = (site.office.lead(None).await, site.office.director().await);
    let mut anna = site.browser(Person::Anna).await;
    director.plan_lead(id, 1, Some(step("Выставить счёт", "2026-01-14"))).await.unwrap();
    let sent = [("version", "1"), ("next_step", "Перезвонить"), ("when", "day"), ("due_on", "2026-01-13")];
    let answer = post(&mut anna, id, &sent).await;
    assert_eq!(answer.status, 409);
    let page = answer.text();
    let form = html::form(&page, &format!("/leads/{id}/next-step")).unwrap();
    assert_eq!(html::value(&form, "version").as_deref(), Some("2"));
    let all: Vec<_> = html::tags(&page).into_iter().filter(|it| it.get("id") == Some("next_step")).collect();
    assert_eq!(all[0].get("value"), Some("Перезвонить"), "the typed value is kept");
    assert!(html::words(&page).contains("Сейчас сохранено: Выставить счёт — 14 января 2026"), "{page}");
    // The other form of the page has no conflict.
    assert!(!page.contains("id=\"status-saved\""));
    // A click on an outdated page does not complete the step that somebody else planned meanwhile.
    assert_eq!(post(&mut anna, id, &[("version", "1"), ("done", "1")]).await.status, 409);
    assert_eq!(stored(&site, id).await, Some(step("Выставить счёт", "2026-01-14")));
}

#[tokio::test]
async fn an_earlier_step_is_restored_into_the_form() {
    let site = Site::new().await;
    let (id, director) = (site.office.lead(None).await, site.office.director().await);
    director.plan_lead(id, 1, Some(step("Перезвонить", "2026-02-03"))).await.unwrap();
    director.plan_lead(id, 2, None).await.unwrap();
    let mut anna = site.browser(Person::Anna).await;
    let link = format!("/leads/{id}?restore=next_step&amp;version=2");
    let page = anna.get(&format!("/leads/{id}/history?version=2")).await.text();
    assert!(page.contains(&link), "{page}");
    let page = anna.get(&link.replace("&amp;", "&")).await.text();
    assert!(page.contains("подставлено прежнее значение") && page.contains("Сейчас сохранено"), "{page}");
    let tags = html::tags(&page);
    let value = |id: &str| tags.iter().find(|it| it.get("id") == Some(id)).unwrap().get("value");
    assert_eq!((value("next_step"), value("due_on")), (Some("Перезвонить"), Some("2026-02-03")));
    let sent = [("version", "3"), ("next_step", "Перезвонить"), ("when", "day"), ("due_on", "2026-02-03")];
    assert_eq!(post(&mut anna, id, &sent).await.status, 303);
    assert_eq!(stored(&site, id).await, Some(step("Перезвонить", "2026-02-03")));

    let reason = LostReason::parse("Дорого").unwrap();
    director.set_lead_status(id, 4, WorkStatus::Lost(reason)).await.unwrap();
    for path in [format!("/leads/{id}/history?version=4"), link.replace("&amp;", "&"), format!("/leads/{id}")] {
        let page = anna.get(&path).await.text();
        assert!(!page.contains("restore=next_step") && !page.contains("/next-step\""), "{path}: {page}");
    }
    let page = words(&mut anna, &format!("/leads/{id}")).await;
    assert!(page.contains("Больше не нужно: Перезвонить — 3 февраля 2026"), "{page}");
}

#[tokio::test]
async fn the_list_is_filtered_by_due_dates() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let director = site.office.director().await;
        let mut ids = Vec::new();
        // It is a Monday: the week ends on the eighteenth.
        for due in ["2026-01-11", "2026-01-12", "2026-01-13", "2026-01-18", "2026-01-19", ""] {
            let id = site.office.lead(None).await;
            if !due.is_empty() {
                director.plan_lead(id, 1, Some(step("Перезвонить", due))).await.unwrap();
            }
            ids.push(id);
        }
        let mut anna = site.browser(Person::Anna).await;
        for (query, expected) in [
            ("due=overdue", &[0][..]),
            ("due=today", &[1]),
            ("due=week", &[1, 2, 3]),
            ("due=today&due=week", &[1, 2, 3]),
            ("due=overdue&due=today&due=week", &[0, 1, 2, 3]),
            ("due=later", &[4]),
            ("due=none", &[5]),
            ("due=none&due=overdue", &[0, 5]),
            ("due=overdue&due=today&due=week&due=later", &[0, 1, 2, 3, 4]),
            ("due=nothing", &[0, 1, 2, 3, 4, 5]),
        ] {
            let page = anna.get(&format!("/leads?{query}&sort=due")).await.text();
            let rows: Vec<_> = html::tags(&page).into_iter().filter(|it| it.get("class") == Some("row-link")).collect();
            let found: Vec<_> = rows.iter().map(|it| it.get("href").unwrap()[7..43].to_owned()).collect();
            let expected: Vec<_> = expected.iter().map(|it| ids[*it].to_string()).collect();
            assert_eq!(found, expected, "{query}");
        }
        let file = director_file(&site).await;
        assert!(file.contains("\"Следующий шаг\"") && file.contains("\"Перезвонить — 18\u{a0}января 2026\""), "{file}");
    }
}

async fn director_file(site: &Site) -> String {
    site.browser(Person::Gleb).await.get("/leads/export?due=week").await.text()
}
