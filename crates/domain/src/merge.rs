//! Merging: two leads that are one person become one lead, and two again if that was a mistake.
use std::collections::BTreeMap;

use crate::{
    audit::FieldChange,
    field::Field,
    lead::{Contact, Lead, LeadDetails, LeadId, LeadRuleViolation, LeadStage, LeadStatus},
    next_step::NextStep,
    record::Record,
    values::{Email, FullName, Invalid, LostReason, Phone},
};

/// Where a lead went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedInto {
    pub lead: LeadId,
    /// The version of that lead that the merge made: its history entry has the changes.
    pub version: i32,
}

/// Which of the two leads a value is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergeSource {
    #[default]
    Survivor,
    Other,
}

/// Which of the two leads each value is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeChoices {
    pub full_name: MergeSource,
    pub phone: MergeSource,
    pub email: MergeSource,
    pub campaign: MergeSource,
    pub assignee: MergeSource,
    /// With the reason of a lost one.
    pub status: MergeSource,
}

impl MergeSource {
    fn of<T>(self, survivor: T, other: T) -> T {
        match self {
            Self::Survivor => survivor,
            Self::Other => other,
        }
    }
}

impl Lead {
    /// The choices of the user who merges leads, which an undo restores.
    pub const MERGED_FIELDS: [Field; 7] =
        [Field::FullName, Field::Phone, Field::Email, Field::Campaign, Field::Assignee, Field::Status, Field::NextStep];

    /// The campaign that won a client stands, and a client stays one.
    pub fn keeps(&self, field: Field) -> bool {
        matches!(self.status, LeadStatus::Converted(_)) && matches!(field, Field::Campaign | Field::Status)
    }

    /// Whether [`Lead::merge`] would accept the other one.
    pub fn may_merge(&self, other: &Self) -> Result<(), LeadRuleViolation> {
        self.in_use()?;
        other.in_use()?;
        match (&self.status, &other.status) {
            (LeadStatus::Converted(_), LeadStatus::Converted(_)) => Err(LeadRuleViolation::BothConverted),
            (_, LeadStatus::Converted(_)) => Err(LeadRuleViolation::ConvertedStays),
            _ => Ok(()),
        }
    }

    /// The details that the two have together. Fails where they have neither a phone nor an email.
    pub fn details_with(&self, other: &Self, taken: MergeChoices) -> Result<LeadDetails, Invalid> {
        let (mine, theirs) = (&self.details, &other.details);
        let phone = taken.phone.of(mine.contact.phone(), theirs.contact.phone());
        let email = taken.email.of(mine.contact.email(), theirs.contact.email());
        let campaign = if self.keeps(Field::Campaign) { MergeSource::Survivor } else { taken.campaign };
        Ok(LeadDetails {
            full_name: taken.full_name.of(&mine.full_name, &theirs.full_name).clone(),
            contact: Contact::new(phone.cloned(), email.cloned())?,
            campaign: campaign.of(mine.campaign, theirs.campaign),
            assignee: taken.assignee.of(mine.assignee, theirs.assignee),
        })
    }

    /// Merges the other lead into this one. It leaves every list and figure, and keeps its notes and history. The next step
    /// of the survivor stays; without one, the step of the other lead is taken.
    pub fn merge(
        &mut self,
        other: &mut Self,
        details: LeadDetails,
        status: MergeSource,
    ) -> Result<(), LeadRuleViolation> {
        self.may_merge(other)?;
        let step = self.step_to_do().or_else(|| other.step_to_do()).cloned();
        let taken = status == MergeSource::Other && !self.keeps(Field::Status);
        if taken {
            self.status = other.status.clone();
        }
        // A lead that becomes lost has no next step any more. A lost lead and a client stay as they are.
        if self.is_open() || taken {
            self.next_step = step.filter(|_| self.is_open());
        }
        self.details = details;
        self.merged.push(other.id);
        // The version that saving the survivor will make.
        other.merged_into = Some(MergedInto { lead: self.id, version: self.stamp.version + 1 });
        Ok(())
    }

    /// Separates the other lead. The values that the merge changed here are restored, except where somebody changed
    /// it since, or where it cannot; those fields are told. The changes are those of the version that the merging made;
    /// where that is not known, nothing goes back.
    pub fn separate(&mut self, other: &mut Self, changes: Option<&[FieldChange]>) -> Vec<Field> {
        self.merged.retain(|it| *it != other.id);
        other.merged_into = None;
        let Some(changes) = changes else { return Self::MERGED_FIELDS.to_vec() };
        let now: BTreeMap<Field, String> = self.fields().into_iter().collect();
        // A status comes and goes with its reason.
        let of = |field: Field| -> Vec<&FieldChange> {
            let same = |it: Field| it == field || (field == Field::Status && it == Field::Reason);
            changes.iter().filter(|it| same(it.field)).collect()
        };
        let is = |field: Field, value: fn(&FieldChange) -> Option<&String>| {
            of(field).into_iter().all(|it| now.get(&it.field) == value(it))
        };
        let merged = Self::MERGED_FIELDS.into_iter().filter(|it| !is(*it, |it| it.before.as_ref()));
        let (mut untouched, mut kept): (Vec<Field>, Vec<Field>) =
            merged.partition(|it| is(*it, |it| it.after.as_ref()) && !self.keeps(*it));
        // Somebody planned something since: the lead is not lost again, but in work as they left it.
        if kept.contains(&Field::NextStep) && self.step_to_do().is_some() {
            kept.extend(untouched.extract_if(.., |it| *it == Field::Status && was_lost(changes)));
        }
        // Twice, because a phone may only go once there is an email again.
        for _ in 0..2 {
            untouched.retain(|it| self.undo_change(*it, &of(*it)).is_none());
        }
        kept.extend(untouched);
        kept
    }

    /// None where the earlier value cannot be brought back.
    fn undo_change(&mut self, field: Field, changes: &[&FieldChange]) -> Option<()> {
        let value = changes.iter().find(|it| it.field == field).and_then(|it| it.before.as_deref());
        let it = &mut self.details;
        match field {
            Field::FullName => it.full_name = FullName::parse(value?).ok()?,
            Field::Phone => {
                let phone = value.map(Phone::from_e164).transpose().ok()?;
                it.contact = Contact::new(phone, it.contact.email().cloned()).ok()?;
            }
            Field::Email => {
                let email = value.map(Email::parse).transpose().ok()?;
                it.contact = Contact::new(it.contact.phone().cloned(), email).ok()?;
            }
            Field::Campaign => it.campaign = value.map(read_id).transpose().ok()?,
            Field::Assignee => it.assignee = value.map(read_id).transpose().ok()?,
            Field::Status => self.status = self.status_before(changes)?,
            // After the status, because a lost lead has none.
            Field::NextStep => {
                let step = value.map(NextStep::from_stored).transpose().ok()?;
                self.next_step = step.filter(|_| self.is_open());
            }
            _ => return None,
        }
        Some(())
    }

    /// The status before the changes; details without a change stay.
    fn status_before(&self, changes: &[&FieldChange]) -> Option<LeadStatus> {
        let change = |field: Field| changes.iter().find(|it| it.field == field);
        let stage = match change(Field::Status) {
            Some(it) => LeadStage::from_code(it.before.as_deref()?)?,
            None => self.stage(),
        };
        let reason = change(Field::Reason).and_then(|it| it.before.as_deref());
        match (stage, reason) {
            (LeadStage::New, _) => Some(LeadStatus::New),
            (LeadStage::InProgress, _) => Some(LeadStatus::InProgress),
            (LeadStage::Qualified, _) => Some(LeadStatus::Qualified),
            (LeadStage::Lost, Some(reason)) => LostReason::parse(reason).ok().map(LeadStatus::Lost),
            (LeadStage::Lost, None) | (LeadStage::Converted, _) => None,
        }
    }
}

fn was_lost(changes: &[FieldChange]) -> bool {
    let lost = Some(LeadStage::Lost.code());
    changes.iter().any(|it| it.field == Field::Status && it.before.as_deref() == lost)
}

fn read_id<I: From<uuid::Uuid>>(text: &str) -> Result<I, uuid::Error> {
    text.parse::<uuid::Uuid>().map(I::from)
}

/// Ids as stores and the history keep them: in their order, with spaces between.
pub fn written_ids(ids: &[LeadId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What [`written_ids`] wrote; None where it is anything else.
pub fn read_ids(text: &str) -> Option<Vec<LeadId>> {
    text.split(' ').filter(|it| !it.is_empty()).map(|it| read_id(it).ok()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::audit::differences;

    fn lead(n: i64, name: &str, phone: &str, email: &str) -> Lead {
        let contact = Contact::new(Phone::parse(phone).ok(), Email::parse(email).ok()).unwrap();
        let full_name = FullName::parse(name).unwrap();
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(n);
        Lead::new(LeadId::new(at), LeadDetails { full_name, contact, campaign: None, assignee: None }, None, at)
    }

    /// Everything from the other lead.
    const OTHERS: MergeChoices = MergeChoices {
        full_name: MergeSource::Other,
        phone: MergeSource::Other,
        email: MergeSource::Other,
        campaign: MergeSource::Other,
        assignee: MergeSource::Other,
        status: MergeSource::Other,
    };

    /// The two leads merged, and the changes of the first.
    fn merged(one: &Lead, other: &Lead) -> (Lead, Lead, Vec<FieldChange>) {
        let (mut one, mut other, before) = (one.clone(), other.clone(), one.fields());
        let details = one.details_with(&other, OTHERS).unwrap();
        one.merge(&mut other, details, OTHERS.status).unwrap();
        let changes = differences(&before, &one.fields());
        (one, other, changes)
    }

    #[test]
    fn what_was_merged_and_not_touched_comes_apart_as_it_was() {
        // Their contacts have nothing in common, whichever goes first.
        for (one, other) in [(("8 900 555-01-42", ""), ("", "a@b.ru")), (("", "a@b.ru"), ("8 900 555-01-42", ""))] {
            let one = lead(1, "Пётр", one.0, one.1);
            let mut other = lead(2, "Иван", other.0, other.1);
            other.status = LeadStatus::Lost(LostReason::parse("Дорого").unwrap());
            let (mut survivor, mut gone, changes) = merged(&one, &other);
            assert_eq!((&survivor.details, &survivor.status), (&other.details, &other.status));
            assert_eq!(gone.in_use(), Err(LeadRuleViolation::Merged(one.id)));
            assert_eq!(survivor.separate(&mut gone, Some(&changes)), []);
            assert_eq!((survivor, gone), (one, other));
        }
    }

    #[test]
    fn what_was_touched_since_stays_and_is_named() {
        let (one, other) = (lead(1, "Пётр", "8 900 555-01-42", ""), lead(2, "Иван", "8 900 555-01-43", "a@b.ru"));
        let (mut survivor, mut gone, changes) = merged(&one, &other);
        survivor.details.full_name = FullName::parse("Иван Петрович").unwrap();
        let email = Email::parse("c@d.ru").unwrap();
        survivor.details.contact =
            Contact::new(survivor.details.contact.phone().cloned(), Some(email.clone())).unwrap();
        assert_eq!(survivor.separate(&mut gone, Some(&changes)), [Field::FullName, Field::Email]);
        assert_eq!(survivor.details.full_name.as_str(), "Иван Петрович");
        assert_eq!(survivor.details.contact, Contact::new(one.details.contact.phone().cloned(), Some(email)).unwrap());
        assert_eq!(gone, other);
    }

    fn step(what: &str) -> Option<NextStep> {
        NextStep::from_stored(&format!("2026-03-14 {what}")).ok()
    }

    #[test]
    fn what_is_planned_stays_or_comes_from_the_other_one_and_goes_back() {
        let (mut one, mut other) = (lead(1, "Пётр", "", "a@b.ru"), lead(2, "Иван", "", "c@d.ru"));
        other.next_step = step("Позвонить");
        for own in [None, step("Написать")] {
            one.next_step = own.clone();
            let (mut survivor, mut gone, changes) = merged(&one, &other);
            assert_eq!(survivor.next_step, own.or_else(|| step("Позвонить")));
            assert_eq!(gone.next_step, other.next_step);
            assert_eq!(survivor.separate(&mut gone, Some(&changes)), []);
            assert_eq!((&survivor, &gone), (&one, &other));
        }
        // Who is lost by it has nothing planned until the two are separated.
        other.status = LeadStatus::Lost(LostReason::parse("Дорого").unwrap());
        other.next_step = None;
        let (mut survivor, mut gone, changes) = merged(&one, &other);
        assert_eq!((survivor.stage(), &survivor.next_step), (LeadStage::Lost, &None));
        assert_eq!(survivor.separate(&mut gone, Some(&changes)), []);
        assert_eq!((survivor, gone), (one, other));
    }

    #[test]
    fn who_was_lost_is_not_lost_again_when_somebody_planned_something_since() {
        let (mut one, mut other) = (lead(1, "Пётр", "", "a@b.ru"), lead(2, "Иван", "", "c@d.ru"));
        one.status = LeadStatus::Lost(LostReason::parse("Дорого").unwrap());
        other.status = LeadStatus::Qualified;
        other.next_step = step("Позвонить");
        let (mut survivor, mut gone, changes) = merged(&one, &other);
        assert_eq!(survivor.next_step, step("Позвонить"));
        let (mut untouched, mut again) = (survivor.clone(), gone.clone());
        assert_eq!(untouched.separate(&mut again, Some(&changes)), []);
        assert_eq!((untouched, again), (one, other));
        survivor.plan(step("Написать")).unwrap();
        assert_eq!(survivor.separate(&mut gone, Some(&changes)), [Field::NextStep, Field::Status]);
        assert_eq!((survivor.stage(), survivor.next_step), (LeadStage::Qualified, step("Написать")));
    }

    #[test]
    fn nothing_goes_back_where_nobody_knows_what_was_changed() {
        let (one, other) = (lead(1, "Пётр", "8 900 555-01-42", ""), lead(2, "Иван", "8 900 555-01-43", ""));
        let (mut survivor, mut gone, _) = merged(&one, &other);
        assert_eq!(survivor.separate(&mut gone, None), Lead::MERGED_FIELDS);
        assert_eq!((&survivor.details, gone), (&other.details, other.clone()));
    }

    #[test]
    fn ids_are_read_as_they_were_written() {
        let ids = vec![lead(1, "А", "", "a@b.ru").id, lead(2, "Б", "", "a@b.ru").id];
        assert_eq!(read_ids(&written_ids(&ids)), Some(ids));
        assert_eq!((read_ids(""), read_ids("1")), (Some(Vec::new()), None));
    }
}
