//! Sentences for changes in the audit log that readers would otherwise have to assemble from fields.
use application::RuleViolation;
use chrono::DateTime;
use domain::{
    access::Permission,
    audit::{AuditAction, AuditEntry, FieldChange, SignInFailure},
    field::Field,
    record::RecordKind,
    store::Names,
};

use super::history::in_words;
use crate::{page::Page, text::AccountEventText};

/// The sentences that tell this change of the entry: none where those of another change tell it too. Nothing where the
/// field with its values says it best, or its values are hidden from the reader.
pub(super) fn sentences(page: &Page, entry: &AuditEntry, change: &FieldChange, names: &Names) -> Option<Vec<String>> {
    match (entry.act, entry.kind) {
        (AuditAction::Changed, RecordKind::User) => of_user(page, entry, change, names),
        (AuditAction::Changed, RecordKind::Lead) => of_lead(page, entry, change, names).map(|it| vec![it]),
        (AuditAction::Changed, RecordKind::Role) => of_role(page, change, names),
        (AuditAction::Refused | AuditAction::SignInFailed, _) => refusal(page, entry.act, change).map(|it| vec![it]),
        _ => None,
    }
}

fn of_user(page: &Page, entry: &AuditEntry, change: &FieldChange, names: &Names) -> Option<Vec<String>> {
    let t = page.t.account_events;
    let told = match (change.field, change.before.as_deref(), change.after.as_deref()) {
        (Field::Password, _, Some(_)) => password(t, entry).to_owned(),
        (Field::TemporaryPassword, Some(_), Some(_)) if of(entry, Field::Password).is_some() => return Some(Vec::new()),
        (Field::PasswordLink, Some(until), None) => return Some(link_gone(t, entry, until)),
        (Field::PasswordLink, _, Some(until)) => (t.link_made)(&in_words(page, change.field, until, names)),
        (Field::SecondFactor, _, Some("true")) => t.factor_on.to_owned(),
        (Field::SecondFactor, _, Some(_)) if is_own(entry) => t.factor_off.to_owned(),
        (Field::SecondFactor, _, Some(_)) => t.factor_reset.to_owned(),
        (Field::RecoveryCodes, Some(before), Some(after)) => codes(t, before.parse().ok()?, after.parse().ok()?),
        // Recovery codes are created and removed together with the second factor.
        (Field::RecoveryCodes, None, Some(_)) | (Field::RecoveryCodes, Some(_), None) => return Some(Vec::new()),
        (Field::Active, _, Some("true")) => t.access_opened.to_owned(),
        (Field::Active, _, Some(_)) => t.access_closed.to_owned(),
        (Field::Superuser, _, Some("true")) => t.superuser_made.to_owned(),
        (Field::Superuser, _, Some(_)) => t.superuser_unmade.to_owned(),
        (Field::Roles, ..) => return difference(page, change, names, t.roles_given, t.roles_taken),
        (Field::Permissions, ..) => return difference(page, change, names, t.permissions_given, t.permissions_taken),
        _ => return None,
    };
    Some(vec![told])
}

/// A step disappears when it is done, or when its lead needs no more work.
fn of_lead(page: &Page, entry: &AuditEntry, change: &FieldChange, names: &Names) -> Option<String> {
    let (Field::NextStep, Some(before), None) = (change.field, &change.before, &change.after) else { return None };
    let t = page.t.next_step;
    let words = if of(entry, Field::Status).is_some() { t.dropped } else { t.done_with };
    Some(words(&in_words(page, change.field, before, names)))
}

fn of_role(page: &Page, change: &FieldChange, names: &Names) -> Option<Vec<String>> {
    let t = page.t.account_events;
    match (change.field, change.after.as_deref()) {
        (Field::Permissions, _) => difference(page, change, names, t.permissions_given, t.permissions_taken),
        (Field::SecondFactor, Some("true")) => Some(vec![t.factor_required.to_owned()]),
        (Field::SecondFactor, Some(_)) => Some(vec![t.factor_optional.to_owned()]),
        _ => None,
    }
}

/// The missing permission, the rule that refused the user, or the reason of a failed sign-in.
fn refusal(page: &Page, act: AuditAction, change: &FieldChange) -> Option<String> {
    let (t, code) = (page.t, change.after.as_deref()?);
    let words = match (act, change.field) {
        (AuditAction::Refused, Field::Permissions) => {
            return Permission::from_code(code).map(|it| (t.account_events.missing_permission)((t.permission)(it)));
        }
        (AuditAction::Refused, Field::Reason) => (t.refused)(RuleViolation::from_code(code)?),
        (AuditAction::SignInFailed, Field::Reason) => (t.account_events.not_let_in)(SignInFailure::from_code(code)?),
        _ => return None,
    };
    Some(format!("{}: {words}", (t.field)(change.field)))
}

fn of(entry: &AuditEntry, field: Field) -> Option<&FieldChange> {
    entry.changes.iter().find(|it| it.field == field)
}

/// Whether users acted on their own account.
fn is_own(entry: &AuditEntry) -> bool {
    entry.by.is_some_and(|by| by.0 == entry.record)
}

fn password(t: &AccountEventText, entry: &AuditEntry) -> &'static str {
    let is_temporary = of(entry, Field::TemporaryPassword).is_some_and(|it| it.after.as_deref() == Some("true"));
    match is_own(entry) {
        true if of(entry, Field::PasswordLink).is_some() => t.password_by_link,
        true => t.own_password,
        false if is_temporary => t.temporary_password_set,
        false => t.password_set,
    }
}

/// A used link is covered by the sentence about the password. An expired link is mentioned only if there is nothing
/// else.
fn link_gone(t: &AccountEventText, entry: &AuditEntry, until: &str) -> Vec<String> {
    let used = is_own(entry) && of(entry, Field::Password).is_some();
    let expired = DateTime::parse_from_rfc3339(until).is_ok_and(|it| it <= entry.at);
    let told = match (used, expired) {
        (true, _) => None,
        (_, true) => Some(t.link_expired).filter(|_| entry.changes.len() == 1),
        (_, false) => Some(t.link_withdrawn),
    };
    told.map(str::to_owned).into_iter().collect()
}

fn codes(t: &AccountEventText, before: usize, after: usize) -> String {
    if after < before { (t.code_used)(after) } else { t.codes_renewed.to_owned() }
}

/// The ids or codes that were added to a list, and the removed ones.
fn difference(
    page: &Page,
    change: &FieldChange,
    names: &Names,
    came: fn(usize, &str) -> String,
    went: fn(usize, &str) -> String,
) -> Option<Vec<String>> {
    if (&change.before, &change.after) == (&None, &None) {
        return None;
    }
    let [before, after] = [&change.before, &change.after].map(|it| it.as_deref().unwrap_or_default());
    let told = |some: &str, others: &str, words: fn(usize, &str) -> String| {
        let only: Vec<&str> =
            some.split_whitespace().filter(|it| others.split(' ').all(|other| other != *it)).collect();
        (!only.is_empty()).then(|| words(only.len(), &in_words(page, change.field, &only.join(" "), names)))
    };
    Some([told(after, before, came), told(before, after, went)].into_iter().flatten().collect())
}
