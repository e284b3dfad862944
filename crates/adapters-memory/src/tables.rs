//! Everything that the store keeps at one moment.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::table::Table;
use domain::{
    audit::AuditEntry,
    campaign::Campaign,
    chain::ChainLink,
    client::Client,
    contract::Contract,
    document::{Document, DocumentId},
    duplicates::LeadPair,
    lead::Lead,
    note::Note,
    record::Stamp,
    role::Role,
    service::Service,
    session::{BrowserSession, TokenHash},
    spend::SpendEntry,
    user::User,
    view::View,
};

/// A copy costs a few pointers: the tables are shared until they are written.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) services: Table<Service>,
    pub(crate) campaigns: Table<Campaign>,
    pub(crate) spend: Table<SpendEntry>,
    pub(crate) leads: Table<Lead>,
    pub(crate) notes: Table<Note>,
    pub(crate) clients: Table<Client>,
    pub(crate) contracts: Table<Contract>,
    pub(crate) documents: Table<Document>,
    pub(crate) users: Table<User>,
    pub(crate) roles: Table<Role>,
    pub(crate) views: Table<View>,
    pub(crate) dismissed_duplicates: Arc<BTreeSet<LeadPair>>,
    pub(crate) sessions: Arc<BTreeMap<TokenHash, BrowserSession>>,
    /// The sessions that uploaded files.
    pub(crate) uploads: Arc<BTreeMap<DocumentId, TokenHash>>,
    /// In the order in which it was written.
    pub(crate) log: Arc<Vec<(ChainLink, Arc<AuditEntry>)>>,
}

impl Tables {
    /// Those that were not merged into another one; the newest last.
    pub(crate) fn leads_in_use(&self) -> impl DoubleEndedIterator<Item = &Lead> {
        self.leads.iter().filter(|it| it.merged_into.is_none())
    }

    /// Files without a contract; the oldest first.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|it| it.contract.is_none())
    }

    /// Whether the people on a stamp are users.
    pub(crate) fn know_authors_of(&self, stamp: &Stamp) -> bool {
        self.users.has_any(stamp.created_by) && self.users.has_any(stamp.changed_by)
    }
}
