//! Use cases about services.
use domain::{
    access::Permission,
    campaign::{Campaign, CampaignFilter},
    page::{Cursor, Page, PageRequest},
    record::{Record, RecordKind},
    service::{Service, ServiceDetails, ServiceId},
};

use crate::{History, Result, Session};

/// One service with its related records.
pub struct ServicePage {
    pub service: Service,
    /// The newest campaigns for it, for users who may view campaigns.
    pub campaigns: Option<Page<Campaign>>,
    pub history: History,
}

impl Session {
    pub async fn service(&self, id: ServiceId) -> Result<ServicePage> {
        let mut work = self.read(Permission::ViewServices).await?;
        let service: Service = work.get(id).await?;
        let campaigns = if self.actor().may(Permission::ViewCampaigns) {
            let filter = CampaignFilter { service: Some(id), ..Default::default() };
            Some(work.list(&filter, PageRequest::sized(Cursor::Start, 20)).await?)
        } else {
            None
        };
        let history = work.history(RecordKind::Service, id.0, service.stamp()).await?;
        Ok(ServicePage { service, campaigns, history })
    }

    pub async fn create_service(&self, id: ServiceId, details: ServiceDetails) -> Result<ServiceId> {
        let details = &details;
        self.write(Permission::CreateServices, |work| async move {
            let service = Service::new(id, details.clone(), work.by, work.now);
            work.insert_once(&service).await
        })
        .await
    }

    pub async fn edit_service(&self, id: ServiceId, version: i32, details: ServiceDetails) -> Result<()> {
        let details = &details;
        self.write(Permission::EditServices, |mut work| async move {
            let service: Service = work.get_version(id, version).await?;
            work.update(&service, Service { details: details.clone(), ..service.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// Takes a service out of pickers and default lists, or puts it back.
    pub async fn archive_service(&self, id: ServiceId, archived: bool) -> Result<()> {
        self.write(Permission::EditServices, |mut work| async move {
            let service: Service = work.get(id).await?;
            work.update(&service, Service { archived, ..service.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// The service as its edit form shows it.
    pub async fn service_to_edit(&self, id: ServiceId) -> Result<Service> {
        self.read(Permission::EditServices).await?.get(id).await
    }
}
