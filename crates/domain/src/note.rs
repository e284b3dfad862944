//! A note in the history of a lead, which is the history of the client it became as well.
use chrono::{DateTime, Utc};

use crate::{
    client::ClientId,
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
    /// The client that the lead became, for a note about the client: only users who may view clients read it.
    pub client: Option<ClientId>,
    pub text: NoteText,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFilter {
    pub lead: Option<LeadId>,
    /// Leaves out notes about clients.
    pub without_clients: bool,
}

impl Note {
    pub fn new(id: NoteId, lead: LeadId, text: NoteText, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { id, lead, client: None, text, stamp: Stamp::new(by, now) }
    }

    /// The same note, about the client that the lead became.
    #[must_use]
    pub fn about(self, client: ClientId) -> Self {
        Self { client: Some(client), ..self }
    }
}

impl Record for Note {
    const KIND: RecordKind = RecordKind::Note;
    type Id = NoteId;
    type Filter = NoteFilter;
    record_accessors!(NoteId);

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::Lead, &self.lead)
            .with_some(Field::Client, self.client)
            .with(Field::Text, &self.text)
            .done()
    }
}
