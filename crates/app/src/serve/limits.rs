//! What one client, and all of them, may hold of the server. Every number with its reason.
use std::time::Duration;

/// How long the headers of a request may take; an idle connection that is kept alive ends after it, too.
///
/// Browsers send headers at once. A proxy must forget idle connections before: ten seconds leave it room.
pub(super) const HEADERS: Duration = Duration::from_secs(10);
/// The headers of one request in bytes, and what is buffered of a connection in each direction.
///
/// No browser sends more to us. All connections together then hold at most 64 MiB.
pub(super) const BUFFER: usize = 32 * 1024;
/// How many connections there are at once.
///
/// A team of two hundred with six connections each is rarely busy at the same second.
pub(super) const CONNECTIONS: usize = 1024;
/// How many of them one address may have. An IPv6 address counts as its network of 64 bits, which one client owns.
///
/// An office of fifty behind one address has up to 300, but most of them idle, and those give way. Four
/// addresses have to conspire to take all places.
pub(super) const OF_ONE_ADDRESS: usize = 256;
/// How many of them one IPv6 site of 48 bits may have: providers give a customer that many networks of 64 bits.
pub(super) const OF_ONE_SITE: usize = 512;
/// An idle connection gives way to a newcomer after this time, when there is no place left.
///
/// A client that has just connected sends its request within it.
pub(super) const IDLE: Duration = Duration::from_secs(1);
/// Files of the process that are not connections: the database, documents, the system's own.
pub(super) const OTHER_FILES: usize = 128;
/// How much of an answer waits in the system before the client takes it.
///
/// The system would buffer megabytes, and a slow reader would look like one that reads nothing for minutes.
pub(super) const UNSENT: u32 = 32 * 1024;
/// How many refused newcomers are waited for at once, so that they get to read why.
pub(super) const REFUSALS: usize = 64;
/// How long a client may be silent, and go on sending in all, after an answer to a request that was not read to its end.
///
/// Closing at once would discard the answer, where the client looks for it only after it has sent everything.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);
pub(super) const LONGEST_FAREWELL: Duration = Duration::from_secs(10);
/// The pause after each 16 KiB that are read and dropped: at most 5 MiB a second, so that refused uploads do not use up a core.
pub(super) const REST: Duration = Duration::from_millis(3);
/// How many connections the system keeps until they are accepted. Beyond it clients try again after a second.
///
/// More than all places: a thousand clients that come at once are told at once.
pub(super) const QUEUE: u32 = 4096;
/// When no connection can be accepted, such as with too many open files, trying again at once would only be noise.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
