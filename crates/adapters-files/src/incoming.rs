//! An upload as it arrives: counted, and cut into pieces of one length.
use bytes::{Buf, Bytes, BytesMut};
use domain::files::{ByteStream, FilesError};
use futures::StreamExt;

pub(crate) struct Incoming {
    bytes: ByteStream,
    limit: u64,
    size: u64,
    /// What has arrived and belongs to the next pieces.
    rest: Bytes,
}

impl Incoming {
    pub(crate) fn new(bytes: ByteStream, limit: u64) -> Self {
        Self { bytes, limit, size: 0, rest: Bytes::new() }
    }

    /// How many bytes have arrived.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The next piece: that many bytes, or fewer at the end, or none after it.
    ///
    /// The bytes are copied, once. Keeping the chunks as they arrived would keep the buffers they were cut from, too:
    /// a sender of single bytes could fill the memory.
    pub(crate) async fn piece(&mut self, length: usize) -> Result<Bytes, FilesError> {
        // It grows with what arrives: a sender that stops has little in memory.
        let mut piece = BytesMut::new();
        while piece.len() < length {
            if self.rest.is_empty() {
                match self.bytes.next().await {
                    Some(Ok(chunk)) => self.rest = self.counted(chunk)?,
                    Some(Err(_)) => return Err(FilesError::Interrupted),
                    None => break,
                }
            }
            let taken = self.rest.len().min(length - piece.len());
            piece.extend_from_slice(&self.rest[..taken]);
            self.rest.advance(taken);
        }
        Ok(piece.freeze())
    }

    fn counted(&mut self, chunk: Bytes) -> Result<Bytes, FilesError> {
        self.size = self.size.saturating_add(chunk.len() as u64);
        if self.size > self.limit { Err(FilesError::TooLarge { limit: self.limit }) } else { Ok(chunk) }
    }
}
