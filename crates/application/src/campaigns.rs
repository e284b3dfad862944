//! Use cases about campaigns and the money spent on them.
use domain::{
    access::Permission,
    campaign::{Campaign, CampaignDetails, CampaignId},
    field::Field,
    page::{Cursor, Page, PageRequest},
    record::{Record, RecordKind},
    service::{Service, ServiceId},
    spend::{SpendDetails, SpendEntry, SpendFilter, SpendId},
    statistics::{Attribution, Figures, Scope},
    store::{Choice, Names},
    values::Invalid,
};

use uuid::Uuid;

use crate::{Error, History, Result, Session, Work};

/// The most choices that a picker offers.
pub(crate) const PICKER: u16 = 500;

/// One campaign with its related records.
pub struct CampaignPage {
    pub campaign: Campaign,
    pub names: Names,
    pub spend: Page<SpendEntry>,
    /// All-time figures, for users who may view statistics.
    pub figures: Option<Figures>,
    pub history: History,
}

/// The choices of a campaign's form.
pub struct CampaignForm {
    pub services: Vec<Choice>,
    pub channels: Vec<String>,
}

impl Session {
    pub async fn campaign(&self, id: CampaignId, spend: PageRequest) -> Result<CampaignPage> {
        let mut work = self.read(Permission::ViewCampaigns).await?;
        let campaign: Campaign = work.get(id).await?;
        let spend = work.list(&SpendFilter { campaign: Some(id) }, spend).await?;
        let names = work.directory().names(RecordKind::Service, &[campaign.details.service.0]).await?;
        let figures = if self.actor().may(Permission::ViewStatistics) {
            let sums = work.statistics().sums(Attribution::ByLeadDate, None, None).await?;
            let scope = Scope { period: None, today: self.today() };
            sums.iter().find(|it| it.id() == Some(id)).map(|it| Figures::of(it, scope))
        } else {
            None
        };
        let history = work.history(RecordKind::Campaign, id.0, campaign.stamp()).await?;
        Ok(CampaignPage { campaign, names, spend, figures, history })
    }

    pub async fn campaign_form(&self, campaign: Option<CampaignId>) -> Result<(Option<Campaign>, CampaignForm)> {
        let permission = if campaign.is_some() { Permission::EditCampaigns } else { Permission::CreateCampaigns };
        let mut work = self.read(permission).await?;
        let campaign: Option<Campaign> = match campaign {
            Some(id) => Some(work.get(id).await?),
            None => None,
        };
        let mut services = work.directory().choices(RecordKind::Service, PICKER).await?;
        if let Some(campaign) = &campaign {
            work.keep_choice(&mut services, RecordKind::Service, campaign.details.service.0).await?;
        }
        let channels = work.directory().channels(PICKER).await?;
        Ok((campaign, CampaignForm { services, channels }))
    }

    pub async fn create_campaign(&self, id: CampaignId, details: CampaignDetails) -> Result<CampaignId> {
        let details = &details;
        self.write(Permission::CreateCampaigns, |mut work| async move {
            work.offered_service(details.service, None).await?;
            let campaign = Campaign::new(id, details.clone(), work.by, work.now);
            work.insert_once(&campaign).await
        })
        .await
    }

    pub async fn edit_campaign(&self, id: CampaignId, version: i32, details: CampaignDetails) -> Result<()> {
        let details = &details;
        self.write(Permission::EditCampaigns, |mut work| async move {
            let campaign: Campaign = work.get_version(id, version).await?;
            work.offered_service(details.service, Some(campaign.details.service)).await?;
            work.update(&campaign, Campaign { details: details.clone(), ..campaign.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// Ends a campaign: takes it out of pickers and default lists. Or puts it back.
    pub async fn archive_campaign(&self, id: CampaignId, archived: bool) -> Result<()> {
        self.write(Permission::EditCampaigns, |mut work| async move {
            let campaign: Campaign = work.get(id).await?;
            work.update(&campaign, Campaign { archived, ..campaign.clone() }).await?;
            work.commit().await
        })
        .await
    }

    pub async fn add_spend(&self, id: SpendId, campaign: CampaignId, details: SpendDetails) -> Result<SpendId> {
        let details = &details;
        self.write(Permission::EditCampaigns, |mut work| async move {
            work.get::<Campaign>(campaign).await?;
            let entry = SpendEntry::new(id, campaign, details.clone(), work.by, work.now);
            work.insert_once(&entry).await
        })
        .await
    }

    /// The entry as its edit form shows it, with its history.
    pub async fn spend_to_edit(&self, id: SpendId) -> Result<(SpendEntry, History)> {
        let mut work = self.read(Permission::EditCampaigns).await?;
        let entry: SpendEntry = work.get(id).await?;
        let history = work.history(RecordKind::SpendEntry, id.0, entry.stamp()).await?;
        Ok((entry, history))
    }

    pub async fn edit_spend(&self, id: SpendId, version: i32, details: SpendDetails) -> Result<CampaignId> {
        let details = &details;
        self.write(Permission::EditCampaigns, |mut work| async move {
            let entry: SpendEntry = work.get_version(id, version).await?;
            let entry = work.update(&entry, SpendEntry { details: details.clone(), ..entry.clone() }).await?;
            work.commit().await?;
            Ok(entry.campaign)
        })
        .await
    }

    /// Takes an entry out of every sum, or puts it back. It stays in the list.
    pub async fn cancel_spend(&self, id: SpendId, cancelled: bool) -> Result<CampaignId> {
        self.write(Permission::EditCampaigns, |mut work| async move {
            let entry: SpendEntry = work.get(id).await?;
            let entry = work.update(&entry, SpendEntry { cancelled, ..entry.clone() }).await?;
            work.commit().await?;
            Ok(entry.campaign)
        })
        .await
    }
}

impl Work {
    /// A service that a picker offers: there, and not archived unless it is the one chosen before.
    pub(crate) async fn offered_service(&mut self, id: ServiceId, before: Option<ServiceId>) -> Result<()> {
        let service: Service = self.referred(id, Field::Service).await?;
        if service.archived && before != Some(id) {
            return Err(Error::Invalid(Field::Service, Invalid::UnknownChoice));
        }
        Ok(())
    }

    /// The choices of a picker or a filter, with the chosen ones if they exist.
    pub(crate) async fn choices_with(&mut self, kind: RecordKind, chosen: &[Uuid]) -> Result<Vec<Choice>> {
        let mut offered = self.directory().choices(kind, PICKER).await?;
        let missing: Vec<Uuid> = chosen.iter().copied().filter(|id| offered.iter().all(|it| it.id != *id)).collect();
        if !missing.is_empty() {
            let names = self.directory().names(kind, &missing).await?;
            offered.extend(names.into_iter().map(|(id, name)| Choice { id, name }));
        }
        Ok(offered)
    }

    /// Adds to a picker the choice made before, when it is no longer offered.
    pub(crate) async fn keep_choice(&mut self, choices: &mut Vec<Choice>, kind: RecordKind, id: Uuid) -> Result<()> {
        if choices.iter().all(|it| it.id != id) {
            let names = self.directory().names(kind, &[id]).await?;
            choices.extend(names.into_iter().map(|(id, name)| Choice { id, name }));
        }
        Ok(())
    }
}

impl CampaignPage {
    /// The first page of spend entries.
    pub fn first_spend() -> PageRequest {
        PageRequest::sized(Cursor::Start, 25)
    }
}
