//! Leads that may have been entered twice: told to whoever enters one, listed, and told apart for good.
use std::collections::BTreeMap;

use domain::{
    access::Permission,
    audit::{Act, FieldChange},
    duplicates::{LeadPair, Likeness, Marks},
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
pub struct Alike {
    pub lead: Lead,
    pub by: Vec<Likeness>,
}

/// Who is like somebody.
#[derive(Clone, Debug, Default)]
pub struct Similar {
    /// At most ten, the surest first, for those who may view leads.
    pub found: Vec<Alike>,
    /// Of whoever works on them.
    pub names: Names,
    /// By what somebody is like that, for those who may not know who.
    pub hidden: Vec<Likeness>,
}

/// Two leads that look like one person.
#[derive(Clone, Debug)]
pub struct Pair {
    pub older: Lead,
    pub newer: Lead,
    pub by: Vec<Likeness>,
    /// How many leads look like this one, these two among them.
    pub number: u64,
}

#[derive(Clone, Debug)]
pub struct DuplicatesPage {
    /// At most twenty.
    pub pairs: Vec<Pair>,
    /// Where the next page begins, if there is one.
    pub next: Option<LeadId>,
    /// Of campaigns, and of whoever works on the leads.
    pub names: Names,
}

/// Pairs of leads that look like one person and are none.
#[derive(Clone, Debug)]
pub struct ToldApart {
    /// At most twenty.
    pub pairs: Vec<(Lead, Lead)>,
    /// Where the next page begins, if there is one.
    pub next: Option<LeadPair>,
}

impl Session {
    /// Who is like somebody who is just being typed in.
    pub async fn similar(&self, marks: &Marks, except: LeadId) -> Result<Similar> {
        let mut work = self.read(Permission::CreateLeads).await?;
        let found = work.similar(marks, except).await?;
        if !self.actor().may(Permission::ViewLeads) {
            let by = |it: &Likeness| found.iter().any(|alike| alike.by.contains(it));
            return Ok(Similar { hidden: Likeness::ALL.into_iter().filter(by).collect(), ..Similar::default() });
        }
        let names = work.names_around(found.iter().map(|it| &it.lead)).await?;
        Ok(Similar { found, names, hidden: Vec::new() })
    }

    /// The names of those that there are.
    pub async fn lead_names(&self, ids: &[LeadId]) -> Result<Names> {
        let mut work = self.read(Permission::ViewLeads).await?;
        let ids: Vec<_> = ids.iter().map(|it| it.0).collect();
        Ok(work.directory().names(RecordKind::Lead, &ids).await?)
    }

    /// Pairs that look like one person by one thing, behind the pair of this lead.
    pub async fn duplicates(&self, likeness: Likeness, after: Option<LeadId>) -> Result<DuplicatesPage> {
        self.actor().authorize(Permission::EditLeads)?;
        let mut work = self.read(Permission::ViewLeads).await?;
        let mut alike = work.duplicates().lookalikes(likeness, after, PAIRS + 1).await?;
        let more = alike.len() > usize::from(PAIRS);
        alike.truncate(PAIRS.into());
        let ids: Vec<LeadId> = alike.iter().flat_map(|it| [it.pair.older(), it.pair.newer()]).collect();
        let leads = work.leads_by_id(&ids).await?;
        let names = work.names_around(leads.values()).await?;
        let pair = |it: &domain::duplicates::Lookalikes| {
            let (older, newer) = (leads.get(&it.pair.older())?.clone(), leads.get(&it.pair.newer())?.clone());
            let by = Marks::from(&older).likeness(&Marks::from(&newer));
            Some(Pair { older, newer, by, number: it.number })
        };
        let pairs = alike.iter().filter_map(pair).collect();
        let next = alike.last().map(|it| it.pair.older()).filter(|_| more);
        Ok(DuplicatesPage { pairs, next, names })
    }

    /// Pairs that are shown no more, behind this one.
    pub async fn told_apart(&self, after: Option<LeadPair>) -> Result<ToldApart> {
        self.actor().authorize(Permission::EditLeads)?;
        let mut work = self.read(Permission::ViewLeads).await?;
        let mut told = work.duplicates().told_apart(after, PAIRS + 1).await?;
        let more = told.len() > usize::from(PAIRS);
        told.truncate(PAIRS.into());
        let ids: Vec<LeadId> = told.iter().flat_map(|it| [it.older(), it.newer()]).collect();
        let leads = work.leads_by_id(&ids).await?;
        let pair = |it: &LeadPair| Some((leads.get(&it.older())?.clone(), leads.get(&it.newer())?.clone()));
        Ok(ToldApart { pairs: told.iter().filter_map(pair).collect(), next: told.last().copied().filter(|_| more) })
    }

    /// Says that two leads are different people, or takes that back. Said twice, it is said once.
    pub async fn tell_apart(&self, one: LeadId, other: LeadId, apart: bool) -> Result<()> {
        let pair = LeadPair::of(one, other).ok_or(Error::NotFound)?;
        self.write(Permission::EditLeads, |mut work| async move {
            for id in [pair.older(), pair.newer()] {
                work.get::<Lead>(id).await?;
            }
            if work.duplicates().tell_apart(pair, apart).await? {
                let user: User = work.get(self.actor().id).await?;
                let both = Some(format!("{} {}", pair.older(), pair.newer()));
                let (before, after) = if apart { (None, both) } else { (both, None) };
                work.note_act(Act::ToldApart, &user, vec![FieldChange { field: Field::Lead, before, after }]).await?;
                work.commit().await?;
            }
            Ok(())
        })
        .await
    }
}

impl Work {
    /// At most ten, the surest first, and the newest of them.
    pub(crate) async fn similar(&mut self, marks: &Marks, except: LeadId) -> Result<Vec<Alike>> {
        let mut found: BTreeMap<LeadId, Alike> = BTreeMap::new();
        for likeness in Likeness::ALL {
            let Some(key) = marks.key(likeness) else { continue };
            // One more, because the one that is excepted may be among them.
            for lead in self.duplicates().leads_with(likeness, &key, SIMILAR + 1).await? {
                let lead = self.survivor(lead).await?;
                let by = &mut found.entry(lead.id).or_insert_with(|| Alike { lead, by: Vec::new() }).by;
                if by.last() != Some(&likeness) {
                    by.push(likeness);
                }
            }
        }
        found.remove(&except);
        let mut found: Vec<Alike> = found.into_values().rev().collect();
        found.sort_by_key(|it| it.by.first().copied());
        found.truncate(SIMILAR.into());
        Ok(found)
    }

    async fn leads_by_id(&mut self, ids: &[LeadId]) -> Result<BTreeMap<LeadId, Lead>> {
        Ok(self.duplicates().leads(ids).await?.into_iter().map(|it| (it.id, it)).collect())
    }

    /// The names of the campaigns, and of whoever works on the leads.
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
