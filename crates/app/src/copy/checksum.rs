//! How many there are of a kind, and one number that tells whether two stores have the same ones.
use std::fmt;

use sha2::{Digest, Sha256};

use super::parts::Part;

/// Of records in the same order.
#[derive(Default)]
pub(super) struct Summing {
    number: u64,
    digest: Sha256,
}

#[derive(PartialEq, Eq)]
pub(super) struct Sum {
    number: u64,
    checksum: [u8; 32],
}

impl Summing {
    /// Records as this version of the program writes them out, each piece after its length.
    pub(super) fn add<P: Part>(&mut self, records: &[P]) {
        for record in records {
            self.number += 1;
            for bytes in [format!("{record:?}").into_bytes(), record.secret()] {
                self.digest.update((bytes.len() as u64).to_le_bytes());
                self.digest.update(bytes);
            }
        }
    }

    pub(super) fn sum(self) -> Sum {
        Sum { number: self.number, checksum: self.digest.finalize().into() }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:>9}  sha256 ", self.number)?;
        self.checksum.iter().take(8).try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}
