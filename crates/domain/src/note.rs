//! A note in the history of a lead, which is the history of the client it became as well.
use chrono::{DateTime, Utc};

use crate::{
    field::Field,
    id::id,
    lead::LeadId,
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::NoteText,
};

id!(NoteId);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub lead: LeadId,
    pub text: NoteText,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFilter {
    pub lead: Option<LeadId>,
}

impl Note {
    pub fn new(id: NoteId, lead: LeadId, text: NoteText, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { id, lead, text, stamp: Stamp::new(by, now) }
    }
}

impl Record for Note {
    const KIND: RecordKind = RecordKind::Note;
    type Id = NoteId;
    type Filter = NoteFilter;
    record_accessors!(NoteId);

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default().with(Field::Lead, &self.lead).with(Field::Text, &self.text).done()
    }
}
