//! How much of the disk is left, and how much of that is kept for everything but documents.
use std::{
    io,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::fs::statvfs;

const MIB: u64 = 1024 * 1024;

/// What documents leave free: the database on the same disk has to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserve {
    /// 256 MiB, or two per cent of a larger disk.
    Usual,
    /// In bytes.
    Bytes(u64),
}

impl Reserve {
    fn of(self, disk: u64) -> u64 {
        match self {
            Self::Usual => (disk / 50).max(256 * MIB),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The disk that a folder is on.
pub(crate) struct Disk {
    reserve: Reserve,
    /// Whether the log was told so already: once, and not with each file.
    is_known_low: AtomicBool,
}

impl Disk {
    pub(crate) fn new(reserve: Reserve) -> Self {
        Self { reserve, is_known_low: AtomicBool::new(false) }
    }

    /// Whether so many more bytes leave the reserve alone. Asks the system, which takes a microsecond or the disk's time.
    pub(crate) fn has_room_for(&self, bytes: u64, folder: &Path) -> io::Result<bool> {
        let disk = statvfs(folder)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let reserve = self.reserve.of(disk.f_blocks.saturating_mul(disk.f_frsize));
        let has_room = free.saturating_sub(bytes) >= reserve;
        let (free_mib, reserve_mib) = (free / MIB, reserve / MIB);
        // Recovery is told an eighth later, or each file at the limit would be told twice.
        if !has_room {
            if !self.is_known_low.swap(true, Ordering::Relaxed) {
                tracing::warn!(free_mib, reserve_mib, "the disk is nearly full: no documents are accepted");
            }
        } else if free >= reserve.saturating_add(reserve / 8) && self.is_known_low.swap(false, Ordering::Relaxed) {
            tracing::info!(free_mib, reserve_mib, "the disk has room again: documents are accepted");
        }
        Ok(has_room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_reserve_grows_with_the_disk() {
        assert_eq!(Reserve::Usual.of(1024 * MIB), 256 * MIB);
        assert_eq!(Reserve::Usual.of(100_000 * MIB), 2000 * MIB);
        assert_eq!(Reserve::Bytes(0).of(100_000 * MIB), 0);
    }
}
