//! The choices of list filters: names of used and chosen records, for users who may view the list.
use domain::{access::Permission, record::RecordKind, store::Choice};
use uuid::Uuid;

use crate::{CampaignForm, LeadForm, Result, Session, campaigns::PICKER};

impl Session {
    /// The campaigns and the people in use, at most 500 of each.
    pub async fn lead_choices(&self, campaigns: &[Uuid], assignees: &[Uuid]) -> Result<LeadForm> {
        let mut work = self.read(Permission::ViewLeads).await?;
        Ok(LeadForm {
            campaigns: work.choices_with(RecordKind::Campaign, campaigns).await?,
            users: work.choices_with(RecordKind::User, assignees).await?,
        })
    }

    /// The campaigns in use, at most 500.
    pub async fn client_choices(&self, campaigns: &[Uuid]) -> Result<Vec<Choice>> {
        self.read(Permission::ViewClients).await?.choices_with(RecordKind::Campaign, campaigns).await
    }

    /// The services in use, at most 500.
    pub async fn contract_choices(&self, services: &[Uuid]) -> Result<Vec<Choice>> {
        self.read(Permission::ViewContracts).await?.choices_with(RecordKind::Service, services).await
    }

    /// The services and the channels in use, at most 500 of each.
    pub async fn campaign_choices(&self, services: &[Uuid]) -> Result<CampaignForm> {
        let mut work = self.read(Permission::ViewCampaigns).await?;
        let services = work.choices_with(RecordKind::Service, services).await?;
        Ok(CampaignForm { services, channels: work.directory().channels(PICKER).await? })
    }
}
