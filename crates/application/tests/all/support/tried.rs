//! A record of every kind for a use case to be tried on.
use domain::{
    access::{Actor, Permissions},
    campaign::CampaignId,
    client::ClientId,
    contract::ContractId,
    document::DocumentId,
    lead::LeadId,
    merge::MergeChoices,
    record::RecordKind,
    role::RoleId,
    service::ServiceId,
    spend::SpendId,
    user::UserId,
    values::ViewQuery,
    view::ViewId,
};

use super::{Office, Person, details, next};

/// Records made anew for one try.
#[derive(Clone, Copy)]
pub struct Records {
    pub service: ServiceId,
    pub campaign: CampaignId,
    pub spend: SpendId,
    pub lead: LeadId,
    /// Can be merged into that one.
    pub twin: LeadId,
    /// Another one, and what was merged into it.
    pub survivor: LeadId,
    pub merged: LeadId,
    pub client: ClientId,
    pub contract: ContractId,
    /// Uploaded by the caller.
    pub document: DocumentId,
    /// Has no role.
    pub user: UserId,
    /// Was never changed.
    pub other: UserId,
    /// Nobody has it.
    pub role: RoleId,
    /// Of leads, saved by the caller.
    pub view: ViewId,
}

impl Records {
    pub async fn new(office: &Office, by: Person) -> Self {
        let director = office.director().await;
        let (_, _, client) = office.client().await;
        let service = office.service().await;
        let campaign = office.campaign(service).await;
        let spend = director.add_spend(office.id(), campaign, details::spend()).await.unwrap();
        let (lead, contract) = (office.lead(Some(campaign)).await, office.contract(service).await);
        let (twin, survivor, merged) = (office.lead(None).await, office.lead(None).await, office.lead(None).await);
        director.merge_leads((survivor, 1), (merged, 1), MergeChoices::default()).await.unwrap();
        let (document, nina) = (office.upload(by).await, office.user(Person::Nina).await);
        let name = format!("user{}", next());
        let other = director.create_user(office.id(), details::user(&name, "", &[])).await.unwrap();
        let role = director.create_role(office.id(), details::role_name(), Permissions::default()).await.unwrap();
        let own = office.user(by).await;
        let owner = office.crm.session_of(Actor::new(own, "—".into(), true, Permissions::default()));
        // Nobody has many.
        let views = owner.views(RecordKind::Lead).await.unwrap().views;
        let untouched = views.iter().find(|it| it.owner == own && it.stamp.version == 1).map(|it| it.id);
        let view = if let Some(view) = untouched {
            view
        } else {
            let (id, query) = (office.id(), ViewQuery::default());
            owner.save_view(id, RecordKind::Lead, query, details::view()).await.unwrap()
        };
        let user = nina;
        Self {
            service,
            campaign,
            spend,
            lead,
            twin,
            survivor,
            merged,
            client,
            contract,
            document,
            user,
            other,
            role,
            view,
        }
    }
}
