//! Reads a form with files in chunks. Its memory use is bounded, and it looks at each byte once.
//!
//! The `multer` crate of axum is not used. It collects a part's header and the preamble without a limit, and it searches all
//! those bytes again with each chunk.
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use bytes::{Buf, BytesMut};
use memchr::{memmem, memrchr};

use self::parameters::parameter;
use crate::{form_body::FORM_LIMIT, paced_body::PacedBody};

mod parameters;
#[cfg(test)]
mod tests;

/// The largest header of a part, in bytes. Our longest one has a file name of 255 characters.
const HEADER: usize = 16 * 1024;
/// No form with a file has more fields.
const MOST_PARTS: usize = 100;
/// RFC 2046, 5.1.1.
const LONGEST_BOUNDARY: usize = 70;

/// Why the next part or chunk cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MultipartError {
    /// The sender stopped, was too slow, or does not send a form with files.
    Interrupted,
    TooLarge,
}

type Result<T> = std::result::Result<T, MultipartError>;

pub(crate) struct Multipart {
    body: PacedBody,
    /// A line break, two hyphens and the boundary.
    delimiter: memmem::Finder<'static>,
    /// Received bytes that are not handed on yet: at most a header and one piece of the body.
    buffer: BytesMut,
    position: Position,
    /// How many more bytes may arrive in total, and outside of files.
    left: u64,
    left_outside_files: usize,
    parts: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Preamble,
    /// In the data of a part.
    Data,
    /// Directly after a delimiter.
    Delimiter,
    End,
}

/// A part, read up to its end or to the next part.
pub(crate) struct Part<'a> {
    whole: &'a mut Multipart,
    pub(crate) name: String,
    /// Only a file has a file name. An unused file field has an empty one.
    pub(crate) file_name: Option<String>,
}

impl Multipart {
    /// Reads the body of a request with these headers. Including files, the body may have at most `limit` bytes.
    pub(crate) fn new(headers: &HeaderMap, body: Body, limit: u64) -> Result<Self> {
        let media_type = headers.get(header::CONTENT_TYPE).ok_or(MultipartError::Interrupted)?;
        let boundary = parameter(media_type.as_bytes(), "boundary").ok_or(MultipartError::Interrupted)?;
        if boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY || boundary.contains(['\r', '\n']) {
            return Err(MultipartError::Interrupted);
        }
        let declared = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|it| it > limit) {
            return Err(MultipartError::TooLarge);
        }
        Ok(Self {
            body: PacedBody::new(body),
            delimiter: memmem::Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned(),
            // The first delimiter has no line break before it.
            buffer: BytesMut::from("\r\n"),
            position: Position::Preamble,
            left: limit,
            left_outside_files: FORM_LIMIT,
            parts: 0,
        })
    }

    /// The next part, or `None` at the end of the body. Unread data of the previous part is skipped.
    pub(crate) async fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        while matches!(self.position, Position::Preamble | Position::Data) {
            let is_preamble = self.position == Position::Preamble;
            if let Some(piece) = self.piece().await?
                && is_preamble
            {
                self.spend(piece.len())?;
            }
        }
        if self.position == Position::End || self.is_last().await? {
            self.position = Position::End;
            return self.epilogue().await.map(|()| None);
        }
        let head = self.head().await?;
        let (name, file_name) = named(&head)?;
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(MultipartError::Interrupted);
        }
        self.position = Position::Data;
        Ok(Some(Part { whole: self, name, file_name }))
    }

    /// Counts bytes outside of files.
    fn spend(&mut self, bytes: usize) -> Result<()> {
        self.left_outside_files = self.left_outside_files.checked_sub(bytes).ok_or(MultipartError::TooLarge)?;
        Ok(())
    }

    /// Reads the next chunk of the body. Returns whether there was one.
    async fn fill(&mut self) -> Result<bool> {
        let Some(piece) = self.body.piece().await.map_err(|_| MultipartError::Interrupted)? else { return Ok(false) };
        let Some(left) = self.left.checked_sub(piece.len() as u64) else {
            self.left = 0;
            return Err(MultipartError::TooLarge);
        };
        self.left = left;
        self.buffer.extend_from_slice(&piece);
        Ok(true)
    }

    async fn fill_or_break_off(&mut self) -> Result<()> {
        if self.fill().await? { Ok(()) } else { Err(MultipartError::Interrupted) }
    }

    /// The next chunk before a delimiter; `None` once the delimiter is reached.
    async fn piece(&mut self) -> Result<Option<Bytes>> {
        loop {
            let end = match self.delimiter.find(&self.buffer) {
                Some(0) => {
                    self.buffer.advance(self.delimiter.needle().len());
                    self.position = Position::Delimiter;
                    return Ok(None);
                }
                Some(at) => at,
                None => self.buffer.len() - self.perhaps_delimiter(),
            };
            if end > 0 {
                return Ok(Some(self.buffer.split_to(end).freeze()));
            }
            self.fill_or_break_off().await?;
        }
    }

    /// How many of the last bytes may be the beginning of a delimiter. A delimiter contains only one carriage return.
    fn perhaps_delimiter(&self) -> usize {
        let tail = &self.buffer[self.buffer.len().saturating_sub(self.delimiter.needle().len() - 1)..];
        let beginning = memrchr(b'\r', tail).map(|at| &tail[at..]);
        beginning.filter(|it| self.delimiter.needle().starts_with(it)).map_or(0, <[u8]>::len)
    }

    /// Whether the delimiter that was just read is the last one.
    async fn is_last(&mut self) -> Result<bool> {
        while self.buffer.len() < 2 {
            self.fill_or_break_off().await?;
        }
        Ok(self.buffer.starts_with(b"--"))
    }

    /// The rest of a delimiter's line, and the header lines up to the empty one.
    async fn head(&mut self) -> Result<Bytes> {
        const END: &[u8] = b"\r\n\r\n";
        let mut searched = 0;
        loop {
            let header = &self.buffer[..self.buffer.len().min(HEADER)];
            if let Some(at) = memmem::find(&header[searched..], END) {
                let head = self.buffer.split_to(searched + at + END.len()).freeze();
                self.spend(self.delimiter.needle().len() + head.len())?;
                return Ok(head);
            }
            if header.len() == HEADER {
                return Err(MultipartError::Interrupted);
            }
            searched = header.len().saturating_sub(END.len() - 1);
            self.fill_or_break_off().await?;
        }
    }

    /// The epilogue has no meaning, but the response comes only after it.
    async fn epilogue(&mut self) -> Result<()> {
        loop {
            self.spend(self.buffer.len())?;
            self.buffer.clear();
            if !self.fill().await? {
                return Ok(());
            }
        }
    }
}

impl Part<'_> {
    /// The next chunk; `None` at the end of the part.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>> {
        if self.whole.position == Position::Data { self.whole.piece().await } else { Ok(None) }
    }

    /// The whole value of a part that is not a file.
    pub(crate) async fn text(mut self) -> Result<String> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece().await? {
            self.whole.spend(piece.len())?;
            bytes.extend_from_slice(&piece);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The name of a part and of its file. The first line is the rest of the delimiter's line and may contain blanks.
fn named(head: &[u8]) -> Result<(String, Option<String>)> {
    let mut lines = head.split(|it| *it == b'\n').map(<[u8]>::trim_ascii);
    if lines.next().is_none_or(|it| !it.is_empty()) {
        return Err(MultipartError::Interrupted);
    }
    let disposition = lines.find_map(|line| {
        let colon = line.iter().position(|it| *it == b':')?;
        let (name, value) = line.split_at(colon);
        name.trim_ascii().eq_ignore_ascii_case(b"content-disposition").then_some(&value[1..])
    });
    let of = |name| disposition.and_then(|it| parameter(it, name));
    Ok((of("name").unwrap_or_default(), of("filename")))
}
