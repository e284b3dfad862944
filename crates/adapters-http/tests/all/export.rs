//! Lists as CSV files: exactly the rows of the list, and no formulas.
use crate::support::{
    Answer, Site, html,
    office::{Office, Person, details},
};
use chrono::TimeDelta;
use csv::ReaderBuilder;
use domain::{
    lead::{Lead, LeadId},
    store::{Mode, Repository},
    values::{FullName, Phone},
};

/// The rows of a file, its header first.
fn rows(answer: &Answer, delimiter: u8) -> Vec<Vec<String>> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let text = answer.text();
    let text = text.strip_prefix('\u{FEFF}').expect("a byte order mark");
    assert!(!text.contains('\u{FEFF}'));
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|it| it.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn lead(office: &Office, name: &str, phone: &str) {
    let mut it = details::lead(None);
    it.full_name = FullName::parse(name).unwrap();
    it.contact = domain::lead::Contact::new(Some(Phone::parse(phone).unwrap()), None).unwrap();
    office.clock.advance(TimeDelta::milliseconds(1));
    office.director().await.create_lead(office.id(), it, None).await.unwrap();
}

#[tokio::test]
async fn a_file_has_the_content_of_its_list() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        lead(&site.office, "=HYPERLINK(\"http://evil.example\");1", "+7 900 555-01-42").await;
        lead(&site.office, "Анна \"Ня\" Орлова", "+7 900 555-01-43").await;
        lead(&site.office, "Пётр", "+7 900 555-01-44").await;
        let mut maxim = site.browser(Person::Maxim).await;
        let answer = maxim.get("/leads/export?q=055501").await;
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"leads-2026-01-12.csv\""));
        let all = rows(&answer, b';');
        assert_eq!(
            all[0],
            [
                "Ф. И. О.",
                "Телефон",
                "Почта",
                "Кампания",
                "Статус",
                "Причина отказа",
                "Ответственный",
                "Следующий шаг",
                "Добавлено"
            ]
        );
        let found: Vec<_> =
            all[1..].iter().map(|it| (it[0].as_str(), it[1].as_str(), it[4].as_str(), it[8].as_str())).collect();
        assert_eq!(
            found,
            [
                ("Пётр", "+7 900 555-01-44", "Новый", "2026-01-12 12:00"),
                ("Анна \"Ня\" Орлова", "+7 900 555-01-43", "Новый", "2026-01-12 12:00"),
                ("'=HYPERLINK(\"http://evil.example\");1", "+7 900 555-01-42", "Новый", "2026-01-12 12:00"),
            ]
        );
        assert_eq!(rows(&maxim.get("/leads/export?q=орлова").await, b';').len(), 2);
        assert_eq!(rows(&maxim.get("/leads/export?status=lost").await, b';').len(), 1, "only the header");
        // The export link of the list leads to exactly that file.
        let page = maxim.get("/leads?q=орлова").await.text();
        let link = html::tags(&page).into_iter().find(|it| it.get("download").is_some()).unwrap();
        assert_eq!(link.get("href"), Some("/leads/export?q=%D0%BE%D1%80%D0%BB%D0%BE%D0%B2%D0%B0"));
    }
}

#[tokio::test]
async fn a_long_list_is_exported_completely() {
    let site = Site::of(Office::kept().await, false);
    let mut work = site.office.store.begin(Mode::BulkLoad).await.unwrap();
    for n in 0..2_345 {
        let mut it = details::lead(None);
        it.full_name = FullName::parse(&format!("Лид {n}")).unwrap();
        let now = site.office.crm.now();
        Repository::insert(&mut *work, &Lead::new(LeadId::new(now), it, None, now)).await.unwrap();
    }
    work.commit().await.unwrap();
    let all = rows(&site.browser(Person::Maxim).await.get("/leads/export").await, b';');
    let mut names: Vec<_> = all[1..].iter().map(|it| it[0].clone()).collect();
    names.sort();
    names.dedup();
    assert_eq!((all.len(), names.len()), (2_346, 2_345));
}

#[tokio::test]
async fn amounts_and_days_keep_their_types_in_either_language() {
    let site = Site::new().await;
    let service = site.office.service().await;
    site.office.contract(service).await;
    let mut maxim = site.browser(Person::Maxim).await;
    let all = rows(&maxim.get("/contracts/export").await, b';');
    let of = |all: &[Vec<String>], name: &str| {
        let column = all[0].iter().position(|it| it == name).unwrap();
        all[1][column].clone()
    };
    assert_eq!((of(&all, "Сумма").as_str(), of(&all, "Дата заключения").as_str()), ("80000,00", "2026-01-10"));
    maxim.post("/preferences", &[("lang", "en")]).await;
    let all = rows(&maxim.get("/contracts/export").await, b',');
    assert_eq!(of(&all, "Amount"), "80000.00");
}

#[tokio::test]
async fn each_list_offers_its_export_to_permitted_users() {
    let site = Site::new().await;
    let (_, _, client) = site.office.client().await;
    assert_ne!(client.0, uuid::Uuid::nil());
    for (list, may, may_not) in [
        ("/leads", Person::Maxim, Some(Person::Anna)),
        ("/clients", Person::Maxim, None),
        ("/contracts", Person::Maxim, None),
        ("/campaigns", Person::Marina, Some(Person::Anna)),
        ("/services", Person::Marina, Some(Person::Anna)),
    ] {
        let link = format!("href=\"{list}/export\"");
        let mut browser = site.browser(may).await;
        assert!(browser.get(list).await.text().contains(&link), "{list}");
        assert!(rows(&browser.get(&format!("{list}/export")).await, b';').len() > 1, "{list}");
        if let Some(person) = may_not {
            let mut browser = site.browser(person).await;
            assert!(!browser.get(list).await.text().contains(&link), "{list}");
            assert_eq!(browser.get(&format!("{list}/export")).await.status, 403, "{list}");
        }
    }
}
