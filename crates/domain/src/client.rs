//! An active client: a lead that signed. Made by [`crate::lead::Lead::convert`], never otherwise.
use chrono::{DateTime, Utc};

use crate::{
    calendar::Moments,
    campaign::CampaignId,
    contract::ContractId,
    field::Field,
    id::id,
    lead::{Contact, LeadId},
    order::{Direction, Order, SortKey, sort_by},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    values::{FullName, search_fold},
};

id!(ClientId);

/// The values that users enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDetails {
    pub full_name: FullName,
    pub contact: Contact,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    /// One lead makes one client.
    pub lead: LeadId,
    pub first_contract: ContractId,
    /// The lead's campaign at the conversion; it never changes afterwards.
    pub acquired_by: Option<CampaignId>,
    pub details: ClientDetails,
    pub converted_at: DateTime<Utc>,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// A part of the name or the email without regard to case, or of the phone's digits.
    pub search: String,
    /// Whom this campaign won.
    pub campaign: Option<CampaignId>,
    /// When they became clients.
    pub converted: Option<Moments>,
    pub order: Order<ClientSort>,
}

sort_by! {
    /// What clients can be listed by.
    ClientSort { Created = "created", Name = "name" }
}

impl Client {
    /// The folded text that a search looks through.
    pub fn search_text(&self) -> String {
        format!("{} {}", search_fold(self.details.full_name.as_str()), self.details.contact.search_text())
    }
}

impl Record for Client {
    const KIND: RecordKind = RecordKind::Client;
    type Id = ClientId;
    type Filter = ClientFilter;
    record_accessors!(ClientId);

    fn place(&self, filter: &ClientFilter) -> SortKey {
        match filter.order.by {
            ClientSort::Created => SortKey::Id,
            ClientSort::Name => SortKey::Text(self.search_text()),
        }
    }

    fn direction(filter: &ClientFilter) -> Direction {
        filter.order.direction
    }

    fn fields(&self) -> Vec<(Field, String)> {
        Fields::default()
            .with(Field::FullName, &self.details.full_name)
            .with_some(Field::Phone, self.details.contact.phone())
            .with_some(Field::Email, self.details.contact.email())
            .with(Field::Lead, &self.lead)
            .with(Field::Contract, &self.first_contract)
            .with_some(Field::Campaign, self.acquired_by)
            .done()
    }
}
