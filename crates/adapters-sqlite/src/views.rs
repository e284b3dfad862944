//! Saved views.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    record::{RecordKind, Stamp},
    values::{ViewName, ViewQuery},
    view::{View, ViewDetails, ViewFilter, ViewScope},
};

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::views,
    values::DbId,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = views, check_for_backend(Sqlite))]
struct ViewRow {
    id: DbId,
    list: String,
    owner_id: DbId,
    name: String,
    query: String,
    shared: bool,
    removed: bool,
}

impl From<&View> for ViewRow {
    fn from(view: &View) -> Self {
        Self {
            id: DbId::of(view.id),
            list: view.list.code().to_owned(),
            owner_id: DbId::of(view.owner),
            name: view.details.name.to_string(),
            query: view.query.to_string(),
            shared: view.details.shared,
            removed: view.removed,
        }
    }
}

impl Row for ViewRow {
    type Record = View;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<View, Unreadable> {
        Ok(View {
            id: self.id.to(),
            list: RecordKind::from_code(&self.list).ok_or("no such list")?,
            owner: self.owner_id.to(),
            query: ViewQuery::parse(&self.query)?,
            details: ViewDetails { name: ViewName::parse(&self.name)?, shared: self.shared },
            removed: self.removed,
            stamp,
        })
    }
}

fn matching(filter: &ViewFilter) -> views::BoxedQuery<'static, Sqlite> {
    let mut rows = views::table.filter(views::removed.eq(filter.removed)).into_boxed();
    if let Some(list) = filter.list {
        rows = rows.filter(views::list.eq(list.code()));
    }
    match filter.whose {
        None => rows,
        Some(ViewScope::Own(user)) => rows.filter(views::owner_id.eq(DbId::of(user))),
        Some(ViewScope::SharedWith(user)) => rows.filter(views::shared).filter(views::owner_id.ne(DbId::of(user))),
    }
}

row_access!(View, ViewRow, views);
list_by_id!(View, ViewFilter, ViewRow, views);
repository!(View, ViewFilter, ViewRow);
