//! Messages and formats in English: everything that depends on a number, a date or a choice.
use chrono::{Datelike, NaiveDateTime};
use domain::{
    access::Permissions, lead::LeadStage, page::Total, record::RecordKind, statistics::Hundredths, values::Day,
};

use super::{
    Notice,
    format::{self, Scale, Style},
};

const STYLE: Style = Style { group: ',', point: '.' };
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(day: Day) -> &'static str {
    MONTHS[day.month0() as usize % 12]
}

pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", number(count as i128)) }
}

pub(super) fn number(value: i128) -> String {
    STYLE.number(value)
}

pub(super) fn percent(value: Hundredths) -> String {
    format!("{}%", STYLE.hundredths(value))
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

/// A currency sign precedes the number; a code without a sign follows it.
fn with_sign(number: &str, currency: &str) -> String {
    let sign = currency_sign(currency);
    match number.strip_prefix('−') {
        _ if sign == currency => format!("{number} {currency}"),
        Some(magnitude) => format!("−{sign}{magnitude}"),
        None => format!("{sign}{number}"),
    }
}

pub(super) fn money(minor: i128, currency: &str) -> String {
    with_sign(&STYLE.amount(minor), currency)
}

pub(super) fn short_amount(minor: i128) -> String {
    match STYLE.short(minor) {
        (text, Scale::One) => text,
        (text, Scale::Thousand) => format!("{text}K"),
        (text, Scale::Million) => format!("{text}M"),
        (text, Scale::Milliard) => format!("{text}B"),
    }
}

pub(super) fn short_money(minor: i128, currency: &str) -> String {
    with_sign(&short_amount(minor), currency)
}

pub(super) fn day(day: Day) -> String {
    format!("{} {} {}", day.day(), month(day), day.year())
}

pub(super) fn moment(at: NaiveDateTime, today: Day) -> String {
    let (date, time) = (at.date(), at.format("%H:%M"));
    match (today - date).num_days() {
        0 => format!("Today, {time}"),
        1 => format!("Yesterday, {time}"),
        _ if date.year() == today.year() => format!("{} {}, {time}", date.day(), month(date)),
        _ => format!("{} {} {}", date.day(), month(date), date.year()),
    }
}

pub(super) fn month_name(day: Day) -> String {
    format!("{} {}", month(day), day.year())
}

pub(super) fn month_short(day: Day) -> &'static str {
    month(day)
}

pub(super) fn found(count: u64, more: bool) -> String {
    let number = number(i128::from(count));
    if more { format!("More than {number} found") } else { format!("{number} found") }
}

pub(super) fn total_number(total: Total) -> String {
    match total {
        Total::Exactly(count) => number(i128::from(count)),
        Total::OrMore(count) => format!("more than {}", number(i128::from(count))),
    }
}

pub(super) fn fix_fields(count: usize) -> String {
    format!("Not saved: correct {}", counted(count, "field", "fields"))
}

pub(super) fn income_counts_for(campaign: &str) -> String {
    format!("The amount counts as income of the campaign “{campaign}”")
}

pub(super) fn file_size(bytes: u64) -> String {
    match format::size(bytes, '.') {
        (text, true) => format!("{text} MB"),
        (text, false) => format!("{text} KB"),
    }
}

pub(super) fn file_hint(limit: u64) -> String {
    let limit = file_size(limit);
    format!("PDF, DOC, DOCX, ODT, RTF or a scan (JPG, PNG, TIFF) up to {limit}. It is kept when the form has an error.")
}

pub(super) fn too_large_file(limit: u64) -> String {
    format!("The file is larger than {}. Compress it or scan it at a lower quality.", file_size(limit))
}

pub(super) fn too_many_uploads(files: u64, bytes: u64) -> String {
    format!(
        "Too many of your uploads are waiting for contracts: {files} files and {} is the most. Save the contracts that you have begun, or sign out and in again: unused files are removed then.",
        file_size(bytes)
    )
}

pub(super) fn password_for(name: &str) -> String {
    format!("User: {name}. All their open sessions will end.")
}

pub(super) fn first_rows(count: usize) -> String {
    format!("The first {count} rows are shown; the total counts all.")
}

pub(super) fn money_point(income: i128, spend: i128, currency: &str) -> String {
    format!("Income {}, spend {}", money(income, currency), money(spend, currency))
}

pub(super) fn stage(it: LeadStage) -> &'static str {
    match it {
        LeadStage::New => "New",
        LeadStage::InProgress => "In progress",
        LeadStage::Qualified => "Qualified",
        LeadStage::Lost => "Lost",
        LeadStage::Converted => "Client",
    }
}

pub(super) fn stages(it: LeadStage) -> &'static str {
    match it {
        LeadStage::Converted => "Became clients",
        other => stage(other),
    }
}

pub(super) fn created_word(it: RecordKind) -> &'static str {
    match it {
        RecordKind::Campaign => "new campaign",
        RecordKind::Client => "converted to client",
        RecordKind::Contract => "new contract",
        RecordKind::Document => "new file",
        RecordKind::Lead => "new lead",
        RecordKind::Note => "note",
        RecordKind::Role => "new role",
        RecordKind::Service => "new service",
        RecordKind::SpendEntry => "expense",
        RecordKind::User => "new user",
        RecordKind::View => "saved view",
    }
}

pub(super) fn resources(permissions: &Permissions) -> String {
    let mut words: Vec<&str> = permissions.iter().map(domain::access::Permission::resource).collect();
    words.dedup();
    words.join(", ")
}

pub(super) fn notice(it: Notice) -> &'static str {
    match it {
        Notice::AccessClosed => "Access closed",
        Notice::AccessOpened => "Access opened",
        Notice::Archived => "Moved to the archive",
        Notice::CampaignSaved => "Campaign saved",
        Notice::ClientSaved => "Client saved",
        Notice::ContractSaved => "Contract saved",
        Notice::LeadConverted => "The lead is a client now",
        Notice::ViewRemoved => "View removed",
        Notice::ViewSaved => "View saved",
        Notice::LeadSaved => "Lead saved",
        Notice::LeadsMerged => "The leads are one now",
        Notice::LeadsSeparated => "The leads are two again",
        Notice::MergedHere => "That lead was merged: this is the one that stayed",
        Notice::NoteSaved => "Note added",
        Notice::PairBack => "The pair is on the list of duplicates again",
        Notice::PasswordChosen => "The password is set. Sign in with it",
        Notice::PasswordSet => "The new password is in force",
        Notice::PermissionsSaved => "Permissions saved and in force",
        Notice::ProfileSaved => "Profile saved",
        Notice::RestoredValue => "Restored from the archive",
        Notice::RoleSaved => "Role saved",
        Notice::SecondFactorOff => "The second factor is off",
        Notice::ServiceSaved => "Service saved",
        Notice::SessionEnded => "Your session has ended and nothing was saved. Sign in and try again",
        Notice::SessionsEnded => "Sessions ended",
        Notice::SignedOut => "You have signed out",
        Notice::SpendCancelled => "Expense cancelled",
        Notice::SpendSaved => "Expense saved",
        Notice::StepDone => "Done. What comes next?",
        Notice::StepPlanned => "Next step planned",
        Notice::UserSaved => "User saved",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_its_sign_in_front() {
        assert_eq!(money(123_456_750, "RUB"), "₽1,234,567.50");
        assert_eq!(money(-100, "USD"), "−$1");
        assert_eq!(money(100, "CHF"), "1 CHF");
        assert_eq!(short_money(842_000_000, "RUB"), "₽8.42M");
        assert_eq!(counted(1, "campaign", "campaigns"), "1 campaign");
    }
}
