//! A signed contract with its document.
use chrono::{DateTime, Months, Utc};

use crate::{
    client::ClientId,
    document::DocumentId,
    field::Field,
    id::id,
    lead::LeadRuleViolation,
    order::{Direction, Order, SortKey, sort_by},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    service::ServiceId,
    user::UserId,
    values::{self, ContractName, Day, Invalid, Money, Period, search_fold},
};

id!(ContractId);

/// A day on which a contract can have been signed: from 2000-01-01 to a year from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningDay(Day);

impl SigningDay {
    pub fn new(day: Day, today: Day) -> Result<Self, Invalid> {
        let latest = today.checked_add_months(Months::new(12)).unwrap_or(values::LAST);
        values::within_days(day, values::MILLENNIUM, latest).map(Self)
    }

    /// As a store keeps it: today's limit was checked when it was typed.
    pub fn stored(day: Day) -> Result<Self, Invalid> {
        values::within_days(day, values::MILLENNIUM, values::LAST).map(Self)
    }

    pub const fn day(self) -> Day {
        self.0
    }
}

/// The values that users enter; the same fields create and edit a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractDetails {
    pub name: ContractName,
    pub service: ServiceId,
    pub signed_on: SigningDay,
    pub valid: Period,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    pub id: ContractId,
    pub details: ContractDetails,
    /// The file that counts. Earlier ones stay with the contract.
    pub document: DocumentId,
    /// None yet, or one client for good.
    pub client: Option<ClientId>,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractFilter {
    /// A part of the name, without regard to case.
    pub search: String,
    pub client: Option<ClientId>,
    /// Only contracts that no client has yet.
    pub free: bool,
    pub service: Option<ServiceId>,
    pub signed: Option<Period>,
    /// The last day that it is valid.
    pub ends: Option<Period>,
    /// No smaller amount.
    pub least: Option<Money>,
    /// No larger amount.
    pub most: Option<Money>,
    pub order: Order<ContractSort>,
}

sort_by! {
    /// What contracts can be listed by.
    ContractSort {
        Created = "created",
        Name = "name",
        SignedOn = "signed_on",
        ValidUntil = "valid_until",
        Amount = "amount",
    }
}

impl Contract {
    pub fn new(
        id: ContractId,
        details: ContractDetails,
        document: DocumentId,
        client: Option<ClientId>,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { id, details, document, client, stamp: Stamp::new(by, now) }
    }

    /// Makes it the client's, once and for good.
    pub fn give_to(&mut self, client: ClientId) -> Result<(), LeadRuleViolation> {
        if self.client.is_some() {
            return Err(LeadRuleViolation::ContractTaken);
        }
        self.client = Some(client);
        Ok(())
    }
}

impl Record for Contract {
    const KIND: RecordKind = RecordKind::Contract;
    type Id = ContractId;
    type Filter = ContractFilter;
    record_accessors!(ContractId);

    fn place(&self, filter: &ContractFilter) -> SortKey {
        match filter.order.by {
            ContractSort::Created => SortKey::Id,
            ContractSort::Name => SortKey::Text(search_fold(self.details.name.as_str())),
            ContractSort::SignedOn => SortKey::Day(self.details.signed_on.day()),
            ContractSort::ValidUntil => SortKey::Day(self.details.valid.until()),
            ContractSort::Amount => SortKey::Number(self.details.amount.minor()),
        }
    }

    fn direction(filter: &ContractFilter) -> Direction {
        filter.order.direction
    }

    fn fields(&self) -> Vec<(Field, String)> {
        let it = &self.details;
        Fields::default()
            .with(Field::Name, &it.name)
            .with(Field::Service, &it.service)
            .with(Field::SignedOn, &it.signed_on.day())
            .with(Field::ValidFrom, &it.valid.from())
            .with(Field::ValidUntil, &it.valid.until())
            .with(Field::Amount, &it.amount)
            .with(Field::Document, &self.document)
            .with_some(Field::Client, self.client)
            .done()
    }
}
