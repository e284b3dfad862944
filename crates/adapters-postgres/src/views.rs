//! Saved views.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    record::{RecordKind, Stamp},
    values::{ViewName, ViewQuery},
    view::{View, ViewDetails, ViewFilter, ViewScope},
};
use uuid::Uuid;

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::views,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = views, check_for_backend(Pg))]
struct ViewRow {
    id: Uuid,
    list: String,
    owner_id: Uuid,
    name: String,
    query: String,
    shared: bool,
    removed: bool,
}

impl From<&View> for ViewRow {
    fn from(view: &View) -> Self {
        Self {
            id: view.id.into(),
            list: view.list.code().to_owned(),
            owner_id: view.owner.into(),
            name: view.details.name.to_string(),
            query: view.query.to_string(),
            shared: view.details.shared,
            removed: view.removed,
        }
    }
}

impl Row for ViewRow {
    type Record = View;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<View, Unreadable> {
        Ok(View {
            id: self.id.into(),
            list: RecordKind::from_code(&self.list).ok_or("no such list")?,
            owner: self.owner_id.into(),
            query: ViewQuery::parse(&self.query)?,
            details: ViewDetails { name: ViewName::parse(&self.name)?, shared: self.shared },
            removed: self.removed,
            stamp,
        })
    }
}

fn matching(filter: &ViewFilter) -> views::BoxedQuery<'static, Pg> {
    let mut rows = views::table.filter(views::removed.eq(filter.removed)).into_boxed();
    if let Some(list) = filter.list {
        rows = rows.filter(views::list.eq(list.code()));
    }
    match filter.whose {
        None => rows,
        Some(ViewScope::Own(user)) => rows.filter(views::owner_id.eq(Uuid::from(user))),
        Some(ViewScope::SharedWith(user)) => rows.filter(views::shared).filter(views::owner_id.ne(Uuid::from(user))),
    }
}

row_access!(View, ViewRow, views);
list_by_id!(View, ViewFilter, ViewRow, views);
repository!(View, ViewFilter, ViewRow, views);
