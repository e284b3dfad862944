//! Contracts and their files.
use domain::{
    contract::{Contract, ContractFilter},
    document::{Document, DocumentFilter},
    store::UniqueKey,
    values::search_fold,
};

use super::{allows, searching, table};
use crate::{stored::Stored, tables::Tables};

impl Stored for Contract {
    table!(contracts);

    fn matching(filter: &ContractFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let found = searching(&filter.search);
        let ContractFilter { client, free, service, signed, ends, least, most, .. } = *filter;
        move |it| {
            allows(client.as_ref(), it.client.as_ref())
                && !(free && it.client.is_some())
                && allows(service.as_ref(), Some(&it.details.service))
                && signed.is_none_or(|signed| signed.contains(it.details.signed_on.day()))
                && ends.is_none_or(|ends| ends.contains(it.details.valid.until()))
                && least.is_none_or(|least| it.details.amount >= least)
                && most.is_none_or(|most| it.details.amount <= most)
                && found(&search_fold(it.details.name.as_str()))
        }
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::DocumentOfContract, self.document.to_string()))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.services.has(self.details.service)
    }

    fn circular_references_hold(&self, tables: &Tables) -> bool {
        tables.documents.has(self.document) && tables.clients.has_any(self.client)
    }
}

impl Stored for Document {
    table!(documents);

    fn matching(filter: &DocumentFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let DocumentFilter { contract, waiting_since } = *filter;
        move |it| {
            allows(contract.as_ref(), it.contract.as_ref())
                && waiting_since.is_none_or(|since| it.contract.is_none() && it.stamp.created_at < since)
        }
    }

    fn circular_references_hold(&self, tables: &Tables) -> bool {
        tables.contracts.has_any(self.contract)
    }
}
