//! A signed-in browser.
use chrono::{DateTime, TimeDelta, Utc};

use crate::user::UserId;

/// SHA-256 of a session's token. The token itself is only in the user's cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TokenHash(…)")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub token: TokenHash,
    pub user: UserId,
    pub signed_in_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

impl Session {
    /// A session that nobody used for this long is over.
    pub const IDLE: TimeDelta = TimeDelta::hours(8);
    /// A session is over this long after its sign-in, used or not.
    pub const ABSOLUTE: TimeDelta = TimeDelta::hours(24);
    /// The last use is written down at most this often, so that reading a page does not write every time.
    pub const REFRESH: TimeDelta = TimeDelta::minutes(5);

    pub fn new(token: TokenHash, user: UserId, now: DateTime<Utc>) -> Self {
        Self { token, user, signed_in_at: now, last_seen_at: now }
    }

    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        now - self.last_seen_at < Self::IDLE && now - self.signed_in_at < Self::ABSOLUTE
    }

    pub fn needs_refresh(&self, now: DateTime<Utc>) -> bool {
        now - self.last_seen_at >= Self::REFRESH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_at_its_limit() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut session = Session::new(TokenHash([0; 32]), UserId(uuid::Uuid::nil()), start);
        assert!(session.is_live(start + TimeDelta::minutes(479)));
        assert!(!session.is_live(start + TimeDelta::hours(8)));
        session.last_seen_at = start + TimeDelta::minutes(1439);
        assert!(session.is_live(start + TimeDelta::minutes(1439)));
        assert!(!session.is_live(start + TimeDelta::hours(24)));
    }
}
