//! The conversion: a lead becomes an active client by its first contract, all at once or not at all.
use domain::{
    access::Permission,
    client::{Client, ClientDetails, ClientId},
    contract::{Contract, ContractDetails, ContractId},
    document::DocumentId,
    field::Field,
    lead::{Lead, LeadId, LeadRuleViolation, LeadStatus},
    record::RecordKind,
    store::Choice,
};

use crate::{Error, Result, Session, campaigns::PICKER};

/// The contract that makes the client.
#[derive(Clone)]
pub enum ConversionContract {
    /// Filled in on the same form.
    New { id: ContractId, details: ContractDetails, document: DocumentId },
    /// One that no client has yet.
    Existing(ContractId),
}

/// The data and choices of a conversion's form.
pub struct ConversionForm {
    pub lead: Lead,
    /// Of the lead's campaign, when it has one.
    pub campaign_name: Option<String>,
    pub services: Vec<Choice>,
    /// The service that the lead's campaign advertises, while it is offered.
    pub service: Option<uuid::Uuid>,
    pub free_contracts: Vec<Choice>,
}

impl Session {
    pub async fn conversion_form(&self, id: LeadId) -> Result<ConversionForm> {
        let mut work = self.read(Permission::ConvertLeads).await?;
        let lead: Lead = work.get(id).await?;
        let services = work.directory().choices(RecordKind::Service, PICKER).await?;
        let free_contracts = work.directory().choices(RecordKind::Contract, PICKER).await?;
        let campaign: Option<domain::campaign::Campaign> = match lead.details.campaign {
            Some(campaign) => Some(work.get(campaign).await?),
            None => None,
        };
        let advertised = campaign.as_ref().map(|it| it.details.service.0);
        let service = advertised.filter(|id| services.iter().any(|it| it.id == *id));
        let campaign_name = campaign.map(|it| it.details.name.to_string());
        Ok(ConversionForm { lead, campaign_name, services, service, free_contracts })
    }

    /// Of two at the same moment one makes the client; the other is told [`Error::Lead`]. The same form sent again,
    /// because its first answer was lost, gets that answer. Fails with [`Error::KnownClient`] when a client has the phone or
    /// the email already, unless it is among `other_people`: the user said that this is somebody else.
    pub async fn convert_lead(
        &self,
        id: LeadId,
        version: i32,
        details: ClientDetails,
        contract: ConversionContract,
        other_people: &[ClientId],
    ) -> Result<ClientId> {
        match self.try_convert(id, version, &details, &contract, other_people).await {
            Err(Error::Conflict | Error::Lead(LeadRuleViolation::AlreadyConverted(_))) => {
                self.converted_before(id, &details, &contract).await
            }
            outcome => outcome,
        }
    }

    /// Somebody was quicker: this very form, another conversion, or any other change.
    async fn converted_before(
        &self,
        id: LeadId,
        details: &ClientDetails,
        form: &ConversionContract,
    ) -> Result<ClientId> {
        let mut work = self.read(Permission::ConvertLeads).await?;
        let lead: Lead = work.get(id).await?;
        let Err(refusal) = lead.convertible() else { return Err(Error::Conflict) };
        if let (LeadStatus::Converted(client), ConversionContract::New { id, details: terms, document }) =
            (&lead.status, form)
        {
            let client: Client = work.get(*client).await?;
            let contract: Contract = work.get(client.first_contract).await?;
            let own = client.stamp.created_by == Some(self.actor().id) && contract.id == *id;
            let same = client.details == *details && contract.details == *terms;
            if own && same && work.same_file(contract.document, *document).await? {
                return Ok(client.id);
            }
        }
        Err(refusal.into())
    }

    async fn try_convert(
        &self,
        id: LeadId,
        version: i32,
        details: &ClientDetails,
        contract: &ConversionContract,
        other_people: &[ClientId],
    ) -> Result<ClientId> {
        self.write(Permission::ConvertLeads, |mut work| async move {
            let before: Lead = work.get_version(id, version).await?;
            before.convertible()?;
            work.refuse_known_client(details, id, other_people).await?;
            let (mut lead, details) = (before.clone(), details.clone());
            let client = match contract {
                ConversionContract::New { id, details: terms, document } => {
                    self.actor().authorize(Permission::CreateContracts)?;
                    work.offered_service(terms.service, None).await?;
                    let mut contract = Contract::new(*id, terms.clone(), *document, None, work.by, work.now);
                    let client = lead.convert(&mut contract, details, work.by, work.now)?;
                    work.attach(*document, *id).await?;
                    work.insert(&contract).await?;
                    client
                }
                ConversionContract::Existing(id) => {
                    self.actor().authorize(Permission::EditContracts)?;
                    let free: Contract = work.referred(*id, Field::Contract).await?;
                    let mut contract = free.clone();
                    let client = lead.convert(&mut contract, details, work.by, work.now)?;
                    work.update(&free, contract).await?;
                    client
                }
            };
            work.insert(&client).await?;
            work.update(&before, lead).await?;
            work.commit().await?;
            Ok(client.id)
        })
        .await
    }
}
