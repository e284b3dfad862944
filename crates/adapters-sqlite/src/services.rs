//! Services.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    record::Stamp,
    service::{Service, ServiceDetails, ServiceFilter, ServiceSort},
    values::{Description, Money, ServiceName, fold, name_needles, search_fold},
};

use crate::{
    database_error::Unreadable,
    repository::{Row, list_in_order, repository, row_access},
    schema::services,
    search::instr,
    values::DbId,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = services, check_for_backend(Sqlite))]
struct ServiceRow {
    id: DbId,
    name: String,
    name_folded: String,
    search: String,
    description: String,
    price: i64,
    archived: bool,
}

impl From<&Service> for ServiceRow {
    fn from(service: &Service) -> Self {
        let it = &service.details;
        Self {
            id: DbId::of(service.id),
            name: it.name.to_string(),
            name_folded: fold(it.name.as_str()),
            search: search_fold(it.name.as_str()),
            description: it.description.to_string(),
            price: it.price.minor(),
            archived: service.archived,
        }
    }
}

impl Row for ServiceRow {
    type Record = Service;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Service, Unreadable> {
        let details = ServiceDetails {
            name: ServiceName::parse(&self.name)?,
            description: Description::parse(&self.description)?,
            price: Money::from_minor(self.price)?,
        };
        Ok(Service { id: self.id.to(), details, archived: self.archived, stamp })
    }
}

fn matching(filter: &ServiceFilter) -> services::BoxedQuery<'static, Sqlite> {
    let mut rows = services::table.filter(services::archived.eq(filter.archived)).into_boxed();
    for needle in name_needles(&filter.search) {
        rows = rows.filter(instr(services::search, needle).gt(0));
    }
    rows
}

row_access!(Service, ServiceRow, services);
list_in_order!(Service, ServiceFilter, ServiceRow, services, ServiceSort { Name => search Text, Price => price Number });
repository!(Service, ServiceFilter, ServiceRow);
