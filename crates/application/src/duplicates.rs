//! Leads that may have been entered twice: shown while a lead is entered, listed, and dismissed for good.
use std::collections::BTreeMap;

use domain::{
    access::Permission,
    audit::{AuditAction, FieldChange},
    duplicates::{Identity, LeadPair, MatchBy},
    field::Field,
    lead::{Lead, LeadId},
    record::RecordKind,
    store::Names,
    user::User,
};

use crate::{Error, Result, Session, Work, history::distinct};

/// How many are told.
const SIMILAR: u16 = 10;
/// How many pairs a page of duplicates has.
const PAIRS: u16 = 20;

/// Somebody who may be the same person, and by what.
#[derive(Clone, Debug)]
pub struct SimilarLead {
    pub lead: Lead,
    pub by: Vec<MatchBy>,
}

/// Who is like somebody.
#[derive(Clone, Debug, Default)]
pub struct SimilarLeads {
    /// At most ten, the surest first, for users who may view leads.
    pub found: Vec<SimilarLead>,
    /// Of their assignees.
    pub names: Names,
    /// How another lead matches, for users who may not view it.
    pub hidden: Vec<MatchBy>,
}

/// Two leads that look like one person.
#[derive(Clone, Debug)]
pub struct PossibleDuplicate {
    pub older: Lead,
    pub newer: Lead,
    pub by: Vec<MatchBy>,
    /// How many leads look like this one, these two among them.
    pub number: u64,
}

#[derive(Clone, Debug)]
pub struct DuplicatesPage {
    /// At most twenty.
    pub pairs: Vec<PossibleDuplicate>,
    /// Where the next page begins, if there is one.
    pub next: Option<LeadId>,
    /// Of campaigns and assignees.
    pub names: Names,
}

/// Pairs of leads that look like one person and are none.
#[derive(Clone, Debug)]
pub struct DismissedPairs {
    /// At most twenty.
    pub pairs: Vec<(Lead, Lead)>,
    /// Where the next page begins, if there is one.
    pub next: Option<LeadPair>,
}

impl Session {
    /// Who is like somebody who is just being typed in.
    pub async fn similar(&self, identity: &Identity, except: LeadId) -> Result<SimilarLeads> {
        let mut work = self.read(Permission::CreateLeads).await?;
        let found = work.similar(identity, except).await?;
        if !self.actor().may(Permission::ViewLeads) {
            let by = |it: &MatchBy| found.iter().any(|alike| alike.by.contains(it));
            return Ok(SimilarLeads {
                hidden: MatchBy::ALL.into_iter().filter(by).collect(),
                ..SimilarLeads::default()
            });
        }
        let names = work.names_around(found.iter().map(|it| &it.lead)).await?;
        Ok(SimilarLeads { found, names, hidden: Vec::new() })
    }

    /// The names of the existing ones.
    pub async fn lead_names(&self, ids: &[LeadId]) -> Result<Names> {
        let mut work = self.read(Permission::ViewLeads).await?;
        let ids: Vec<_> = ids.iter().map(|it| it.0).collect();
        Ok(work.directory().names(RecordKind::Lead, &ids).await?)
    }

    /// Pairs that look like one person by one thing, behind the pair of this lead.
    pub async fn duplicates(&self, match_by: MatchBy, after: Option<LeadId>) -> Result<DuplicatesPage> {
        self.actor().authorize(Permission::EditLeads)?;
        let mut work = self.read(Permission::ViewLeads).await?;
        let mut alike = work.duplicates().duplicate_pairs(match_by, after, PAIRS + 1).await?;
        let more = alike.len() > usize::from(PAIRS);
        alike.truncate(PAIRS.into());
        let ids: Vec<LeadId> = alike.iter().flat_map(|it| [it.pair.older(), it.pair.newer()]).collect();
        let leads = work.leads_by_id(&ids).await?;
        let names = work.names_around(leads.values()).await?;
        let pair = |it: &domain::duplicates::DuplicatePair| {
            let (older, newer) = (leads.get(&it.pair.older())?.clone(), leads.get(&it.pair.newer())?.clone());
            let by = Identity::from(&older).match_by(&Identity::from(&newer));
            Some(PossibleDuplicate { older, newer, by, number: it.number })
        };
        let pairs = alike.iter().filter_map(pair).collect();
        let next = alike.last().map(|it| it.pair.older()).filter(|_| more);
        Ok(DuplicatesPage { pairs, next, names })
    }

    /// Pairs that are shown no more, behind this one.
    pub async fn dismissed_duplicates(&self, after: Option<LeadPair>) -> Result<DismissedPairs> {
        self.actor().authorize(Permission::EditLeads)?;
        let mut work = self.read(Permission::ViewLeads).await?;
        let mut told = work.duplicates().dismissed_duplicates(after, PAIRS + 1).await?;
        let more = told.len() > usize::from(PAIRS);
        told.truncate(PAIRS.into());
        let ids: Vec<LeadId> = told.iter().flat_map(|it| [it.older(), it.newer()]).collect();
        let leads = work.leads_by_id(&ids).await?;
        let pair = |it: &LeadPair| Some((leads.get(&it.older())?.clone(), leads.get(&it.newer())?.clone()));
        Ok(DismissedPairs {
            pairs: told.iter().filter_map(pair).collect(),
            next: told.last().copied().filter(|_| more),
        })
    }

    /// Says that two leads are different people, or takes that back. Said twice, it is said once.
    pub async fn dismiss_duplicate(&self, one: LeadId, other: LeadId, apart: bool) -> Result<()> {
        let pair = LeadPair::of(one, other).ok_or(Error::NotFound)?;
        self.write(Permission::EditLeads, |mut work| async move {
            for id in [pair.older(), pair.newer()] {
                work.get::<Lead>(id).await?;
            }
            if work.duplicates().dismiss_duplicate(pair, apart).await? {
                let user: User = work.get(self.actor().id).await?;
                let both = Some(format!("{} {}", pair.older(), pair.newer()));
                let (before, after) = if apart { (None, both) } else { (both, None) };
                work.note_action(
                    AuditAction::DismissedPairs,
                    &user,
                    vec![FieldChange { field: Field::Lead, before, after }],
                )
                .await?;
                work.commit().await?;
            }
            Ok(())
        })
        .await
    }
}

impl Work {
    /// At most ten, the surest first, and the newest of them.
    pub(crate) async fn similar(&mut self, identity: &Identity, except: LeadId) -> Result<Vec<SimilarLead>> {
        let mut found: BTreeMap<LeadId, SimilarLead> = BTreeMap::new();
        for match_by in MatchBy::ALL {
            let Some(key) = identity.key(match_by) else { continue };
            // One more, because the one that is excepted may be among them.
            for lead in self.duplicates().leads_with(match_by, &key, SIMILAR + 1).await? {
                let lead = self.survivor(lead).await?;
                let by = &mut found.entry(lead.id).or_insert_with(|| SimilarLead { lead, by: Vec::new() }).by;
                if by.last() != Some(&match_by) {
                    by.push(match_by);
                }
            }
        }
        found.remove(&except);
        let mut found: Vec<SimilarLead> = found.into_values().rev().collect();
        found.sort_by_key(|it| it.by.first().copied());
        found.truncate(SIMILAR.into());
        Ok(found)
    }

    async fn leads_by_id(&mut self, ids: &[LeadId]) -> Result<BTreeMap<LeadId, Lead>> {
        Ok(self.duplicates().leads(ids).await?.into_iter().map(|it| (it.id, it)).collect())
    }

    /// The names of the campaigns and the assignees.
    pub(crate) async fn names_around<'a>(&mut self, leads: impl Iterator<Item = &'a Lead> + Clone) -> Result<Names> {
        let campaigns = distinct(leads.clone().filter_map(|it| it.details.campaign).map(|it| it.0).collect());
        let users = distinct(leads.filter_map(|it| it.details.assignee).map(|it| it.0).collect());
        let mut names = Names::new();
        for (kind, ids) in [(RecordKind::Campaign, campaigns), (RecordKind::User, users)] {
            if !ids.is_empty() {
                names.extend(self.directory().names(kind, &ids).await?);
            }
        }
        Ok(names)
    }
}
