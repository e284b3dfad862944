//! Notes.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    note::{Note, NoteFilter},
    record::Stamp,
    values::NoteText,
};
use uuid::Uuid;

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::notes,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = notes, check_for_backend(Pg))]
struct NoteRow {
    id: Uuid,
    lead_id: Uuid,
    client_id: Option<Uuid>,
    text: String,
}

impl From<&Note> for NoteRow {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id.into(),
            lead_id: note.lead.into(),
            client_id: note.client.map(Into::into),
            text: note.text.to_string(),
        }
    }
}

impl Row for NoteRow {
    type Record = Note;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Note, Unreadable> {
        let client = self.client_id.map(Into::into);
        Ok(Note { id: self.id.into(), lead: self.lead_id.into(), client, text: NoteText::parse(&self.text)?, stamp })
    }
}

fn matching(filter: &NoteFilter) -> notes::BoxedQuery<'static, Pg> {
    let mut rows = notes::table.into_boxed();
    if let Some(lead) = filter.lead {
        rows = rows.filter(notes::lead_id.eq(Uuid::from(lead)));
    }
    if filter.without_clients {
        rows = rows.filter(notes::client_id.is_null());
    }
    rows
}

row_access!(Note, NoteRow, notes);
list_by_id!(Note, NoteFilter, NoteRow, notes);
repository!(Note, NoteFilter, NoteRow, notes);
