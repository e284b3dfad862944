//! Documents: the rows about files, not their bytes.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    document::{Checksum, Document, DocumentFilter, DocumentType},
    record::Stamp,
    values::FileName,
};
use uuid::Uuid;

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::documents,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(Pg), treat_none_as_null = true)]
struct DocumentRow {
    id: Uuid,
    name: String,
    kind: String,
    size: i64,
    checksum: Vec<u8>,
    contract_id: Option<Uuid>,
}

impl From<&Document> for DocumentRow {
    fn from(document: &Document) -> Self {
        Self {
            id: document.id.into(),
            name: document.name.to_string(),
            kind: document.kind.code().to_owned(),
            // A size that no file system has would become negative, which the table refuses.
            size: document.size.cast_signed(),
            checksum: document.checksum.0.to_vec(),
            contract_id: document.contract.map(Into::into),
        }
    }
}

impl Row for DocumentRow {
    type Record = Document;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Document, Unreadable> {
        Ok(Document {
            id: self.id.into(),
            name: FileName::parse(&self.name)?,
            kind: DocumentType::from_code(&self.kind).ok_or("unknown type of file")?,
            size: self.size.try_into()?,
            checksum: Checksum(self.checksum.try_into().map_err(|_| "not a checksum")?),
            contract: self.contract_id.map(Into::into),
            stamp,
        })
    }
}

fn matching(filter: &DocumentFilter) -> documents::BoxedQuery<'static, Pg> {
    let mut rows = documents::table.into_boxed();
    if let Some(contract) = filter.contract {
        rows = rows.filter(documents::contract_id.eq(Uuid::from(contract)));
    }
    if let Some(since) = filter.waiting_since {
        rows = rows.filter(documents::contract_id.is_null()).filter(documents::created_at.lt(since));
    }
    rows
}

row_access!(Document, DocumentRow, documents);
list_by_id!(Document, DocumentFilter, DocumentRow, documents);
repository!(Document, DocumentFilter, DocumentRow, documents);
