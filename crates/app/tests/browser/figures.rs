//! The numbers of the story, worked out by hand, and how the page says that it got them.
use crate::{acts::plain, browser::Browser, story::CAMPAIGN};

/// One lead became a client for 180 000; 30 000 + 12 345,67 of a budget of 100 000 was spent on that.
const TILES: [(&str, &str); 6] = [
    ("Лиды", "1"),
    ("Клиенты", "1"),
    ("Конверсия", "100,00 %"),
    ("Доход", "180 тыс. ₽"),
    ("Расход", "42,35 тыс. ₽"),
    ("Доход ÷ расход", "4,25 ROI 325,07 %"),
];

const ROW: [&str; 9] = ["1", "1", "100,00 %", "180 000", "42 345,67", "4,25", "325,07 %", "42 345,67", "42 345,67"];

/// Name, value, formula, and its own figures.
const EXPLAINED: [(&str, &str, &str, &str); 12] = [
    ("Лиды", "1", "записаны за период, в любом статусе", "1"),
    ("Клиенты", "1", "разные люди, пришедшие из кампании", "1"),
    ("Конверсия", "100,00 %", "клиенты ÷ лиды", "1 ÷ 1"),
    ("Договоры", "1", "договоры этих клиентов", "1"),
    ("Доход", "180 000", "по услуге кампании + по другим услугам", "180 000 + 0"),
    ("Расход", "42 345,67", "сумма расходов за период", "42 345,67"),
    ("Доход ÷ расход", "4,25", "доход ÷ расход", "180 000 ÷ 42 345,67"),
    ("ROI", "325,07 %", "(доход − расход) ÷ расход", "(180 000 − 42 345,67) ÷ 42 345,67"),
    ("Цена лида", "42 345,67", "расход ÷ лиды", "42 345,67 ÷ 1"),
    ("Цена клиента", "42 345,67", "расход ÷ клиенты", "42 345,67 ÷ 1"),
    ("Средний договор", "180 000", "доход ÷ договоры", "180 000 ÷ 1"),
    ("Расход бюджета", "42,35 %", "расход ÷ бюджет", "42 345,67 ÷ 100 000"),
];

/// Opens the statistics as the signed-in user.
pub(crate) async fn check(browser: &Browser) {
    browser.open("/statistics").await;
    let tiles = TILES.map(|(name, value)| format!("{name} {value}"));
    assert_eq!(lines(browser, "dl.tiles > *").await, tiles);
    assert_eq!(lines(browser, "table.table--figures tbody tr th").await.first().map(String::as_str), Some(CAMPAIGN));
    assert_eq!(lines(browser, "table.table--figures tbody tr td.num").await, ROW);
    assert_eq!(lines(browser, "#total td.num").await, ROW);

    for row in [CAMPAIGN, "Всего"] {
        browser.open("/statistics").await;
        assert!(lines(browser, "dl.formulas > *").await.is_empty());
        let link = browser.find(&format!("a[aria-label='Как посчитано: {row}']")).await;
        browser.follow(&link).await;
        let explained = EXPLAINED.map(|(name, value, formula, figures)| format!("{name} {value} {formula} {figures}"));
        assert_eq!(lines(browser, "dl.formulas > *").await, explained, "{row}");
    }
}

/// The words of each element on one line.
async fn lines(browser: &Browser, css: &str) -> Vec<String> {
    let texts = browser.texts_of(css).await;
    texts.iter().map(|it| plain(it).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
