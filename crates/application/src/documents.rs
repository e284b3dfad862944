//! Uploading documents: checked by name and by content, streamed to storage, kept for their contract.
use bytes::{Bytes, BytesMut};
use domain::{
    access::Permission,
    document::{Document, DocumentId, DocumentType, UploadQuota, WaitingFiles},
    field::Field,
    files::{ByteStream, FilesError},
    record::Stamp,
    values::{FileName, Invalid},
};
use futures::{StreamExt, stream};

use crate::{Error, Result, Session, Work};

impl Session {
    /// Stores a file that a contract will take. For users who may make or edit contracts, or convert leads. Fails with
    /// [`Invalid::TooManyUploads`] or [`Invalid::UploadsFull`] where too many files wait already.
    ///
    /// A caller that goes away does not stop it behind the last byte: it would leave a file without a row.
    pub async fn upload(&self, name: &str, bytes: ByteStream) -> Result<Document> {
        let (session, name) = (self.clone(), name.to_owned());
        let task = tokio::spawn(async move { session.store_upload(&name, bytes).await });
        match task.await {
            Ok(stored) => stored,
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            // The program stops.
            Err(_) => Err(Error::Interrupted),
        }
    }

    async fn store_upload(&self, name: &str, bytes: ByteStream) -> Result<Document> {
        let permission =
            self.authorize_any([Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads])?;
        let name = FileName::of_upload(name).map_err(refused)?;
        let slot = self.crm().uploads().acquire(self.actor().id)?;
        self.make_room(permission, slot.others).await?;
        let (head, bytes) = peek(bytes).await?;
        let kind = DocumentType::recognize(&name, &head).map_err(refused)?;
        let id = DocumentId::new(self.now());
        // The file first, its row second: a crash between them leaves a file without a row, which the sweep puts aside.
        let stored = self.files().put(id, bytes, self.organisation().document_limit).await?;
        let (name, size, checksum) = (&name, stored.size, stored.checksum);
        let saved = self.write(permission, |mut work| async move {
            // Others of this user, and of everybody, may have come first.
            self.check_quotas(&mut work, WaitingFiles { files: 1, bytes: size }).await?;
            let stamp = Stamp::new(work.by, work.now);
            let document = Document { id, name: name.clone(), kind, size, checksum, contract: None, stamp };
            work.insert(&document).await?;
            if let Some(session) = self.browser() {
                work.uploads().uploaded_by(id, session).await?;
            }
            work.commit().await?;
            Ok(document)
        });
        let saved = saved.await;
        // In these cases it is certain that no row was written: the file belongs to nobody.
        if matches!(saved, Err(Error::Busy | Error::Invalid(..) | Error::SessionEnded | Error::Forbidden(_))) {
            self.files().remove(id).await?;
        }
        saved
    }

    /// Refuses a file before it is read, where it is known already that there is no room for it. The user has this many other
    /// uploads under way.
    async fn make_room(&self, permission: Permission, others: usize) -> Result<()> {
        if !self.files().has_room().await? {
            return Err(refused(Invalid::DiskNearlyFull));
        }
        let more = WaitingFiles { files: others as u64 + 1, bytes: 0 };
        let mut work = self.read(permission).await?;
        let checked = self.check_quotas(&mut work, more).await;
        drop(work);
        if !matches!(checked, Err(Error::Invalid(..))) || self.crm().remove_abandoned_uploads().await? == 0 {
            return checked;
        }
        self.check_quotas(&mut self.read(permission).await?, more).await
    }

    async fn check_quotas(&self, work: &mut Work, more: WaitingFiles) -> Result<()> {
        let organisation = self.organisation();
        let of_user = UploadQuota::of_user(organisation.waiting_uploads, organisation.document_limit);
        if !of_user.allows(work.uploads().waiting(Some(self.actor().id)).await?.plus(more)) {
            return Err(refused(Invalid::TooManyUploads { files: of_user.files, bytes: of_user.bytes }));
        }
        if !of_user.of_all().allows(work.uploads().waiting(None).await?.plus(more)) {
            return Err(refused(Invalid::UploadsFull));
        }
        Ok(())
    }

    /// A file uploaded a moment ago, shown again on a form that came back with errors. Only to its uploader.
    pub async fn waiting_upload(&self, id: DocumentId) -> Result<Document> {
        let permission =
            self.authorize_any([Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads])?;
        let document: Document = self.read(permission).await?.get(id).await?;
        let own = document.contract.is_none() && document.stamp.created_by == Some(self.actor().id);
        if own { Ok(document) } else { Err(Error::NotFound) }
    }
}

fn refused(why: Invalid) -> Error {
    Error::Invalid(Field::Document, why)
}

/// The first bytes of a stream, and the whole stream again.
async fn peek(mut bytes: ByteStream) -> Result<(Bytes, ByteStream), FilesError> {
    let mut head = BytesMut::new();
    while head.len() < DocumentType::HEAD {
        match bytes.next().await {
            Some(piece) => head.extend_from_slice(&piece?),
            None => break,
        }
    }
    let head = head.freeze();
    let whole = stream::once(std::future::ready(Ok(head.clone()))).chain(bytes).boxed();
    Ok((head, whole))
}
