//! How ids and moments are kept in columns.
use chrono::{DateTime, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary},
    sqlite::Sqlite,
};
use uuid::Uuid;

/// Any id, as 16 bytes. Diesel's own support of `Uuid` leaves `SQLite` out.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, Hash, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(sql_type = Binary)]
pub(crate) struct DbId(pub(crate) Uuid);

impl DbId {
    pub(crate) fn of(id: impl Into<Uuid>) -> Self {
        Self(id.into())
    }

    pub(crate) fn to<I: From<Uuid>>(self) -> I {
        self.0.into()
    }
}

impl ToSql<Binary, Sqlite> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Sqlite> for DbId {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

/// A moment, as microseconds since 1970.
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = BigInt)]
pub(crate) struct Moment(pub(crate) DateTime<Utc>);

impl ToSql<BigInt, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<BigInt, Sqlite> for Moment {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let moment = DateTime::from_timestamp_micros(value.read_long()).ok_or("not a moment")?;
        Ok(Self(moment))
    }
}
