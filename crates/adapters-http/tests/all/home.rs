//! The home page: each section is the beginning of a list, and shown to users who may view that list.
use crate::support::{
    Browser, Site, html,
    office::{Office, Person, details},
};
use conformance::fixtures::{money, step};
use domain::{
    access::{Permission, Permissions},
    campaign::Campaign,
    lead::{Lead, LeadDetails, WorkStatus},
    store::{Mode, Repository},
};

const TITLES: [&str; 6] = [
    "Пора сделать",
    "Ждут первого звонка",
    "Готовы к договору",
    "Скоро закончатся договоры",
    "Больше бюджета",
    "Две недели без расходов",
];

/// The content of the section with this title.
fn section(page: &str, title: &str) -> Option<String> {
    let cards = page.split("<section class=\"card waiting\">").skip(1);
    cards
        .map(|it| it.split("</section>").next().unwrap())
        .find(|it| html::words(it).starts_with(title))
        .map(str::to_owned)
}

fn titles(page: &str) -> Vec<&'static str> {
    TITLES.into_iter().filter(|it| section(page, it).is_some()).collect()
}

/// The links to the records of a page, without the list's query.
fn rows(page: &str) -> Vec<String> {
    let links = html::tags(page).into_iter().filter(|it| it.get("class") == Some("row-link"));
    links.map(|it| it.get("href").unwrap().split('?').next().unwrap().to_owned()).collect()
}

/// The section's rows, after a check that its list begins with them, and the number that it shows.
async fn waiting(browser: &mut Browser, title: &str) -> (Vec<String>, String) {
    let section = section(&browser.get("/").await.text(), title).unwrap();
    let shown = rows(&section);
    let tags = html::tags(&section);
    let number = tags.iter().find(|it| it.get("class") == Some("count num")).unwrap().text.clone();
    let list = tags.iter().find(|it| it.get("class") == Some("small") && it.name == "a").unwrap();
    let page = browser.get(list.get("href").unwrap()).await.text();
    let listed = rows(&page);
    assert!(shown.len() <= 7 && listed.starts_with(&shown), "{title}: {shown:?} {listed:?}");
    assert_eq!(shown.len(), listed.len().min(7), "{title}");
    assert!(page.contains(&format!("Найдено: {number}")), "{title}: {number}");
    (shown, number)
}

#[tokio::test]
async fn home_sections_depend_on_permissions() {
    let site = Site::new().await;
    for (person, expected) in [
        (Person::Anna, &TITLES[..2]),
        (Person::Maxim, &[TITLES[0], TITLES[2], TITLES[3]]),
        (Person::Marina, &TITLES[4..]),
        (Person::Alla, &[]),
        (Person::Gleb, &TITLES),
    ] {
        let page = site.browser(person).await.get("/").await.text();
        assert_eq!(titles(&page), expected, "{person:?}");
        // An empty section says so.
        assert_eq!(
            html::words(&page).contains("На сегодня у вас ничего не запланировано"),
            expected.contains(&TITLES[0]),
            "{person:?}"
        );
    }
    let nina = html::words(&site.browser(Person::Nina).await.get("/").await.text());
    assert!(nina.contains("Вам ещё не дали роль"), "{nina}");
    // The permissions count, not the name of the role.
    let (director, id) = (site.office.director().await, site.office.user(Person::Nina).await);
    let grants = Permissions::from_iter([Permission::ViewLeads, Permission::ViewContracts]);
    director.set_user_grants(id, 1, grants).await.unwrap();
    let page = site.browser(Person::Nina).await.get("/").await.text();
    assert_eq!(titles(&page), [TITLES[3]], "a user without edit permission has no leads to call");
}

#[tokio::test]
async fn an_operator_sees_leads_to_call_oldest_first() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let (director, anna) = (site.office.director().await, site.office.user(Person::Anna).await);
        let maxim = site.office.user(Person::Maxim).await;
        let mut new = Vec::new();
        for n in 0..12 {
            let id = site.office.lead(None).await;
            site.office.clock.advance(chrono::TimeDelta::seconds(1));
            let mut details = site.office.stored::<Lead>(id).await.details;
            details.assignee = [None, Some(anna), Some(maxim)][n % 3];
            director.edit_lead(id, 1, details).await.unwrap();
            // Leads assigned to another user are not hers to call, and leads in progress were called already.
            match n {
                3 => director.set_lead_status(id, 1, WorkStatus::InProgress).await.unwrap(),
                _ if n % 3 < 2 => new.push(format!("/leads/{id}")),
                _ => {}
            }
        }
        let mut browser = site.browser(Person::Anna).await;
        let (shown, number) = waiting(&mut browser, TITLES[1]).await;
        assert_eq!(
            (shown, number.as_str()),
            (new[..7].to_vec(), "7"),
            "of twelve, four are assigned to another user and one is in progress"
        );
        site.office.lead(None).await;
        let (shown, number) = waiting(&mut browser, TITLES[1]).await;
        assert_eq!((shown.len(), number.as_str()), (7, "8"));
    }
}

#[tokio::test]
async fn due_tasks_are_the_users_own_steps_until_today() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let director = site.office.director().await;
        let [anna, maxim] = [site.office.user(Person::Anna).await, site.office.user(Person::Maxim).await];
        let mut all = Vec::new();
        for (assignee, due) in [
            (Some(anna), "2026-01-12"),
            (Some(anna), "2026-01-10"),
            (Some(anna), "2026-01-13"),
            (Some(maxim), "2026-01-12"),
            (None, "2026-01-12"),
        ] {
            let id = site.office.lead(None).await;
            let details = site.office.stored::<Lead>(id).await.details;
            if assignee.is_some() {
                director.edit_lead(id, 1, LeadDetails { assignee, ..details }).await.unwrap();
            }
            let version = site.office.stored::<Lead>(id).await.stamp.version;
            director.plan_lead(id, version, Some(step("Перезвонить", due))).await.unwrap();
            all.push(format!("/leads/{id}"));
        }
        let mut browser = site.browser(Person::Anna).await;
        let expected = vec![all[1].clone(), all[0].clone()];
        assert_eq!(waiting(&mut browser, TITLES[0]).await, (expected, "2".to_owned()));
        let said = html::words(&section(&browser.get("/").await.text(), TITLES[0]).unwrap());
        assert!(said.contains("Перезвонить Просрочено на 2 дня") && said.contains("Перезвонить Сегодня"), "{said}");
        let mut browser = site.browser(Person::Maxim).await;
        assert_eq!(waiting(&mut browser, TITLES[0]).await, (vec![all[3].clone()], "1".to_owned()));
    }
}

#[tokio::test]
async fn a_manager_sees_qualified_leads_and_ending_contracts() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let (director, service) = (site.office.director().await, site.office.service().await);
        let lead = site.office.lead(None).await;
        director.set_lead_status(lead, 1, WorkStatus::Qualified).await.unwrap();
        let mut ends = Vec::new();
        // Today is the twelfth of January; thirty days later is the eleventh of February.
        for until in ["2026-01-11", "2026-02-11", "2026-01-12", "2026-02-12"] {
            let id = site.office.contract(service).await;
            let mut it = details::contract(service);
            it.valid = conformance::fixtures::period("2026-01-01", until);
            director.edit_contract(id, 1, it, None).await.unwrap();
            ends.push(format!("/contracts/{id}"));
        }
        let mut maxim = site.browser(Person::Maxim).await;
        assert_eq!(waiting(&mut maxim, TITLES[2]).await, (vec![format!("/leads/{lead}")], "1".to_owned()));
        let expected = vec![ends[2].clone(), ends[1].clone()];
        assert_eq!(waiting(&mut maxim, TITLES[3]).await, (expected, "2".to_owned()));
    }
}

#[tokio::test]
async fn a_marketer_sees_campaigns_over_budget_or_without_spend() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let (director, service) = (site.office.director().await, site.office.service().await);
        let (dear, quiet, usual) = (
            site.office.campaign(service).await,
            site.office.campaign(service).await,
            site.office.campaign(service).await,
        );
        site.office.clock.advance(chrono::TimeDelta::days(20));
        let spent = async |campaign, amount: &str, on: &str| {
            let mut it = details::spend();
            it.amount = money(amount);
            it.spent_on = domain::spend::SpendDay::new(conformance::fixtures::day(on)).unwrap();
            director.add_spend(site.office.id(), campaign, it).await.unwrap();
        };
        spent(dear, "50000.01", "2026-01-30").await;
        spent(quiet, "100", "2026-01-17").await;
        spent(usual, "50000", "2026-01-18").await;
        let mut marina = site.browser(Person::Marina).await;
        let path = |it: domain::campaign::CampaignId| format!("/campaigns/{it}");
        assert_eq!(waiting(&mut marina, TITLES[4]).await, (vec![path(dear)], "1".to_owned()));
        assert_eq!(waiting(&mut marina, TITLES[5]).await, (vec![path(quiet)], "1".to_owned()));
        let mut over: Campaign = site.office.stored(dear).await;
        over.archived = true;
        domain::record::Record::stamp_mut(&mut over).touch(None, site.office.crm.now());
        let mut work = site.office.store.begin(Mode::Write).await.unwrap();
        Repository::update(&mut *work, &over).await.unwrap();
        work.commit().await.unwrap();
        let page = marina.get("/").await.text();
        assert!(section(&page, TITLES[4]).unwrap().contains("Все кампании укладываются в бюджет"));
    }
}
