//! Uploading documents: checked by name and by content, streamed to storage, kept for their contract.
use bytes::{Bytes, BytesMut};
use domain::{
    access::Permission,
    document::{Document, DocumentId, DocumentType},
    field::Field,
    files::{ByteStream, FilesError},
    record::Stamp,
    values::FileName,
};
use futures::{StreamExt, stream};

use crate::{Error, Result, Session};

impl Session {
    /// Stores a file that a contract will take. For those who may make or edit contracts, or convert leads.
    pub async fn upload(&self, name: &str, bytes: ByteStream) -> Result<Document> {
        let permission =
            self.authorize_any([Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads])?;
        let name = FileName::of_upload(name).map_err(|it| Error::Invalid(Field::Document, it))?;
        let (head, bytes) = peek(bytes).await?;
        let kind = DocumentType::recognize(&name, &head).map_err(|it| Error::Invalid(Field::Document, it))?;
        let id = DocumentId::new(self.now());
        // The file first, its row second: a crash between them leaves a file without a row, which the sweep puts aside.
        let stored = self.files().put(id, bytes, self.organisation().document_limit).await?;
        let (name, size, checksum) = (&name, stored.size, stored.checksum);
        let saved = self.write(permission, |mut work| async move {
            let stamp = Stamp::new(work.by, work.now);
            let document = Document { id, name: name.clone(), kind, size, checksum, contract: None, stamp };
            work.insert(&document).await?;
            work.commit().await?;
            Ok(document)
        });
        let saved = saved.await;
        // Only then it is certain that no row was written.
        if matches!(saved, Err(Error::Busy)) {
            self.files().remove(id).await?;
        }
        saved
    }

    /// A file uploaded a moment ago, shown again on a form that came back with errors. Only to whoever uploaded it.
    pub async fn waiting_upload(&self, id: DocumentId) -> Result<Document> {
        let permission =
            self.authorize_any([Permission::CreateContracts, Permission::EditContracts, Permission::ConvertLeads])?;
        let document: Document = self.read(permission).await?.get(id).await?;
        let own = document.contract.is_none() && document.stamp.created_by == Some(self.actor().id);
        if own { Ok(document) } else { Err(Error::NotFound) }
    }
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
