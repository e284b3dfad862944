//! The second factor of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for the day when it is lost.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

/// The secret that the app and the server share: 160 bits, as RFC 4226 recommends. Shown before it is confirmed and
/// not after, never logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpSecret(pub [u8; 20]);

/// SHA-256 of a recovery code. The code itself has 80 random bits and is nowhere but with its user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecoveryHash(pub [u8; 32]);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    pub secret: TotpSecret,
    /// The time step of the last code that was accepted: no code is good for two sign-ins.
    pub last_step: i64,
    /// Those that were not used yet.
    pub recovery: BTreeSet<RecoveryHash>,
}

impl SecondFactor {
    /// For how long the app shows a code, in seconds.
    pub const STEP: i64 = 30;
    /// How many recovery codes there are at first.
    pub const RECOVERY_CODES: usize = 10;

    /// The time step of a moment.
    pub fn step(at: DateTime<Utc>) -> i64 {
        at.timestamp().div_euclid(Self::STEP)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TotpSecret(…)")
    }
}

impl std::fmt::Debug for RecoveryHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("RecoveryHash(…)")
    }
}
