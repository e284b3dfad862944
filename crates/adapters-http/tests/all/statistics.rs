//! The page of the statistics: every grouping, the comparison with the previous period, and the exported files.
use std::io::{Cursor, Read};

use crate::support::{
    Answer, Site, html,
    office::{Office, Person, details, example::Example},
};
use conformance::fixtures::{day, moment, money};
use csv::ReaderBuilder;
use domain::{
    campaign::CampaignId,
    values::{CampaignName, OpenPeriod},
};

async fn site(office: Office) -> Site {
    let Example { office, .. } = Example::over(office).await;
    office.clock.set(moment("2026-04-15T09:00:00Z"));
    Site::of(office, false)
}

/// The page separates digit groups with no-break spaces.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// The cells of the table with this class, row by row, each with its text on one line.
fn table(page: &str, class: &str) -> Vec<Vec<String>> {
    let start = page.find(&format!("class=\"table {class}\"")).expect("the table");
    let length = page[start..].find("</table>").unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for tag in html::tags(&page[start..start + length]) {
        match tag.name.as_str() {
            "tr" => rows.push(Vec::new()),
            "th" | "td" => rows.last_mut().unwrap().push(String::new()),
            _ => {}
        }
        if let Some(cell) = rows.last_mut().and_then(|it| it.last_mut()) {
            let words = [cell.as_str(), tag.text.trim()].join(" ");
            words.trim().clone_into(cell);
        }
    }
    rows.into_iter().map(|row| row.iter().map(|it| plain(it)).collect()).collect()
}

fn csv(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let text = answer.text();
    let text = text.strip_prefix('\u{FEFF}').expect("a byte order mark").to_owned();
    let mut reader = ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|it| it.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A number of a file, written as on the page.
fn as_shown(cell: &str, percent: bool) -> String {
    let Some((whole, part)) = cell.split_once(',') else {
        return if cell.is_empty() { "—".into() } else { cell.into() };
    };
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |it| ("−", it));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    match (percent, part) {
        (true, part) => format!("{sign}{grouped},{part} %"),
        (false, "00") => format!("{sign}{grouped}"),
        (false, part) => format!("{sign}{grouped},{part}"),
    }
}

#[tokio::test]
async fn a_file_has_the_rows_of_the_page_in_the_same_order() {
    for office in Office::each().await {
        let site = site(office).await;
        let mut marina = site.browser(Person::Marina).await;
        let queries = [
            "",
            "lens=event&sort=-leads",
            "group=channel&sort=name",
            "group=service",
            "group=month",
            "lens=event&group=month&starts_on=2026-01-15&ends_on=2026-03-31",
        ];
        for query in queries {
            let page = marina.get(&format!("/statistics?{query}")).await.text();
            let shown = table(&page, "table--figures");
            let file = csv(&marina.get(&format!("/statistics/export?{query}")).await);
            assert_eq!(file.len(), shown.len(), "{query}");
            for (row, shown) in file.iter().zip(&shown).skip(1) {
                assert_eq!(row[0], shown[0], "{query}");
                // Leads, clients, conversion, income, spend, ROI: columns of the file, and of the page.
                for (of_file, of_page) in [(1, 1), (3, 2), (4, 3), (6, 4), (9, 5), (13, 7)] {
                    let percent = matches!(of_file, 4 | 13);
                    let told = as_shown(&row[of_file], percent);
                    let mark =
                        if of_file == 9 && !row[10].is_empty() { format!(" {}", row[10]) } else { String::new() };
                    assert_eq!(shown[of_page], told + &mark, "{query} {row:?}");
                }
            }
            let link = html::tags(&page).into_iter().find(|it| it.get("download").is_some()).unwrap();
            let linked = csv(&marina.get(link.get("href").unwrap()).await);
            assert_eq!(linked, file, "{query}");
        }
    }
}

#[tokio::test]
async fn every_grouping_has_its_rows_and_the_same_total() {
    let site = site(Office::kept().await).await;
    let mut anna = site.browser(Person::Anna).await;
    let mut totals = Vec::new();
    for (group, rows, total) in [
        ("campaign", vec!["C1", "C2", "C3", "C4"], "Всего, 4 кампании"),
        ("channel", vec!["Директ", "Почта"], "Всего, 2 канала"),
        ("service", vec!["A", "B"], "Всего, 2 услуги"),
        ("month", vec!["Январь 2026", "Февраль 2026"], "Всего, 2 месяца"),
    ] {
        let page = anna.get(&format!("/statistics?group={group}")).await.text();
        let shown = table(&page, "table--figures");
        let names: Vec<_> = shown[1..].iter().map(|it| it[0].as_str()).collect();
        assert_eq!(names, [rows, vec![total]].concat(), "{group}");
        totals.push(shown.last().unwrap()[1..].to_vec());
        let explained = anna.get(&format!("/statistics?group={group}&explain=total")).await.text();
        assert!(plain(&html::words(&explained)).contains("(233 333,33 − 165 000) ÷ 165 000"), "{group}");
    }
    assert!(totals.iter().all(|it| *it == totals[0]), "{totals:?}");
    let page = anna.get("/statistics?group=channel&explain=channel%3A%D0%9F%D0%BE%D1%87%D1%82%D0%B0").await.text();
    assert!(plain(&html::words(&page)).contains("доход ÷ расход 50 000 ÷ 45 000"));
}

#[tokio::test]
async fn a_period_is_compared_in_words_with_the_previous_one() {
    let site = site(Office::kept().await).await;
    let mut anna = site.browser(Person::Anna).await;
    let said =
        async |browser: &mut crate::support::Browser, path: &str| plain(&html::words(&browser.get(path).await.text()));
    let page = said(&mut anna, "/statistics?starts_on=2026-02-01&ends_on=2026-02-28").await;
    for words in [
        "Статистика кампаний 1 февраля 2026 — 28 февраля 2026, по дате лида",
        "Лиды 6 меньше на 25,00 %",
        "Клиенты 2 больше на 100,00 %",
        "Конверсия 33,33 % больше на 20,83 п. п.",
        "больше на 8,33 %",
        "меньше на 42,86 %",
        "больше на 34,12 п. п.",
        "Сравнение с лидами за 4–31 января 2026, какими они были к 18 марта 2026, — в том же возрасте.",
        "Лиды и клиенты по дням",
        "Взяты в работу 2 33,33 % от предыдущего шага",
        "Стали клиентами 2 100,00 % от предыдущего шага",
        "Договоры 2 1,00 на одного клиента",
        "По услуге кампании 43 333,33 ₽ 100,00 %",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = said(&mut anna, "/statistics?starts_on=2026-01-01&ends_on=2026-01-31").await;
    assert!(page.contains("Лиды 11 — не с чем сравнить"), "{page}");
    let page = said(&mut anna, "/statistics?lens=event&starts_on=2026-02-01&ends_on=2026-02-28").await;
    let compared = "Сравнение с предыдущим периодом, за столько же дней: 4 января 2026 — 31 января 2026.";
    assert!(page.contains(compared) && !page.contains("возрасте"), "{page}");
    let page = said(&mut anna, "/statistics").await;
    assert!(!page.contains("Сравнение") && page.contains("Лиды и клиенты по месяцам, последние 12 месяцев"), "{page}");
    anna.post("/preferences", &[("lang", "en")]).await;
    let page = said(&mut anna, "/statistics?starts_on=2026-02-01&ends_on=2026-02-28").await;
    assert!(page.contains("Leads 6 less by 25.00%") && page.contains("more by 20.83 pp"), "{page}");
    let compared = "Compared with the leads of 4–31 Jan 2026 as they were on 18 Mar 2026, at the same age.";
    assert!(page.contains(compared), "{page}");
}

/// A campaign without any spend and with a budget of 90 roubles. An empty text is no day.
async fn idle(site: &Site, name: &str, from: &str, until: &str) -> CampaignId {
    let end = |text: &str| (!text.is_empty()).then(|| day(text));
    let mut campaign = details::campaign(site.office.service().await);
    campaign.name = CampaignName::parse(name).unwrap();
    campaign.budget = money("90");
    campaign.dates = OpenPeriod::new(end(from), end(until)).unwrap();
    site.office.director().await.create_campaign(site.office.id(), campaign).await.unwrap()
}

#[tokio::test]
async fn a_plan_is_marked_where_it_counts_and_listed_separately_where_not() {
    let site = site(Office::kept().await).await;
    idle(&site, "Зима", "2026-01-01", "2026-03-31").await;
    idle(&site, "Без сроков", "2026-01-01", "").await;
    let old = idle(&site, "Старая", "", "").await;
    let future = idle(&site, "Весна", "2026-05-01", "2026-05-31").await;
    site.office.director().await.archive_campaign(old, true).await.unwrap();
    let mut marina = site.browser(Person::Marina).await;
    let february = "starts_on=2026-02-01&ends_on=2026-02-28";
    let page = marina.get(&format!("/statistics?sort=name&{february}")).await.text();
    let shown = table(&page, "table--figures");
    let spend = |name: &str| shown.iter().find(|it| it[0].starts_with(name)).unwrap()[5].clone();
    assert_eq!(spend("Зима"), "28 план");
    assert_eq!(spend("Без сроков"), "0 план без сроков 90");
    assert_eq!(spend("Старая"), "0 в архиве без расходов");
    assert_eq!((spend("Весна"), spend("C1")), ("0".to_owned(), "30 000".to_owned()));
    assert_eq!(spend("Всего"), "60 028 вкл. план план без сроков 90");
    let words = plain(&html::words(&page));
    assert!(words.contains("60,03 тыс. ₽ вкл. план план без сроков 90 ₽"), "{words}");
    let file = csv(&marina.get(&format!("/statistics/export?sort=name&{february}")).await);
    let of = |name: &str| file.iter().find(|it| it[0].starts_with(name)).unwrap()[9..12].to_vec();
    assert_eq!(of("Кампания"), ["Расход", "план", "План без сроков"]);
    assert_eq!(of("Зима"), ["28,00", "план", ""]);
    assert_eq!(of("Без сроков"), ["0,00", "", "90,00"]);
    assert_eq!(of("Старая"), ["0,00", "в архиве без расходов", ""]);
    assert_eq!(of("Всего"), ["60028,00", "вкл. план", "90,00"]);
    let explained = async |browser: &mut crate::support::Browser, row: &str| {
        let page = browser.get(&format!("/statistics?explain={row}&{february}")).await.text();
        plain(&html::words(&page))
    };
    let total = explained(&mut marina, "total").await;
    for words in [
        "60 000 + 28 (план: бюджет кампаний без расходов, со сроками — за прошедшие дни); не входит план без сроков: 90",
        "(43 333,33 − 60 028) ÷ 60 028",
    ] {
        assert!(total.contains(words), "{words}: {total}");
    }
    assert!(explained(&mut marina, &old.to_string()).await.contains("0 (в архиве без расходов)"));
    assert!(explained(&mut marina, &future.to_string()).await.contains("кампания ещё не началась"));

    let mut of_campaign = async |id| plain(&html::words(&marina.get(&format!("/campaigns/{id}")).await.text()));
    assert!(of_campaign(old).await.contains("Кампания в архиве, и в статистике её план не считается."));
    let spring = of_campaign(future).await;
    assert!(
        spring.contains("Расход 0 ₽ Доход") && spring.contains("До первого в статистике считается план"),
        "{spring}"
    );
}

#[tokio::test]
async fn a_workbook_has_numbers_and_no_formula() {
    let site = site(Office::kept().await).await;
    let mut campaign = crate::support::office::details::campaign(site.office.service().await);
    campaign.name = domain::values::CampaignName::parse("=1+1").unwrap();
    site.office.director().await.create_campaign(site.office.id(), campaign).await.unwrap();
    let mut marina = site.browser(Person::Marina).await;
    for path in ["/statistics/export?format=xlsx&lens=event", "/statistics/cohorts/export?format=xlsx"] {
        let answer = marina.get(path).await;
        let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)));
        assert!(answer.header("content-disposition").unwrap().ends_with(".xlsx\""));
        let mut book = zip::ZipArchive::new(Cursor::new(&answer.body)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let sheet = part("xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>") && sheet.contains("<v>233333.33</v>") && sheet.contains("<v>17</v>"), "{sheet}");
        assert_eq!(part("xl/sharedStrings.xml").contains("=1+1"), path.contains("event"));
    }
    let file = csv(&marina.get("/statistics/export").await);
    assert!(file.iter().any(|it| it[0] == "'=1+1"), "{file:?}");
}

#[tokio::test]
async fn cohorts_are_described_cell_by_cell_and_add_up() {
    for office in Office::each().await {
        let site = site(office).await;
        let mut marina = site.browser(Person::Marina).await;
        let page = marina.get("/statistics/cohorts").await.text();
        let shown = table(&page, "table--cohorts");
        // From the first month that has leads.
        assert_eq!(shown.len(), 2 + 4 + 1);
        let january = shown.iter().find(|it| it[0] == "Январь 2026").unwrap();
        assert_eq!((january[1].as_str(), january[2].as_str()), ("11", "3 27,27 % 190 тыс."));
        assert!(
            january[4].ends_with("через 1 месяц: стали клиентами 1 из 11 лидов; 1 договор на 40 000 ₽"),
            "{january:?}"
        );
        let february = shown.iter().find(|it| it[0] == "Февраль 2026").unwrap();
        assert_eq!(february[6], "", "a future month");
        let file = csv(&marina.get("/statistics/cohorts/export?months=24").await);
        assert_eq!(file.len(), 1 + 4 + 1);
        let total = file.last().unwrap();
        assert_eq!(total[..4], ["Всего", "17", "5", "233333,33"]);
        let sum: u64 = total[4..].iter().step_by(2).map(|it| it.parse::<u64>().unwrap_or(0)).sum();
        assert_eq!(sum, 5);
        // The numbers equal those of the statistics for this period.
        let link = html::tags(&page)
            .into_iter()
            .find(|it| it.get("href").is_some_and(|it| it.starts_with("/statistics?lens=cohort&starts_on=2025-05-01")));
        let statistics = marina.get(link.unwrap().get("href").unwrap()).await.text();
        let whole = table(&statistics, "table--figures").pop().unwrap();
        assert_eq!((whole[1].as_str(), whole[2].as_str(), whole[4].as_str()), ("17", "5", "233 333,33"));
    }
}

#[tokio::test]
async fn files_need_the_permission_to_export_and_a_readable_query() {
    let site = site(Office::kept().await).await;
    let mut anna = site.browser(Person::Anna).await;
    for page in ["/statistics", "/statistics/cohorts"] {
        let answer = anna.get(page).await;
        assert!(answer.status == 200 && !answer.text().contains("/export"), "{page}");
        assert_eq!(anna.get(&format!("{page}/export")).await.status, 403, "{page}");
    }
    let mut maxim = site.browser(Person::Maxim).await;
    for query in ["format=pdf", "starts_on=2026-01-01", "starts_on=2026-02-01&ends_on=2026-01-01", "format=%00"] {
        assert_eq!(maxim.get(&format!("/statistics/export?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(maxim.get("/statistics/cohorts/export?format=exe").await.status, 400);
    for query in ["months=0", "months=-1", "months=1000000", "months=x", "months="] {
        let answer = maxim.get(&format!("/statistics/cohorts?{query}")).await;
        assert_eq!((answer.status, table(&answer.text(), "table--cohorts").len()), (200, 7), "{query}");
    }
    let long = maxim.get("/statistics?starts_on=2016-03-15&ends_on=2026-03-15").await;
    let told = html::text_of(&long.text(), "ends_on-error").unwrap();
    assert_eq!(long.status, 422);
    assert!(plain(&told).contains("14 марта 2026") || told.contains("14.03.2026"), "{told}");
    assert_eq!(maxim.get("/statistics?starts_on=2016-03-15&ends_on=2026-03-14&group=month").await.status, 200);
}
