//! Two leads that are one person become one, and two again if that was a mistake.
use domain::{
    access::Permission,
    audit::FieldChange,
    field::Field,
    lead::{Lead, LeadId, LeadRuleViolation},
    merge::{MergeChoices, MergedInto},
    note::Note,
    record::{Record, RecordKind},
    store::Names,
};

use crate::{Error, History, Result, Session, Work};

/// How many leads may become one. Its page shows the notes and the history of them all.
const MOST_MERGED: usize = 10;

/// The data for the form that merges two leads.
pub struct MergeForm {
    /// The one that stays.
    pub survivor: Lead,
    pub other: Lead,
    /// Of campaigns and assignees.
    pub names: Names,
}

impl Session {
    /// Fails with [`Error::Lead`] where the two cannot be merged this way round.
    pub async fn merge_form(&self, survivor: LeadId, other: LeadId) -> Result<MergeForm> {
        let mut work = self.read(Permission::EditLeads).await?;
        let (survivor, other) = work.two_leads(survivor, other).await?;
        survivor.may_merge(&other)?;
        let names = work.names_around([&survivor, &other].into_iter()).await?;
        Ok(MergeForm { survivor, other, names })
    }

    /// Makes one lead of two, each as the form showed it. The other one stays in the store, out of every list and number;
    /// its notes and its history are shown with those of the survivor. Of two mergings at the same moment one wins, and
    /// the other is told; the same form sent again gets the same answer again.
    pub async fn merge_leads(&self, survivor: (LeadId, i32), other: (LeadId, i32), taken: MergeChoices) -> Result<()> {
        match self.try_merge(survivor, other, taken).await {
            Err(Error::Conflict) => self.merged_before(survivor, other, taken).await,
            outcome => outcome,
        }
    }

    async fn merged_before(&self, survivor: (LeadId, i32), other: (LeadId, i32), taken: MergeChoices) -> Result<()> {
        let mut work = self.read(Permission::EditLeads).await?;
        let (lead, gone) = work.two_leads(survivor.0, other.0).await?;
        let this_one = MergedInto { lead: survivor.0, version: survivor.1 + 1 };
        let own = gone.stamp.changed_by == Some(self.actor().id) && gone.stamp.version == other.1 + 1;
        if gone.merged_into != Some(this_one) || !own || lead.stamp.version != this_one.version {
            return Err(Error::Conflict);
        }
        // The same choices, applied to the two leads before the merge, give the same lead.
        let changes = work.changes_of(this_one).await?;
        let (mut again, mut before) = (lead.clone(), gone.clone());
        again.separate(&mut before, changes.as_deref());
        let details = again.details_with(&before, taken).map_err(|_| Error::Conflict)?;
        again.merge(&mut before, details, taken.status)?;
        let same = again.details == lead.details && again.status == lead.status;
        if same { Ok(()) } else { Err(Error::Conflict) }
    }

    async fn try_merge(&self, survivor: (LeadId, i32), other: (LeadId, i32), taken: MergeChoices) -> Result<()> {
        self.write(Permission::EditLeads, |mut work| async move {
            work.two_leads(survivor.0, other.0).await?;
            let before: Lead = work.get_version(survivor.0, survivor.1).await?;
            let gone: Lead = work.get_version(other.0, other.1).await?;
            before.may_merge(&gone)?;
            if work.merged_leads(&before).await?.len() + work.merged_leads(&gone).await?.len() + 2 > MOST_MERGED {
                return Err(LeadRuleViolation::TooManyMerged.into());
            }
            let details = before.details_with(&gone, taken).map_err(|it| Error::Invalid(Field::Phone, it))?;
            let (mut lead, mut merged) = (before.clone(), gone.clone());
            lead.merge(&mut merged, details, taken.status)?;
            work.update(&before, lead).await?;
            work.update(&gone, merged).await?;
            work.commit().await
        })
        .await
    }

    /// Undoes the last merge of a lead: an earlier one may have brought the values of the later one. The changes of the
    /// survivor are reverted, except for fields that were changed since, which are returned.
    pub async fn separate_leads(&self, survivor: LeadId, other: LeadId) -> Result<Vec<Field>> {
        self.write(Permission::EditLeads, |mut work| async move {
            let (before, gone) = work.two_leads(survivor, other).await?;
            before.in_use()?;
            let is_last = before.merged.last() == Some(&other);
            let merged = gone.merged_into.filter(|it| is_last && it.lead == survivor).ok_or(Error::Conflict)?;
            let changes = work.changes_of(merged).await?;
            let (mut lead, mut released) = (before.clone(), gone.clone());
            let kept = lead.separate(&mut released, changes.as_deref());
            work.update(&before, lead).await?;
            work.update(&gone, released).await?;
            work.commit().await?;
            Ok(kept)
        })
        .await
    }
}

impl Work {
    /// Two different ones.
    async fn two_leads(&mut self, one: LeadId, other: LeadId) -> Result<(Lead, Lead)> {
        if one == other {
            return Err(Error::NotFound);
        }
        Ok((self.get(one).await?, self.get(other).await?))
    }

    /// The changes of the survivor in a merge, from its history. None where its
    /// entry cannot be read.
    async fn changes_of(&mut self, merged: MergedInto) -> Result<Option<Vec<FieldChange>>> {
        let below = merged.version.saturating_add(1);
        let entries = self.audit().history(RecordKind::Lead, merged.lead.0, below, 1).await?;
        let entry = entries.into_iter().flatten().find(|it| it.version == merged.version);
        Ok(entry.map(|it| it.changes))
    }

    /// The lead that this one was merged into in the end: it can still be found by its old values.
    pub(crate) async fn survivor(&mut self, mut lead: Lead) -> Result<Lead> {
        while let Some(merged) = lead.merged_into {
            lead = self.get(merged.lead).await?;
        }
        Ok(lead)
    }

    /// All that were merged into this lead, and into those; at most as many as may be.
    pub(crate) async fn merged_leads(&mut self, lead: &Lead) -> Result<Vec<Lead>> {
        let (mut merged_leads, mut next) = (Vec::new(), lead.merged.clone());
        while !next.is_empty() && merged_leads.len() < MOST_MERGED {
            let mut leads = self.duplicates().leads(&next).await?;
            leads.sort_by_key(|it| it.id);
            next = leads.iter().flat_map(|it| &it.merged).copied().collect();
            merged_leads.extend(leads);
        }
        Ok(merged_leads)
    }

    /// The notes and the history of a lead together with those of all that were merged into it, newest first.
    pub(crate) async fn with_merged(
        &mut self,
        lead: &Lead,
        merged_leads: &[Lead],
        without_clients: bool,
    ) -> Result<(Vec<Note>, History)> {
        let mut notes = self.notes(lead.id, without_clients).await?;
        let mut history = self.history(RecordKind::Lead, lead.id.0, lead.stamp()).await?;
        for other in merged_leads {
            notes.extend(self.notes(other.id, without_clients).await?);
            history.take_in(self.history(RecordKind::Lead, other.id.0, other.stamp()).await?);
            history.merged.insert(other.id.0, other.details.full_name.to_string());
        }
        notes.sort_by_key(|it| std::cmp::Reverse(it.id));
        self.name_authors(&mut history, &notes).await?;
        Ok((notes, history))
    }
}
