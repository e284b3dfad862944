//! One search over the records of every kind, those alone that the user may view.
use domain::{
    access::Permission,
    campaign::{Campaign, CampaignFilter},
    client::{Client, ClientFilter},
    contract::{Contract, ContractFilter},
    lead::{Lead, LeadFilter},
    page::{Cursor, Page, PageRequest},
    record::{Record, RecordKind},
    service::{Service, ServiceFilter},
    store::{Repository, UnitOfWork},
    user::{User, UserFilter},
};

use crate::{Result, Session, Work};

/// How many records of each kind are found, the newest first.
const MOST: u16 = 8;
/// Shorter words are in almost every name.
const SHORTEST: usize = 2;

/// None where the user may not view that kind, and where there is too little to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResults {
    pub leads: Option<Page<Lead>>,
    pub clients: Option<Page<Client>>,
    pub contracts: Option<Page<Contract>>,
    pub campaigns: Option<Page<Campaign>>,
    pub services: Option<Page<Service>>,
    pub users: Option<Page<User>>,
}

impl Session {
    /// The matches of each kind: at most 8 of each, and their number.
    pub async fn search(&self, words: &str) -> Result<SearchResults> {
        const KINDS: [RecordKind; 6] = [
            RecordKind::Lead,
            RecordKind::Client,
            RecordKind::Contract,
            RecordKind::Campaign,
            RecordKind::Service,
            RecordKind::User,
        ];
        let viewed = KINDS.map(Permission::to_view).into_iter().find(|it| self.actor().may(*it));
        let Some(permission) = viewed.filter(|_| words.trim().chars().count() >= SHORTEST) else {
            return Ok(SearchResults::default());
        };
        let (mut work, search) = (self.read(permission).await?, words.to_owned());
        let it = &mut work;
        Ok(SearchResults {
            leads: self.found(it, LeadFilter { search: search.clone(), ..Default::default() }).await?,
            clients: self.found(it, ClientFilter { search: search.clone(), ..Default::default() }).await?,
            contracts: self.found(it, ContractFilter { search: search.clone(), ..Default::default() }).await?,
            campaigns: self.found(it, CampaignFilter { search: search.clone(), ..Default::default() }).await?,
            services: self.found(it, ServiceFilter { search: search.clone(), ..Default::default() }).await?,
            users: self.found(it, UserFilter { search, ..Default::default() }).await?,
        })
    }

    /// A kind that the user may not view is never asked for.
    async fn found<R>(&self, work: &mut Work, filter: R::Filter) -> Result<Option<Page<R>>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        if !self.actor().may(Permission::to_view(R::KIND)) {
            return Ok(None);
        }
        work.list::<R>(&filter, PageRequest::sized(Cursor::Start, MOST)).await.map(Some)
    }
}
