//! What every kind of record does alike: the stamp's columns, and the four ways to its table.
//!
//! An entity's file has its row, the conversions between row and record, and its filter.
//! These macros are its queries, because Diesel's types would make one generic function longer than all of them.
use diesel::Queryable;
use domain::{
    record::{Record, Stamp},
    user::UserId,
};

use crate::{
    database_error::{DatabaseError, Unreadable},
    values::{DbId, Moment},
};

/// The columns of a record that are its own.
pub(crate) trait Row: Sized {
    type Record: Record;

    fn id(&self) -> DbId;

    /// Fails on values that the domain does not accept.
    fn read(self, stamp: Stamp) -> Result<Self::Record, Unreadable>;
}

/// The columns that every record has.
#[derive(Clone, Copy, Queryable)]
pub(crate) struct StampRow {
    pub(crate) version: i32,
    pub(crate) created_at: Moment,
    pub(crate) created_by: Option<DbId>,
    pub(crate) changed_at: Moment,
    pub(crate) changed_by: Option<DbId>,
}

impl From<&Stamp> for StampRow {
    fn from(stamp: &Stamp) -> Self {
        Self {
            version: stamp.version,
            created_at: Moment(stamp.created_at),
            created_by: stamp.created_by.map(DbId::of),
            changed_at: Moment(stamp.changed_at),
            changed_by: stamp.changed_by.map(DbId::of),
        }
    }
}

impl From<StampRow> for Stamp {
    fn from(row: StampRow) -> Self {
        Self {
            version: row.version,
            created_at: row.created_at.0,
            created_by: row.created_by.map(DbId::to::<UserId>),
            changed_at: row.changed_at.0,
            changed_by: row.changed_by.map(DbId::to::<UserId>),
        }
    }
}

pub(crate) fn read<R: Row>((row, stamp): (R, StampRow)) -> Result<R::Record, DatabaseError> {
    let id = row.id();
    row.read(stamp.into()).map_err(|source| DatabaseError::unreadable(R::Record::KIND, id, source))
}

/// All columns of a record.
macro_rules! columns {
    ($table:ident, $row:ident) => {
        (
            $row::as_select(),
            ($table::version, $table::created_at, $table::created_by, $table::changed_at, $table::changed_by),
        )
    };
}
pub(crate) use columns;

/// `get`, `insert` and `update` of one row.
macro_rules! row_access {
    ($record:ty, $row:ident, $table:ident) => {
        fn get(
            conn: &mut diesel::SqliteConnection,
            id: $crate::values::DbId,
        ) -> Result<Option<$record>, $crate::database_error::DatabaseError> {
            let rows = $table::table.find(id).select($crate::repository::columns!($table, $row));
            rows.first(conn).optional()?.map($crate::repository::read::<$row>).transpose()
        }

        fn insert(
            conn: &mut diesel::SqliteConnection,
            row: $row,
            stamp: $crate::repository::StampRow,
        ) -> Result<(), $crate::database_error::DatabaseError> {
            let stamp = (
                $table::version.eq(stamp.version),
                $table::created_at.eq(stamp.created_at),
                $table::created_by.eq(stamp.created_by),
                $table::changed_at.eq(stamp.changed_at),
                $table::changed_by.eq(stamp.changed_by),
            );
            diesel::insert_into($table::table).values((row, stamp)).execute(conn)?;
            Ok(())
        }

        /// Leaves alone who made the record and when.
        fn update(
            conn: &mut diesel::SqliteConnection,
            row: $row,
            stamp: $crate::repository::StampRow,
        ) -> Result<(), $crate::database_error::DatabaseError> {
            let before = $table::table.find(row.id).filter($table::version.eq(stamp.version - 1));
            let stamp = (
                $table::version.eq(stamp.version),
                $table::changed_at.eq(stamp.changed_at),
                $table::changed_by.eq(stamp.changed_by),
            );
            match diesel::update(before).set((row, stamp)).execute(conn)? {
                0 => Err(domain::store::StoreError::Stale.into()),
                _ => Ok(()),
            }
        }
    };
}
pub(crate) use row_access;

/// The list of the filtered records (by a function `matching`), newest first by id.
macro_rules! list_by_id {
    ($record:ty, $filter:ty, $row:ident, $table:ident) => {
        /// The filtered rows in a span.
        fn within(
            filter: &$filter,
            span: $crate::paging::Span<$crate::values::DbId>,
        ) -> $table::BoxedQuery<'static, diesel::sqlite::Sqlite> {
            match span {
                $crate::paging::Span::All => matching(filter),
                $crate::paging::Span::OlderThan(id) => matching(filter).filter($table::id.lt(id)),
                $crate::paging::Span::NewerThan(id) => matching(filter).filter($table::id.gt(id)),
            }
        }

        impl $crate::paging::List for $filter {
            type Key = $crate::values::DbId;
            type Item = $record;

            fn place(
                &self,
                conn: &mut diesel::SqliteConnection,
                id: $crate::values::DbId,
            ) -> Result<Option<Self::Key>, $crate::database_error::DatabaseError> {
                Ok($table::table.find(id).select($table::id).first(conn).optional()?)
            }

            fn rows(
                &self,
                conn: &mut diesel::SqliteConnection,
                span: $crate::paging::Span<Self::Key>,
                limit: i64,
            ) -> Result<Vec<$record>, $crate::database_error::DatabaseError> {
                let rows = match span {
                    $crate::paging::Span::NewerThan(_) => within(self, span).order($table::id.asc()),
                    _ => within(self, span).order($table::id.desc()),
                };
                let rows = rows.limit(limit).select($crate::repository::columns!($table, $row)).load(conn)?;
                rows.into_iter().map($crate::repository::read::<$row>).collect()
            }

            fn count(
                &self,
                conn: &mut diesel::SqliteConnection,
                span: $crate::paging::Span<Self::Key>,
            ) -> Result<i64, $crate::database_error::DatabaseError> {
                $crate::paging::counted(conn, within(self, span).select($table::id))
            }

            fn has(
                &self,
                conn: &mut diesel::SqliteConnection,
                id: $crate::values::DbId,
            ) -> Result<bool, $crate::database_error::DatabaseError> {
                let found = matching(self)
                    .filter($table::id.eq(id))
                    .select($table::id)
                    .first::<$crate::values::DbId>(conn)
                    .optional()?;
                Ok(found.is_some())
            }
        }
    };
}
pub(crate) use list_by_id;

/// The list of the filtered records (by a function `matching`) in its order: by id, or by one of these columns.
macro_rules! list_in_order {
    ($record:ty, $filter:ty, $row:ident, $table:ident, $sort:ident { $($by:ident => $column:ident $kind:ident),+ $(,)? }) => {
        /// The filtered rows in a span.
        fn within(
            filter: &$filter,
            span: $crate::paging::Span<(domain::order::SortKey, $crate::values::DbId)>,
        ) -> $table::BoxedQuery<'static, diesel::sqlite::Sqlite> {
            use $crate::paging::Span;
            use domain::order::{SortKey, Direction};
            let rows = matching(filter);
            let (from, back) = match span {
                Span::All => return rows,
                Span::OlderThan(key) => (key, false),
                Span::NewerThan(key) => (key, true),
            };
            let down = (filter.order.direction == Direction::Descending) != back;
            // Where two conditions stand, the second implies the first, which is what an index can seek.
            match (filter.order.by, from) {
                ($sort::Created, (_, id)) if down => rows.filter($table::id.lt(id)),
                ($sort::Created, (_, id)) => rows.filter($table::id.gt(id)),
                $(($sort::$by, (SortKey::$kind(value), id)) if down => rows
                    .filter($table::$column.le(value.clone()))
                    .filter($table::$column.lt(value).or($table::id.lt(id))),
                ($sort::$by, (SortKey::$kind(value), id)) => rows
                    .filter($table::$column.ge(value.clone()))
                    .filter($table::$column.gt(value).or($table::id.gt(id))),)+
                _ => rows,
            }
        }

        impl $crate::paging::List for $filter {
            type Key = (domain::order::SortKey, $crate::values::DbId);
            type Item = $record;

            fn place(
                &self,
                conn: &mut diesel::SqliteConnection,
                id: $crate::values::DbId,
            ) -> Result<Option<Self::Key>, $crate::database_error::DatabaseError> {
                use domain::order::SortKey;
                let row = $table::table.find(id);
                let place = match self.order.by {
                    $sort::Created => row.select($table::id).first::<$crate::values::DbId>(conn).optional()?.map(|_| SortKey::Id),
                    $($sort::$by => row.select($table::$column).first(conn).optional()?.map(SortKey::$kind),)+
                };
                Ok(place.map(|it| (it, id)))
            }

            fn rows(
                &self,
                conn: &mut diesel::SqliteConnection,
                span: $crate::paging::Span<Self::Key>,
                limit: i64,
            ) -> Result<Vec<$record>, $crate::database_error::DatabaseError> {
                use domain::order::Direction;
                let back = matches!(span, $crate::paging::Span::NewerThan(_));
                let down = (self.order.direction == Direction::Descending) != back;
                let rows = within(self, span);
                let rows = match self.order.by {
                    $sort::Created if down => rows.order($table::id.desc()),
                    $sort::Created => rows.order($table::id.asc()),
                    $($sort::$by if down => rows.order(($table::$column.desc(), $table::id.desc())),
                    $sort::$by => rows.order(($table::$column.asc(), $table::id.asc())),)+
                };
                let rows = rows.limit(limit).select($crate::repository::columns!($table, $row)).load(conn)?;
                rows.into_iter().map($crate::repository::read::<$row>).collect()
            }

            fn count(
                &self,
                conn: &mut diesel::SqliteConnection,
                span: $crate::paging::Span<Self::Key>,
            ) -> Result<i64, $crate::database_error::DatabaseError> {
                $crate::paging::counted(conn, within(self, span).select($table::id))
            }

            fn has(&self, conn: &mut diesel::SqliteConnection, id: $crate::values::DbId) -> Result<bool, $crate::database_error::DatabaseError> {
                let found = matching(self).filter($table::id.eq(id)).select($table::id).first::<$crate::values::DbId>(conn).optional()?;
                Ok(found.is_some())
            }
        }
    };
}
pub(crate) use list_in_order;

/// The port, over the functions of [`row_access`] and the filter's [`crate::paging::List`].
macro_rules! repository {
    ($record:ty, $filter:ty, $row:ident) => {
        #[async_trait::async_trait]
        impl domain::store::Repository<$record> for $crate::work::SqliteWork {
            async fn get(
                &mut self,
                id: <$record as domain::record::Record>::Id,
            ) -> domain::store::Result<Option<$record>> {
                self.run(move |conn| get(conn, $crate::values::DbId::of(id))).await
            }

            async fn list(
                &mut self,
                filter: &$filter,
                page: domain::page::PageRequest,
            ) -> domain::store::Result<domain::page::Page<$record>> {
                let filter = filter.clone();
                self.run(move |conn| $crate::paging::page(conn, &filter, page)).await
            }

            async fn position(
                &mut self,
                filter: &$filter,
                id: <$record as domain::record::Record>::Id,
            ) -> domain::store::Result<Option<domain::page::Position>> {
                let filter = filter.clone();
                self.run(move |conn| $crate::paging::position(conn, &filter, $crate::values::DbId::of(id))).await
            }

            async fn insert(&mut self, record: &$record) -> domain::store::Result<()> {
                let (row, stamp) = ($row::from(record), (&record.stamp).into());
                self.run(move |conn| insert(conn, row, stamp)).await
            }

            async fn insert_all(&mut self, records: &[$record]) -> domain::store::Result<()> {
                let rows: Vec<_> = records.iter().map(|it| ($row::from(it), (&it.stamp).into())).collect();
                self.run(move |conn| rows.into_iter().try_for_each(|(row, stamp)| insert(conn, row, stamp))).await
            }

            async fn update(&mut self, record: &$record) -> domain::store::Result<()> {
                let (row, stamp) = ($row::from(record), (&record.stamp).into());
                self.run(move |conn| update(conn, row, stamp)).await
            }
        }
    };
}
pub(crate) use repository;
