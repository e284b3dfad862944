//! Signing in and out, and finding out who a request comes from.
use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    access::Actor,
    audit::{Act, AuditFilter},
    record::RecordKind,
    session::{Session as SignedInBrowser, TokenHash},
    user::User,
    values::Username,
};
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::{Crm, Error, Result, Session};

/// The secret in a signed-in browser's cookie: 256 random bits. The store keeps only its SHA-256.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    pub(crate) fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|it| Error::Unavailable(Box::new(it)))?;
        Ok(Self(bytes))
    }

    /// From a cookie's 64 hexadecimal digits.
    pub fn parse(cookie: &str) -> Option<Self> {
        let digits = cookie.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// As the cookie carries it.
    pub fn cookie(&self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

/// How long somebody waits for what they do to be written down.
const REFRESH: Duration = Duration::from_millis(500);

impl Crm {
    /// A new session, or nothing where the name or the password is wrong or the user may not sign in: one
    /// answer, after the same time, for all three. Ends the session that the browser had before.
    pub async fn sign_in(&self, username: &str, password: &str, before: Option<&Token>) -> Result<Option<Token>> {
        let user = match Username::parse(username) {
            Ok(username) => self.as_system().await?.accounts().user_named(&username).await?,
            Err(_) => None,
        };
        let right = self.passwords().verify(password, user.as_ref().map(|it| &it.password)).await?;
        let user = match user {
            Some(user) if right && user.active => user,
            Some(user) => {
                // Whatever becomes of the entry, the answer is the same, and comes soon.
                match timeout(REFRESH, self.note_failed_sign_in(&user)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "a failed sign-in could not be written down"),
                    Err(_) => tracing::warn!("a failed sign-in could not be written down in time"),
                }
                return Ok(None);
            }
            None => return Ok(None),
        };
        let token = Token::random()?;
        let (user, hash) = (&user, token.hash());
        let let_in = self
            .write_as_system(|mut work| async move {
                let session = self.session_here(hash, user.id, work.now);
                // The password took its time: whoever was deactivated or given another one meanwhile stays outside.
                let unchanged = work.get::<User>(user.id).await? == *user;
                if !unchanged {
                    return Ok(false);
                }
                if let Some(before) = before {
                    work.accounts().remove_session(before.hash()).await?;
                }
                work.accounts().insert_session(&session).await?;
                work.by = Some(user.id);
                work.note_act(Act::SignedIn, user, Vec::new()).await?;
                work.commit().await?;
                Ok(true)
            })
            .await?;
        Ok(let_in.then_some(token))
    }

    /// Under a name that is not a user's, people type passwords: of such an attempt nothing is kept.
    async fn note_failed_sign_in(&self, user: &User) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let theirs = AuditFilter { record: Some(user.id.0), kind: Some(RecordKind::User), ..Default::default() };
            if work.happened_too_often(Act::SignInFailed, theirs).await? {
                return Ok(());
            }
            work.note_act(Act::SignInFailed, user, Vec::new()).await?;
            work.commit().await
        })
        .await
    }

    pub async fn sign_out(&self, token: &Token) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let Some(ended) = work.accounts().session(token.hash()).await? else { return Ok(()) };
            work.accounts().remove_session(token.hash()).await?;
            work.by = Some(ended.user.id);
            work.note_act(Act::SignedOut, &ended.user, Vec::new()).await?;
            work.commit().await
        })
        .await
    }

    /// Who the browser with this token is signed in as, with what they may do at this moment.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>> {
        let mut work = self.as_system().await?;
        let now = work.now;
        let found = work.accounts().session(token.hash()).await?;
        let Some(found) = found.filter(|it| it.session.is_live(now) && it.user.active) else { return Ok(None) };
        drop(work);
        if found.session.needs_refresh(now) {
            // Who reads shall read, even while nothing can be written, or only slowly.
            match timeout(REFRESH, self.refresh(token)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the last use of a session could not be written down"),
                Err(_) => tracing::warn!("the last use of a session could not be written down in time"),
            }
        }
        let name = found.user.display_name().to_owned();
        let actor = Actor::new(found.user.id, name, found.user.details.superuser, found.permissions);
        Ok(Some(self.session_in(token.hash(), actor)))
    }

    async fn refresh(&self, token: &Token) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let now = work.now;
            work.accounts().refresh_session(token.hash(), now).await?;
            work.commit().await
        })
        .await
    }

    /// Forgets sessions that are over.
    pub(crate) async fn forget_old_sessions(&self) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let ago = |it: TimeDelta| work.now - it;
            let (signed_in, seen) = (ago(SignedInBrowser::ABSOLUTE), ago(SignedInBrowser::IDLE));
            work.accounts().remove_sessions_before(signed_in, seen).await?;
            work.commit().await
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_back_and_nothing_else_is() {
        let token = Token::random().unwrap();
        assert_eq!(Token::parse(&token.cookie()).unwrap().hash(), token.hash());
        for cookie in ["", "00", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"я".repeat(32)] {
            assert!(Token::parse(cookie).is_none(), "{cookie}");
        }
        assert_ne!(Token::random().unwrap().cookie(), token.cookie());
    }
}
