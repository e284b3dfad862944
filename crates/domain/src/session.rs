//! A signed-in browser.
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

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
pub struct BrowserSession {
    pub token: TokenHash,
    pub user: UserId,
    pub signed_in_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub device: Device,
    /// The address that it was begun from.
    pub from: Option<IpAddr>,
    /// The password was right, and the code of the second factor is still to come: nobody is signed in yet.
    pub awaits_code: bool,
}

/// How a browser calls itself, as far as it fits into 300 characters; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    const LIMIT: usize = 300;

    /// From its `User-Agent`.
    pub fn named(user_agent: &str) -> Self {
        Self(user_agent.chars().filter(|it| !it.is_control()).take(Self::LIMIT).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a session in the list of its user. It does not reveal the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId(pub Uuid);

impl BrowserSession {
    /// A session that nobody used for this long is over.
    pub const IDLE: TimeDelta = TimeDelta::hours(8);
    /// A session is over this long after its sign-in, used or not.
    pub const ABSOLUTE: TimeDelta = TimeDelta::hours(24);
    /// For how long a code is waited for.
    pub const CODE: TimeDelta = TimeDelta::minutes(10);
    /// The last use is written down at most this often, so that reading a page does not write every time.
    pub const REFRESH: TimeDelta = TimeDelta::minutes(5);

    pub fn new(token: TokenHash, user: UserId, now: DateTime<Utc>) -> Self {
        Self {
            token,
            user,
            signed_in_at: now,
            last_seen_at: now,
            device: Device::default(),
            from: None,
            awaits_code: false,
        }
    }

    pub fn id(&self) -> SessionId {
        let mut half = [0; 16];
        half.copy_from_slice(&self.token.0[..16]);
        SessionId(Uuid::from_bytes(half))
    }

    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        let (idle, absolute) = if self.awaits_code { (Self::CODE, Self::CODE) } else { (Self::IDLE, Self::ABSOLUTE) };
        now - self.last_seen_at < idle && now - self.signed_in_at < absolute
    }

    pub fn needs_refresh(&self, now: DateTime<Utc>) -> bool {
        now - self.last_seen_at >= Self::REFRESH || self.is_ahead_of(now)
    }

    /// Whether the clock was set back since. Such a session would live until the clock is again where it was.
    pub fn is_ahead_of(&self, now: DateTime<Utc>) -> bool {
        self.last_seen_at.max(self.signed_in_at) - now >= Self::REFRESH
    }

    /// Used at this moment. A session that is ahead of it counts its time from now on.
    pub fn use_at(&mut self, now: DateTime<Utc>) {
        self.last_seen_at = now;
        self.signed_in_at = self.signed_in_at.min(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_calls_itself_is_cut_and_holds_no_control_characters() {
        assert_eq!(Device::named("Mozilla/5.0\u{0}\r\n (X)").as_str(), "Mozilla/5.0 (X)");
        assert_eq!(Device::named(&"ё".repeat(1000)).as_str().chars().count(), 300);
    }

    #[test]
    fn a_session_ends_when_idle_and_at_its_limit() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut session = BrowserSession::new(TokenHash([0; 32]), UserId(uuid::Uuid::nil()), start);
        assert!(session.is_live(start + TimeDelta::minutes(479)));
        assert!(!session.is_live(start + TimeDelta::hours(8)));
        session.last_seen_at = start + TimeDelta::minutes(1439);
        assert!(session.is_live(start + TimeDelta::minutes(1439)));
        assert!(!session.is_live(start + TimeDelta::hours(24)));
        // A clock that is set back by a month neither ends a session nor makes it live for a month.
        let month = TimeDelta::days(30);
        let mut session = BrowserSession::new(TokenHash([0; 32]), session.user, start + month);
        assert!(session.is_live(start) && session.needs_refresh(start));
        session.use_at(start);
        assert!(!session.needs_refresh(start) && session.is_live(start + TimeDelta::hours(7)));
        assert!(!session.is_live(start + TimeDelta::hours(8)));
        let waiting =
            BrowserSession { awaits_code: true, ..BrowserSession::new(TokenHash([0; 32]), session.user, start) };
        assert!(waiting.is_live(start + TimeDelta::seconds(599)) && !waiting.is_live(start + TimeDelta::minutes(10)));
    }
}
