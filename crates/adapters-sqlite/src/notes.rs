//! Notes.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    note::{Note, NoteFilter},
    record::Stamp,
    values::NoteText,
};

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::notes,
    values::DbId,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = notes, check_for_backend(Sqlite))]
struct NoteRow {
    id: DbId,
    lead_id: DbId,
    client_id: Option<DbId>,
    text: String,
}

impl From<&Note> for NoteRow {
    fn from(note: &Note) -> Self {
        Self {
            id: DbId::of(note.id),
            lead_id: DbId::of(note.lead),
            client_id: note.client.map(DbId::of),
            text: note.text.to_string(),
        }
    }
}

impl Row for NoteRow {
    type Record = Note;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Note, Unreadable> {
        let client = self.client_id.map(DbId::to);
        Ok(Note { id: self.id.to(), lead: self.lead_id.to(), client, text: NoteText::parse(&self.text)?, stamp })
    }
}

fn matching(filter: &NoteFilter) -> notes::BoxedQuery<'static, Sqlite> {
    let mut rows = notes::table.into_boxed();
    if let Some(lead) = filter.lead {
        rows = rows.filter(notes::lead_id.eq(DbId::of(lead)));
    }
    if filter.without_clients {
        rows = rows.filter(notes::client_id.is_null());
    }
    rows
}

row_access!(Note, NoteRow, notes);
list_by_id!(Note, NoteFilter, NoteRow, notes);
repository!(Note, NoteFilter, NoteRow);
