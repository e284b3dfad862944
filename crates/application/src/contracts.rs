//! Use cases about contracts.
use domain::{
    access::Permission,
    client::{Client, ClientId},
    contract::{Contract, ContractDetails, ContractId},
    document::{Document, DocumentFilter, DocumentId},
    field::Field,
    files::{ByteStream, FilesError},
    page::{Cursor, PageRequest},
    record::{Record, RecordKind},
    store::{Choice, Names},
    values::Invalid,
};

use crate::{Error, History, Result, Session, Work, campaigns::PICKER, history::distinct};

/// One contract with its related records.
pub struct ContractPage {
    pub contract: Contract,
    pub names: Names,
    /// Every file that it ever had, newest first, at most 50; who uploaded each is among the names.
    pub documents: Vec<Document>,
    pub history: History,
}

/// The choices of a contract's form.
pub struct ContractForm {
    pub services: Vec<Choice>,
    /// The client that it is for, when there is one.
    pub client: Option<Choice>,
}

impl Session {
    pub async fn contract(&self, id: ContractId) -> Result<ContractPage> {
        let mut work = self.read(Permission::ViewContracts).await?;
        let contract: Contract = work.get(id).await?;
        let mut names = work.directory().names(RecordKind::Service, &[contract.details.service.0]).await?;
        if let Some(client) = contract.client {
            names.extend(work.directory().names(RecordKind::Client, &[client.0]).await?);
        }
        let filter = DocumentFilter { contract: Some(id), ..Default::default() };
        let documents = work.list::<Document>(&filter, PageRequest::sized(Cursor::Start, 50)).await?.items;
        let uploaders = distinct(documents.iter().filter_map(|it| it.stamp.created_by).map(|it| it.0).collect());
        names.extend(work.directory().names(RecordKind::User, &uploaders).await?);
        let history = work.history(RecordKind::Contract, id.0, contract.stamp()).await?;
        Ok(ContractPage { contract, names, documents, history })
    }

    pub async fn new_contract_form(&self, client: Option<ClientId>) -> Result<ContractForm> {
        let mut work = self.read(Permission::CreateContracts).await?;
        let services = work.directory().choices(RecordKind::Service, PICKER).await?;
        let client = match client {
            Some(id) => {
                let client: Client = work.referred(id, Field::Client).await?;
                Some(Choice { id: id.0, name: client.details.full_name.to_string() })
            }
            None => None,
        };
        Ok(ContractForm { services, client })
    }

    pub async fn contract_to_edit(&self, id: ContractId) -> Result<(Contract, ContractForm)> {
        let mut work = self.read(Permission::EditContracts).await?;
        let contract: Contract = work.get(id).await?;
        let mut services = work.directory().choices(RecordKind::Service, PICKER).await?;
        work.keep_choice(&mut services, RecordKind::Service, contract.details.service.0).await?;
        Ok((contract, ContractForm { services, client: None }))
    }

    /// A new contract with its uploaded file: of a client, or of nobody yet.
    pub async fn create_contract(
        &self,
        id: ContractId,
        details: ContractDetails,
        document: DocumentId,
        client: Option<ClientId>,
    ) -> Result<ContractId> {
        let details = &details;
        self.write(Permission::CreateContracts, |mut work| async move {
            work.offered_service(details.service, None).await?;
            if let Some(client) = client {
                work.referred::<Client>(client, Field::Client).await?;
            }
            let contract = Contract::new(id, details.clone(), document, client, work.by, work.now);
            let first: Option<Contract> = work.find(id).await?;
            if let Some(first) = first {
                work.same_contract(&first, &contract).await?;
            } else {
                work.attach(document, id).await?;
                work.insert(&contract).await?;
                work.commit().await?;
            }
            Ok(id)
        })
        .await
    }

    /// With another file, when one was uploaded; the earlier one stays with the contract.
    pub async fn edit_contract(
        &self,
        id: ContractId,
        version: i32,
        details: ContractDetails,
        document: Option<DocumentId>,
    ) -> Result<()> {
        let details = &details;
        self.write(Permission::EditContracts, |mut work| async move {
            let before: Contract = work.get_version(id, version).await?;
            work.offered_service(details.service, Some(before.details.service)).await?;
            let mut contract = Contract { details: details.clone(), ..before.clone() };
            if let Some(document) = document {
                work.attach(document, id).await?;
                contract.document = document;
            }
            work.update(&before, contract).await?;
            work.commit().await
        })
        .await
    }

    /// Gives a contract that no client has yet to an active client, for good.
    pub async fn give_contract(&self, id: ContractId, client: ClientId) -> Result<()> {
        self.write(Permission::EditContracts, |mut work| async move {
            let client: Client = work.referred(client, Field::Client).await?;
            let free: Contract = work.referred(id, Field::Contract).await?;
            let mut contract = free.clone();
            contract.give_to(client.id)?;
            work.update(&free, contract).await?;
            work.commit().await
        })
        .await
    }

    /// The bytes of one of a contract's files, and what to call them.
    pub async fn contract_document(
        &self,
        id: ContractId,
        document: Option<DocumentId>,
    ) -> Result<(Document, ByteStream)> {
        let mut work = self.read(Permission::ViewContracts).await?;
        let contract: Contract = work.get(id).await?;
        let document: Document = work.get(document.unwrap_or(contract.document)).await?;
        if document.contract != Some(id) {
            return Err(Error::NotFound);
        }
        drop(work);
        match self.files().open(document.id).await {
            Ok(bytes) => Ok((document, bytes)),
            Err(error) => {
                if matches!(error, FilesError::Missing) {
                    tracing::error!(document = %document.id, "a document is not where documents are kept");
                }
                Err(error.into())
            }
        }
    }
}

impl Work {
    /// Whether the same person has sent this very form before; [`Error::AlreadySaved`] otherwise. Without a script the
    /// file comes again with the form, and then it is the same by its name and its bytes.
    pub(crate) async fn same_contract(&mut self, first: &Contract, again: &Contract) -> Result<()> {
        let own = first.stamp.created_by == again.stamp.created_by;
        let same = first.details == again.details && first.client == again.client;
        if own && same && self.same_file(first.document, again.document).await? {
            return Ok(());
        }
        Err(Error::AlreadySaved(first.id.0))
    }

    pub(crate) async fn same_file(&mut self, one: DocumentId, other: DocumentId) -> Result<bool> {
        if one == other {
            return Ok(true);
        }
        let (one, other): (Option<Document>, Option<Document>) = (self.find(one).await?, self.find(other).await?);
        Ok(one.zip(other).is_some_and(|(one, other)| (one.checksum, one.name) == (other.checksum, other.name)))
    }

    /// Gives the contract the file that its author uploaded for it.
    pub(crate) async fn attach(&mut self, document: DocumentId, contract: ContractId) -> Result<()> {
        let gone = |invalid: Invalid| Error::Invalid(Field::Document, invalid);
        let before: Document = match self.get(document).await {
            Err(Error::NotFound) => return Err(gone(Invalid::UploadGone)),
            found => found?,
        };
        let mut document = before.clone();
        document.attach(contract, self.by).map_err(gone)?;
        self.update(&before, document).await?;
        Ok(())
    }
}
