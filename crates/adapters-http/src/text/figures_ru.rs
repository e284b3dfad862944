//! Messages about the statistics in Russian.
use chrono::Datelike;
use domain::{
    statistics::{BucketSize, Grouping, Hundredths, Trend},
    values::{Day, Period},
};

use super::{
    format::NBSP,
    ru::{day, day_short, decimal, month_name, month_of_day, month_short, number, plural},
};

const QUARTERS: [&str; 4] = ["I", "II", "III", "IV"];

pub(super) fn before(until: Day) -> String {
    format!("До {}", day(until))
}

pub(super) fn since(from: Day) -> String {
    format!("С {}", day(from))
}

pub(super) fn by(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Кампании",
        Grouping::Channel => "Каналы",
        Grouping::Service => "Услуги",
        Grouping::Month => "Месяцы",
    }
}

pub(super) fn group(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Кампания",
        Grouping::Channel => "Канал",
        Grouping::Service => "Услуга",
        Grouping::Month => "Месяц",
    }
}

pub(super) fn caption(it: Grouping) -> &'static str {
    match it {
        Grouping::Campaign => "Показатели кампаний за период",
        Grouping::Channel => "Показатели каналов за период",
        Grouping::Service => "Показатели рекламируемых услуг за период",
        Grouping::Month => "Показатели по месяцам",
    }
}

pub(super) fn total(by: Grouping, rows: usize) -> String {
    let n = rows as u64;
    let noun = match by {
        Grouping::Campaign => plural(n, "кампания", "кампании", "кампаний"),
        Grouping::Channel => plural(n, "канал", "канала", "каналов"),
        Grouping::Service => plural(n, "услуга", "услуги", "услуг"),
        Grouping::Month => plural(n, "месяц", "месяца", "месяцев"),
    };
    format!("Всего, {n} {noun}")
}

pub(super) fn others(campaigns: usize) -> String {
    let n = campaigns as u64;
    format!("Ещё {n} {}", plural(n, "кампания", "кампании", "кампаний"))
}

pub(super) fn points(it: Hundredths) -> String {
    format!("{}{NBSP}п.{NBSP}п.", decimal(it))
}

pub(super) fn trend(it: Trend) -> &'static str {
    match it {
        Trend::Up => "больше на",
        Trend::Down => "меньше на",
        Trend::Same => "без изменений",
    }
}

pub(super) fn compared(period: &str) -> String {
    format!("Сравнение с предыдущим периодом, за столько же дней: {period}.")
}

/// The numbers are those of the end of that day.
pub(super) fn compared_at_age(before: Period, at: Day) -> String {
    let (period, day) = (days(before), day(at));
    format!("Сравнение с лидами за {period}, какими они были к {day}, — в том же возрасте.")
}

/// A range of days, with as little repetition as possible.
fn days(it: Period) -> String {
    let (from, until) = (it.from(), it.until());
    match (from.year() == until.year(), from.month() == until.month()) {
        _ if from == until => day(until),
        (true, true) => format!("{}–{}", from.day(), day(until)),
        (true, false) => format!("{}{NBSP}{} — {}", from.day(), month_of_day(from), day(until)),
        (false, _) => format!("{} — {}", day(from), day(until)),
    }
}

pub(super) fn plan_apart(amount: &str) -> String {
    format!("план{NBSP}без{NBSP}сроков {amount}")
}

pub(super) fn not_in_it(amount: &str) -> String {
    format!("не входит план без сроков: {amount}")
}

pub(super) fn step(it: BucketSize) -> &'static str {
    match it {
        BucketSize::Day => "День",
        BucketSize::Week => "Неделя",
        BucketSize::Month => "Месяц",
        BucketSize::Quarter => "Квартал",
    }
}

pub(super) fn flow_title(it: BucketSize) -> &'static str {
    match it {
        BucketSize::Day => "Лиды и клиенты по дням",
        BucketSize::Week => "Лиды и клиенты по неделям",
        BucketSize::Month => "Лиды и клиенты по месяцам",
        BucketSize::Quarter => "Лиды и клиенты по кварталам",
    }
}

fn quarter(it: Day) -> &'static str {
    QUARTERS[it.month0() as usize / 3 % 4]
}

pub(super) fn stretch(step: BucketSize, days: Period) -> String {
    match step {
        BucketSize::Day => day(days.from()),
        BucketSize::Week if days.from() == days.until() => day(days.from()),
        BucketSize::Week => format!("{} — {}", day_short(days.from()), day(days.until())),
        BucketSize::Month => month_name(days.from()),
        BucketSize::Quarter => format!("{} квартал {}", quarter(days.from()), days.from().year()),
    }
}

/// The label under a bar of the chart. The first label of a year is its number.
pub(super) fn mark(step: BucketSize, from: Day) -> String {
    match step {
        BucketSize::Day | BucketSize::Week => format!("{}{NBSP}{}", from.day(), month_short(from)),
        _ if from.month0() == 0 => from.year().to_string(),
        BucketSize::Month => month_short(from).to_owned(),
        BucketSize::Quarter => format!("{}{NBSP}кв.", quarter(from)),
    }
}

pub(super) fn flow_point(stretch: &str, leads: u64, clients: u64) -> String {
    format!("{stretch}: лидов {leads}, клиентов {clients}")
}

pub(super) fn flow_summary(leads: u64, clients: u64, most: &str, of: u64) -> String {
    format!("Всего лидов {leads}, клиентов {clients}. Больше всего лидов — {of}: {most}.")
}

pub(super) fn of_previous(share: &str) -> String {
    format!("{share} от предыдущего шага")
}

pub(super) fn contracts_per_client(number: &str) -> String {
    format!("{number} на одного клиента")
}

pub(super) fn split_point(on_service: &str, cross_sell: &str) -> String {
    format!("По услуге кампании {on_service}, по другим услугам {cross_sell}")
}

pub(super) fn cohorts_of(months: u32) -> String {
    format!("{months} {}", plural(months.into(), "месяц", "месяца", "месяцев"))
}

pub(super) fn column(months: usize, and_later: bool) -> String {
    if and_later { format!("{months} и{NBSP}больше") } else { months.to_string() }
}

/// Clients, leads of the cohort, contracts, months since, and the amount.
pub(super) fn cell(clients: u64, leads: u64, contracts: u64, months: u64, revenue: &str) -> String {
    let when = match months {
        0 => "в тот же месяц".to_owned(),
        n => format!("через {n} {}", plural(n, "месяц", "месяца", "месяцев")),
    };
    let of = |n: u64, one, few, many| format!("{} {}", number(n.into()), plural(n, one, few, many));
    format!(
        "{when}: стали клиентами {clients} из {}; {} на {revenue}",
        of(leads, "лида", "лидов", "лидов"),
        of(contracts, "договор", "договора", "договоров")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::values::parse_day;

    #[test]
    fn numbers_agree_with_their_nouns() {
        let said: Vec<String> = [1, 2, 5, 11, 12, 21, 22, 25, 111, 121].map(|it| total(Grouping::Campaign, it)).into();
        assert_eq!(
            said.join("; "),
            "Всего, 1 кампания; Всего, 2 кампании; Всего, 5 кампаний; Всего, 11 кампаний; Всего, 12 кампаний; \
             Всего, 21 кампания; Всего, 22 кампании; Всего, 25 кампаний; Всего, 111 кампаний; Всего, 121 кампания"
        );
        assert_eq!(
            cell(1, 11, 2, 3, "100\u{a0}₽"),
            "через 3 месяца: стали клиентами 1 из 11 лидов; 2 договора на 100\u{a0}₽"
        );
        assert_eq!(cell(1, 21, 1, 0, "1"), "в тот же месяц: стали клиентами 1 из 21 лида; 1 договор на 1");
    }

    #[test]
    fn a_period_repeats_no_month_and_no_year() {
        let of = |from, until| days(Period::new(parse_day(from).unwrap(), parse_day(until).unwrap()).unwrap());
        assert_eq!(of("2026-10-01", "2026-10-31"), "1–31\u{a0}октября 2026");
        assert_eq!(of("2026-10-15", "2026-11-14"), "15\u{a0}октября — 14\u{a0}ноября 2026");
        assert_eq!(of("2025-12-15", "2026-01-14"), "15\u{a0}декабря 2025 — 14\u{a0}января 2026");
        assert_eq!(of("2026-10-01", "2026-10-01"), "1\u{a0}октября 2026");
    }

    #[test]
    fn a_year_begins_with_its_number() {
        let day = |text| parse_day(text).unwrap();
        assert_eq!(mark(BucketSize::Month, day("2026-01-15")), "2026");
        assert_eq!(mark(BucketSize::Month, day("2026-02-01")), "фев");
        assert_eq!(mark(BucketSize::Quarter, day("2026-04-01")), "II\u{a0}кв.");
        assert_eq!(mark(BucketSize::Week, day("2026-11-02")), "2\u{a0}ноя");
        let week = Period::new(day("2026-11-02"), day("2026-11-08")).unwrap();
        assert_eq!(stretch(BucketSize::Week, week), "2\u{a0}нояб. — 8\u{a0}ноября 2026");
    }
}
