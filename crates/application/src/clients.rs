//! Use cases about active clients. There is none that creates one: see [`crate::conversion`].
use domain::{
    access::Permission,
    client::{Client, ClientDetails, ClientId},
    contract::{Contract, ContractFilter},
    lead::Lead,
    note::{Note, NoteId},
    page::{Cursor, Page, PageRequest},
    record::{Record, RecordKind},
    store::{Choice, Names},
    values::NoteText,
};

use crate::{History, Result, Session, campaigns::PICKER};

/// One client with its related records.
pub struct ClientPage {
    pub client: Client,
    pub names: Names,
    /// The newest contracts, for users who may view contracts.
    pub contracts: Option<Page<Contract>>,
    /// Contracts without a client, for users who may assign them to this one.
    pub free_contracts: Vec<Choice>,
    /// Newest first, at most 200 of the lead and of each that was merged into it.
    pub notes: Vec<Note>,
    /// Of the client and of the lead that it was.
    pub history: History,
}

impl Session {
    pub async fn client(&self, id: ClientId) -> Result<ClientPage> {
        let mut work = self.read(Permission::ViewClients).await?;
        let client: Client = work.get(id).await?;
        let mut names = work.directory().names(RecordKind::Lead, &[client.lead.0]).await?;
        if let Some(campaign) = client.acquired_by {
            names.extend(work.directory().names(RecordKind::Campaign, &[campaign.0]).await?);
        }
        let contracts = if self.actor().may(Permission::ViewContracts) {
            let filter = ContractFilter { client: Some(id), ..Default::default() };
            Some(work.list::<Contract>(&filter, PageRequest::sized(Cursor::Start, 50)).await?)
        } else {
            None
        };
        let free_contracts = if self.actor().may(Permission::EditContracts) {
            work.directory().choices(RecordKind::Contract, PICKER).await?
        } else {
            Vec::new()
        };
        let mut history = work.history(RecordKind::Client, id.0, client.stamp()).await?;
        let lead: Lead = work.get(client.lead).await?;
        let merged_leads = work.merged_leads(&lead).await?;
        let (notes, earlier) = work.with_merged(&lead, &merged_leads, false).await?;
        history.take_in(earlier);
        Ok(ClientPage { client, names, contracts, free_contracts, notes, history })
    }

    /// The client as its edit form shows it.
    pub async fn client_to_edit(&self, id: ClientId) -> Result<Client> {
        self.read(Permission::EditClients).await?.get(id).await
    }

    pub async fn edit_client(&self, id: ClientId, version: i32, details: ClientDetails) -> Result<()> {
        let details = &details;
        self.write(Permission::EditClients, |mut work| async move {
            let client: Client = work.get_version(id, version).await?;
            work.update(&client, Client { details: details.clone(), ..client.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// A note about the client. It is in the one history that the client shares with its lead, for users who may view clients.
    pub async fn add_client_note(&self, id: NoteId, client: ClientId, text: NoteText) -> Result<NoteId> {
        let text = &text;
        self.write(Permission::EditClients, |mut work| async move {
            let client: Client = work.get(client).await?;
            work.get::<Lead>(client.lead).await?;
            let note = Note::new(id, client.lead, text.clone(), work.by, work.now).about(client.id);
            work.insert_once(&note).await
        })
        .await
    }
}
