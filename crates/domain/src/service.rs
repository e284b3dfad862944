//! A service that the company sells.
use chrono::{DateTime, Utc};

use crate::{
    field::Field,
    id::id,
    order::{Direction, Order, SortKey, sort_by},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::{Description, Money, ServiceName, search_fold},
};

id!(ServiceId);

/// The values that users enter; the same fields create and edit a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDetails {
    pub name: ServiceName,
    pub description: Description,
    pub price: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    pub details: ServiceDetails,
    /// Out of pickers and default lists; its numbers stay.
    pub archived: bool,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFilter {
    /// A part of the name, without regard to case.
    pub search: String,
    /// Either the archived ones or the others, never both.
    pub archived: bool,
    pub order: Order<ServiceSort>,
}

sort_by! {
    /// What services can be listed by.
    ServiceSort { Created = "created", Name = "name", Price = "price" }
}

impl Service {
    pub fn new(id: ServiceId, details: ServiceDetails, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self { id, details, archived: false, stamp: Stamp::new(by, now) }
    }
}

impl Record for Service {
    const KIND: RecordKind = RecordKind::Service;
    type Id = ServiceId;
    type Filter = ServiceFilter;
    record_accessors!(ServiceId);

    fn place(&self, filter: &ServiceFilter) -> SortKey {
        match filter.order.by {
            ServiceSort::Created => SortKey::Id,
            ServiceSort::Name => SortKey::Text(search_fold(self.details.name.as_str())),
            ServiceSort::Price => SortKey::Number(self.details.price.minor()),
        }
    }

    fn direction(filter: &ServiceFilter) -> Direction {
        filter.order.direction
    }

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::Name, &self.details.name)
            .with_text(Field::Description, self.details.description.as_str())
            .with(Field::Price, &self.details.price)
            .with(Field::Archived, &self.archived)
            .done()
    }
}
