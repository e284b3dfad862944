//! The home page: how many records there are, of the kinds that the user may view.
use domain::{access::Permission, lead::LeadStage};

use crate::{Result, Session};

/// None where the user may not view that kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    pub services: Option<u64>,
    pub campaigns: Option<u64>,
    pub leads: Option<u64>,
    /// Leads that nobody has begun to work on.
    pub new_leads: Option<u64>,
    pub clients: Option<u64>,
    pub contracts: Option<u64>,
}

impl Session {
    pub async fn home(&self) -> Result<Home> {
        let may = |it| self.actor().may(it);
        let viewed = [
            Permission::ViewServices,
            Permission::ViewCampaigns,
            Permission::ViewLeads,
            Permission::ViewClients,
            Permission::ViewContracts,
        ];
        let Some(permission) = viewed.into_iter().find(|it| may(*it)) else { return Ok(Home::default()) };
        let counts = self.read(permission).await?.directory().counts().await?;
        Ok(Home {
            services: may(Permission::ViewServices).then_some(counts.services),
            campaigns: may(Permission::ViewCampaigns).then_some(counts.campaigns),
            leads: may(Permission::ViewLeads).then(|| counts.leads.values().sum()),
            new_leads: may(Permission::ViewLeads).then(|| counts.leads.get(&LeadStage::New).copied().unwrap_or(0)),
            clients: may(Permission::ViewClients).then_some(counts.clients),
            contracts: may(Permission::ViewContracts).then_some(counts.contracts),
        })
    }
}
