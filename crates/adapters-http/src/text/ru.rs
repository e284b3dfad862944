//! Messages and formats in Russian: everything that depends on a number, a date or a choice.
use chrono::{Datelike, NaiveDateTime};
use domain::{
    access::Permissions, lead::LeadStage, page::Total, record::RecordKind, statistics::Hundredths, values::Day,
};

use super::{
    Notice,
    format::{self, NBSP, Scale, Style},
};

const STYLE: Style = Style { group: NBSP, point: ',' };
const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTH_NAMES: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];
const MONTHS_SHORT: [&str; 12] =
    ["янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."];
const MONTHS_AXIS: [&str; 12] = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];

fn of_month<T: Copy>(names: &[T; 12], day: Day) -> T {
    names[day.month0() as usize % 12]
}

/// The CLDR rule for Russian whole numbers.
pub(super) fn plural(n: u64, one: &'static str, few: &'static str, many: &'static str) -> &'static str {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => one,
        (2..=4, tens) if !(12..=14).contains(&tens) => few,
        _ => many,
    }
}

pub(super) fn number(value: i128) -> String {
    STYLE.number(value)
}

pub(super) fn percent(value: Hundredths) -> String {
    format!("{}{NBSP}%", STYLE.hundredths(value))
}

pub(super) fn decimal(value: Hundredths) -> String {
    STYLE.hundredths(value)
}

pub(super) fn amount(minor: i128) -> String {
    STYLE.amount(minor)
}

pub(super) fn currency_sign(code: &str) -> &str {
    format::currency_sign(code)
}

pub(super) fn money(minor: i128, currency: &str) -> String {
    format!("{}{NBSP}{}", STYLE.amount(minor), currency_sign(currency))
}

pub(super) fn short_amount(minor: i128) -> String {
    match STYLE.short(minor) {
        (text, Scale::One) => text,
        (text, Scale::Thousand) => format!("{text}{NBSP}тыс."),
        (text, Scale::Million) => format!("{text}{NBSP}млн"),
        (text, Scale::Milliard) => format!("{text}{NBSP}млрд"),
    }
}

pub(super) fn short_money(minor: i128, currency: &str) -> String {
    format!("{}{NBSP}{}", short_amount(minor), currency_sign(currency))
}

pub(super) fn day(day: Day) -> String {
    format!("{}{NBSP}{} {}", day.day(), of_month(&MONTHS, day), day.year())
}

pub(super) fn month_of_day(day: Day) -> &'static str {
    of_month(&MONTHS, day)
}

/// Without its year.
pub(super) fn day_short(day: Day) -> String {
    format!("{}{NBSP}{}", day.day(), of_month(&MONTHS_SHORT, day))
}

pub(super) fn moment(at: NaiveDateTime, today: Day) -> String {
    let (date, time) = (at.date(), at.format("%H:%M"));
    match (today - date).num_days() {
        0 => format!("Сегодня, {time}"),
        1 => format!("Вчера, {time}"),
        _ if date.year() == today.year() => format!("{}{NBSP}{}, {time}", date.day(), of_month(&MONTHS_SHORT, date)),
        _ => format!("{}{NBSP}{} {}", date.day(), of_month(&MONTHS_SHORT, date), date.year()),
    }
}

pub(super) fn month_name(day: Day) -> String {
    format!("{} {}", of_month(&MONTH_NAMES, day), day.year())
}

pub(super) fn month_short(day: Day) -> &'static str {
    of_month(&MONTHS_AXIS, day)
}

pub(super) fn found(count: u64, more: bool) -> String {
    let number = number(i128::from(count));
    if more { format!("Найдено больше {number}") } else { format!("Найдено: {number}") }
}

pub(super) fn total_number(total: Total) -> String {
    match total {
        Total::Exactly(count) => number(i128::from(count)),
        Total::OrMore(count) => format!("больше {}", number(i128::from(count))),
    }
}

pub(super) fn fix_fields(count: usize) -> String {
    let n = count as u64;
    format!("Не сохранено: исправьте {n} {}", plural(n, "поле", "поля", "полей"))
}

pub(super) fn income_counts_for(campaign: &str) -> String {
    format!("Сумма договора добавится к доходу кампании «{campaign}»")
}

pub(super) fn file_size(bytes: u64) -> String {
    match format::size(bytes, ',') {
        (text, true) => format!("{text}{NBSP}МБ"),
        (text, false) => format!("{text}{NBSP}КБ"),
    }
}

pub(super) fn file_hint(limit: u64) -> String {
    format!(
        "PDF, DOC, DOCX, ODT, RTF или скан (JPG, PNG, TIFF) до {}. Не потеряется при ошибке в форме.",
        file_size(limit)
    )
}

pub(super) fn too_large_file(limit: u64) -> String {
    format!("Файл больше {}. Сожмите его или отсканируйте с меньшим качеством.", file_size(limit))
}

pub(super) fn too_many_uploads(files: u64, bytes: u64) -> String {
    format!(
        "Ваши загруженные файлы уже ждут договоров: можно не больше {files} {} и {}. Сохраните начатые договоры или выйдите и войдите снова: тогда ненужные файлы удалятся.",
        plural(files, "файла", "файлов", "файлов"),
        file_size(bytes)
    )
}

pub(super) fn password_for(name: &str) -> String {
    format!("Пользователь: {name}. Все его открытые сеансы закроются.")
}

pub(super) fn first_rows(count: usize) -> String {
    format!("Показаны первые {count} строк; в итоге учтены все.")
}

pub(super) fn money_point(income: i128, spend: i128, currency: &str) -> String {
    format!("Доход {}, расход {}", money(income, currency), money(spend, currency))
}

pub(super) fn stage(it: LeadStage) -> &'static str {
    match it {
        LeadStage::New => "Новый",
        LeadStage::InProgress => "В работе",
        LeadStage::Qualified => "Готов к договору",
        LeadStage::Lost => "Отказ",
        LeadStage::Converted => "Клиент",
    }
}

pub(super) fn stages(it: LeadStage) -> &'static str {
    match it {
        LeadStage::New => "Новые",
        LeadStage::InProgress => "В работе",
        LeadStage::Qualified => "Готовы к договору",
        LeadStage::Lost => "Отказы",
        LeadStage::Converted => "Стали клиентами",
    }
}

pub(super) fn created_word(it: RecordKind) -> &'static str {
    match it {
        RecordKind::Campaign => "новая кампания",
        RecordKind::Client => "перевод в клиенты",
        RecordKind::Contract => "новый договор",
        RecordKind::Document => "новый файл",
        RecordKind::Lead => "новый лид",
        RecordKind::Note => "заметка",
        RecordKind::Role => "новая роль",
        RecordKind::Service => "новая услуга",
        RecordKind::SpendEntry => "расход",
        RecordKind::User => "новый пользователь",
        RecordKind::View => "отбор",
    }
}

pub(super) fn resources(permissions: &Permissions) -> String {
    let mut words: Vec<&str> = permissions
        .iter()
        .map(|it| match it.resource() {
            "users" => "пользователи",
            "roles" => "роли",
            "audit" => "журнал",
            "services" => "услуги",
            "campaigns" => "кампании",
            "leads" => "лиды",
            "clients" => "клиенты",
            "contracts" => "договоры",
            _ => "статистика",
        })
        .collect();
    words.dedup();
    words.join(", ")
}

pub(super) fn notice(it: Notice) -> &'static str {
    match it {
        Notice::AccessClosed => "Доступ закрыт",
        Notice::AccessOpened => "Доступ открыт",
        Notice::Archived => "Перенесено в архив",
        Notice::CampaignSaved => "Кампания сохранена",
        Notice::ClientSaved => "Клиент сохранён",
        Notice::ContractSaved => "Договор сохранён",
        Notice::LeadConverted => "Лид стал клиентом",
        Notice::ViewRemoved => "Отбор удалён",
        Notice::ViewSaved => "Отбор сохранён",
        Notice::LeadSaved => "Лид сохранён",
        Notice::LeadsMerged => "Лиды объединены",
        Notice::LeadsSeparated => "Лиды разъединены",
        Notice::MergedHere => "Этот лид объединили — открыт тот, который остался",
        Notice::NoteSaved => "Заметка записана",
        Notice::PairBack => "Пара снова в списке дубликатов",
        Notice::PasswordChosen => "Пароль задан. Войдите с ним",
        Notice::PasswordSet => "Новый пароль действует",
        Notice::PermissionsSaved => "Права сохранены и уже действуют",
        Notice::ProfileSaved => "Профиль сохранён",
        Notice::RestoredValue => "Возвращено из архива",
        Notice::RoleSaved => "Роль сохранена",
        Notice::SecondFactorOff => "Второй фактор выключен",
        Notice::ServiceSaved => "Услуга сохранена",
        Notice::SessionEnded => "Сеанс закончился, ничего не сохранено. Войдите и повторите",
        Notice::SessionsEnded => "Сеансы завершены",
        Notice::SignedOut => "Вы вышли",
        Notice::SpendCancelled => "Расход отменён",
        Notice::SpendSaved => "Расход сохранён",
        Notice::StepDone => "Сделано. Что дальше?",
        Notice::StepPlanned => "Следующий шаг запланирован",
        Notice::UserSaved => "Пользователь сохранён",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::values::parse_day;

    #[test]
    fn money_and_dates_are_written_as_in_a_letter() {
        assert_eq!(money(123_450, "RUB"), "1\u{a0}234,50\u{a0}₽");
        assert_eq!(short_money(842_000_000, "RUB"), "8,42\u{a0}млн\u{a0}₽");
        assert_eq!(percent(Hundredths(-1111)), "−11,11\u{a0}%");
        assert_eq!(day(parse_day("2026-11-20").unwrap()), "20\u{a0}ноября 2026");
        let at = parse_day("2026-11-18").unwrap().and_hms_opt(10, 24, 0).unwrap();
        assert_eq!(moment(at, parse_day("2026-11-18").unwrap()), "Сегодня, 10:24");
        assert_eq!(moment(at, parse_day("2026-11-19").unwrap()), "Вчера, 10:24");
        assert_eq!(moment(at, parse_day("2026-12-19").unwrap()), "18\u{a0}нояб., 10:24");
        assert_eq!(moment(at, parse_day("2027-01-19").unwrap()), "18\u{a0}нояб. 2026");
    }
}
