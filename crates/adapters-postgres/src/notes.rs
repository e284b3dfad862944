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
    fault::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::notes,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = notes, check_for_backend(Pg))]
struct NoteRow {
    id: Uuid,
    lead_id: Uuid,
    text: String,
}

impl From<&Note> for NoteRow {
    fn from(note: &Note) -> Self {
        Self { id: note.id.into(), lead_id: note.lead.into(), text: note.text.to_string() }
    }
}

impl Row for NoteRow {
    type Record = Note;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Note, Unreadable> {
        Ok(Note { id: self.id.into(), lead: self.lead_id.into(), text: NoteText::parse(&self.text)?, stamp })
    }
}

fn matching(filter: &NoteFilter) -> notes::BoxedQuery<'static, Pg> {
    let rows = notes::table.into_boxed();
    match filter.lead {
        Some(lead) => rows.filter(notes::lead_id.eq(Uuid::from(lead))),
        None => rows,
    }
}

row_access!(Note, NoteRow, notes);
list_by_id!(Note, NoteFilter, NoteRow, notes);
repository!(Note, NoteFilter, NoteRow, notes);
