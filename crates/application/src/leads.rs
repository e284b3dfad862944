//! Use cases about leads.
use domain::{
    access::Permission,
    campaign::{Campaign, CampaignId},
    field::Field,
    lead::{Lead, LeadDetails, LeadId, LeadStage, LeadStatus, WorkStatus},
    next_step::NextStep,
    note::{Note, NoteFilter, NoteId},
    page::{Cursor, PageRequest},
    record::RecordKind,
    store::{Choice, Names},
    user::{User, UserId},
    values::{Invalid, NoteText},
};
use std::collections::HashMap;

use crate::{Error, History, Result, Session, Work, campaigns::PICKER};

/// How many notes a record shows.
const NOTES: u16 = 200;

/// One lead with its related records.
pub struct LeadPage {
    pub lead: Lead,
    pub names: Names,
    /// All that were merged into it, and into those.
    pub merged_leads: Vec<Lead>,
    /// Newest first, with those of the family; at most 200 of each.
    pub notes: Vec<Note>,
    pub history: History,
}

/// The choices of a lead's form and of the list's filters.
pub struct LeadForm {
    pub campaigns: Vec<Choice>,
    pub users: Vec<Choice>,
}

impl Session {
    /// How many leads there are in each stage.
    pub async fn lead_counts(&self) -> Result<HashMap<LeadStage, u64>> {
        let mut work = self.read(Permission::ViewLeads).await?;
        Ok(work.directory().counts().await?.leads)
    }

    pub async fn lead(&self, id: LeadId) -> Result<LeadPage> {
        let mut work = self.read(Permission::ViewLeads).await?;
        let lead: Lead = work.get(id).await?;
        let (names, merged_leads) = (work.names_for(&lead).await?, work.merged_leads(&lead).await?);
        let (notes, history) =
            work.with_merged(&lead, &merged_leads, !self.actor().may(Permission::ViewClients)).await?;
        Ok(LeadPage { lead, names, merged_leads, notes, history })
    }

    /// Which lead this one became part of.
    pub async fn lead_merged_into(&self, id: LeadId) -> Result<Option<LeadId>> {
        let lead: Lead = self.read(Permission::ViewLeads).await?.get(id).await?;
        Ok(lead.merged_into.map(|it| it.lead))
    }

    pub async fn lead_form(&self, lead: Option<LeadId>) -> Result<(Option<Lead>, LeadForm)> {
        let permission = if lead.is_some() { Permission::EditLeads } else { Permission::CreateLeads };
        let mut work = self.read(permission).await?;
        let lead: Option<Lead> = match lead {
            Some(id) => Some(work.get(id).await?),
            None => None,
        };
        lead.as_ref().map_or(Ok(()), Lead::in_use)?;
        let mut campaigns = work.directory().choices(RecordKind::Campaign, PICKER).await?;
        let mut users = work.directory().choices(RecordKind::User, PICKER).await?;
        if let Some(campaign) = lead.as_ref().and_then(|it| it.details.campaign) {
            work.keep_choice(&mut campaigns, RecordKind::Campaign, campaign.0).await?;
        }
        if let Some(user) = lead.as_ref().and_then(|it| it.details.assignee) {
            work.keep_choice(&mut users, RecordKind::User, user.0).await?;
        }
        Ok((lead, LeadForm { campaigns, users }))
    }

    /// With a first note, when one was typed.
    pub async fn create_lead(&self, id: LeadId, details: LeadDetails, note: Option<NoteText>) -> Result<LeadId> {
        let (details, note) = (&details, &note);
        self.write(Permission::CreateLeads, |mut work| async move {
            work.offered_campaign(details.campaign, None).await?;
            work.offered_assignee(details.assignee, None).await?;
            let lead = Lead::new(id, details.clone(), work.by, work.now);
            let Some(text) = note else { return work.insert_once(&lead).await };
            // The note has the lead's id, so that a form sent twice is recognised by both of its records.
            let note = Note::new(NoteId(id.0), id, text.clone(), work.by, work.now);
            if work.find::<Lead>(id).await?.is_some() {
                work.saved_before(&lead).await?;
                work.saved_before(&note).await?;
            } else {
                work.insert(&lead).await?;
                work.insert(&note).await?;
                work.commit().await?;
            }
            Ok(id)
        })
        .await
    }

    pub async fn edit_lead(&self, id: LeadId, version: i32, details: LeadDetails) -> Result<()> {
        let details = &details;
        self.write(Permission::EditLeads, |mut work| async move {
            let before: Lead = work.get_version(id, version).await?;
            work.offered_campaign(details.campaign, before.details.campaign).await?;
            work.offered_assignee(details.assignee, before.details.assignee).await?;
            let mut lead = before.clone();
            lead.edit(details.clone())?;
            work.update(&before, lead).await?;
            work.commit().await
        })
        .await
    }

    pub async fn set_lead_status(&self, id: LeadId, version: i32, status: WorkStatus) -> Result<()> {
        let status = &status;
        self.write(Permission::EditLeads, |mut work| async move {
            let before: Lead = work.get_version(id, version).await?;
            let mut lead = before.clone();
            lead.set_status(status.clone())?;
            work.update(&before, lead).await?;
            work.commit().await
        })
        .await
    }

    /// Plans the next step of a lead. None: the planned step is done.
    /// For users who may edit or convert leads: both plan next steps.
    pub async fn plan_lead(&self, id: LeadId, version: i32, step: Option<NextStep>) -> Result<()> {
        let (permission, step) = (self.authorize_any([Permission::EditLeads, Permission::ConvertLeads])?, &step);
        self.write(permission, |mut work| async move {
            let before: Lead = work.get_version(id, version).await?;
            let mut lead = before.clone();
            lead.plan(step.clone())?;
            work.update(&before, lead).await?;
            work.commit().await
        })
        .await
    }

    pub async fn add_note(&self, id: NoteId, lead: LeadId, text: NoteText) -> Result<NoteId> {
        let text = &text;
        self.write(Permission::EditLeads, |mut work| async move {
            work.get::<Lead>(lead).await?;
            let note = Note::new(id, lead, text.clone(), work.by, work.now);
            work.insert_once(&note).await
        })
        .await
    }
}

impl Work {
    /// The newest notes of a lead, without those about the client for a user who may not view clients.
    pub(crate) async fn notes(&mut self, lead: LeadId, without_clients: bool) -> Result<Vec<Note>> {
        let page = PageRequest::sized(Cursor::Start, NOTES);
        Ok(self.list::<Note>(&NoteFilter { lead: Some(lead), without_clients }, page).await?.items)
    }

    async fn names_for(&mut self, lead: &Lead) -> Result<Names> {
        let mut names = Names::new();
        if let Some(campaign) = lead.details.campaign {
            names.extend(self.directory().names(RecordKind::Campaign, &[campaign.0]).await?);
        }
        if let Some(user) = lead.details.assignee {
            names.extend(self.directory().names(RecordKind::User, &[user.0]).await?);
        }
        if let LeadStatus::Converted(client) = lead.status {
            names.extend(self.directory().names(RecordKind::Client, &[client.0]).await?);
        }
        Ok(names)
    }

    /// A campaign that a picker offers: there, and not archived unless it is the one chosen before.
    async fn offered_campaign(&mut self, id: Option<CampaignId>, before: Option<CampaignId>) -> Result<()> {
        let Some(id) = id else { return Ok(()) };
        let campaign: Campaign = self.referred(id, Field::Campaign).await?;
        if campaign.archived && before != Some(id) {
            return Err(Error::Invalid(Field::Campaign, Invalid::UnknownChoice));
        }
        Ok(())
    }

    pub(crate) async fn offered_assignee(&mut self, id: Option<UserId>, before: Option<UserId>) -> Result<()> {
        let Some(id) = id else { return Ok(()) };
        let user: User = self.referred(id, Field::Assignee).await?;
        if !user.active && before != Some(id) {
            return Err(Error::Invalid(Field::Assignee, Invalid::UnknownChoice));
        }
        Ok(())
    }
}
