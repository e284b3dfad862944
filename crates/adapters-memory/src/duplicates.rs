//! Leads that may be one person.
use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use async_trait::async_trait;
use domain::{
    duplicates::{DuplicatePair, Identity, LeadPair, MatchBy},
    lead::{Lead, LeadId},
    store::{Duplicates, Result},
};

use crate::{directory::count, tables::Tables, work::Work};

#[async_trait]
impl Duplicates for Work {
    async fn leads(&mut self, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let leads = &self.tables().leads;
        Ok(ids.iter().filter_map(|id| leads.get(*id).cloned()).collect())
    }

    async fn leads_with(&mut self, match_by: MatchBy, key: &str, limit: u16) -> Result<Vec<Lead>> {
        let tables = self.tables();
        let client = |lead: &Lead| tables.clients.with_unique(&lead.id.to_string()).map(Identity::from);
        let has = |identity: &Identity| identity.key(match_by).as_deref() == Some(key);
        let alike =
            tables.leads.iter().rev().filter(|it| has(&Identity::from(*it)) || client(it).is_some_and(|it| has(&it)));
        Ok(alike.take(limit.into()).cloned().collect())
    }

    async fn duplicate_pairs(
        &mut self,
        match_by: MatchBy,
        after: Option<LeadId>,
        limit: u16,
    ) -> Result<Vec<DuplicatePair>> {
        let tables = self.tables();
        let key = |it: &Lead| Identity::from(it).key(match_by);
        let from = match after {
            // Behind a lead that is not there, or has no key, nothing is.
            Some(lead) => match tables.leads.get(lead).and_then(key) {
                Some(key) => Bound::Excluded(key),
                None => return Ok(Vec::new()),
            },
            None => Bound::Unbounded,
        };
        let mut alike: BTreeMap<String, Vec<LeadId>> = BTreeMap::new();
        for lead in tables.leads_in_use() {
            if let Some(key) = key(lead) {
                alike.entry(key).or_default().push(lead.id);
            }
        }
        let groups = alike.range((from, Bound::Unbounded)).map(|it| it.1);
        let found = groups
            .filter_map(|leads| Some(DuplicatePair { pair: first_pair(tables, leads)?, number: count(leads.len()) }));
        Ok(found.take(limit.into()).collect())
    }

    async fn dismiss_duplicate(&mut self, pair: LeadPair, apart: bool) -> Result<bool> {
        if apart {
            self.require(move |tables| tables.leads.has(pair.older()) && tables.leads.has(pair.newer()))?;
        }
        let told = Arc::make_mut(&mut self.draft()?.dismissed_duplicates);
        Ok(if apart { told.insert(pair) } else { told.remove(&pair) })
    }

    async fn dismissed_duplicates(&mut self, after: Option<LeadPair>, limit: u16) -> Result<Vec<LeadPair>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.tables().dismissed_duplicates.range((from, Bound::Unbounded)).take(limit.into()).copied().collect())
    }
}

/// The oldest two that nobody told apart.
fn first_pair(tables: &Tables, leads: &[LeadId]) -> Option<LeadPair> {
    let pairs = leads.iter().enumerate().flat_map(|(at, one)| leads[at + 1..].iter().map(|other| (*one, *other)));
    pairs.filter_map(|(one, other)| LeadPair::of(one, other)).find(|it| !tables.dismissed_duplicates.contains(it))
}
