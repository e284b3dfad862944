//! Signing in and out, and finding out who a request comes from.
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    access::{Actor, Permissions},
    audit::{AuditAction, AuditFilter, FieldChange, SignInFailure},
    field::Field,
    passwords::Queue,
    preferences::Language,
    record::RecordKind,
    session::{BrowserSession, TokenHash},
    store::AuthenticatedUser,
    user::User,
    values::{Invalid, Username, fold},
};
use sha2::{Digest, Sha256};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::{
    Crm, Error, Result, Session, Work,
    device::KnownDevice,
    second_factor::{CodeCheck, prove},
};

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

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl From<[u8; 32]> for Token {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// The cookies of a browser from before.
#[derive(Clone, Copy, Default)]
pub struct Browser<'a> {
    /// The session that it has: signing in ends it.
    pub session: Option<&'a Token>,
    /// What [`KnownDevice::cookie`] gave it.
    pub device: &'a str,
}

/// What becomes of a name and a password.
pub enum SignIn {
    /// Name or password are wrong, or the user may not sign in.
    Refused,
    /// The holder of this token has ten minutes to enter the code of the second factor.
    CodeWanted(Token),
    In(StartedSession),
}

/// A browser is signed in.
pub struct StartedSession {
    pub token: Token,
    pub device: Option<KnownDevice>,
    /// In which its user reads the pages that nobody has to be signed in for.
    pub language: Option<Language>,
}

impl StartedSession {
    pub(crate) fn of(user: &User, token: Token) -> Result<Self> {
        Ok(Self { token, device: KnownDevice::new(user)?, language: user.details.preferences.language })
    }
}

/// An action that a signed-in user has to complete before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredAction {
    /// Their password was set by somebody else.
    ChangePassword,
    /// One of their roles asks for it.
    TurnOnSecondFactor,
}

impl RequiredAction {
    fn of(found: &AuthenticatedUser) -> Option<Self> {
        if found.user.password_is_temporary {
            Some(Self::ChangePassword)
        } else if found.needs_second_factor && found.user.second_factor.is_none() {
            Some(Self::TurnOnSecondFactor)
        } else {
            None
        }
    }
}

/// The current permissions of a user, and the action that is required first: until then they have none.
pub(crate) fn effective_actor(found: &AuthenticatedUser) -> (Actor, Option<RequiredAction>) {
    let (required_action, user) = (RequiredAction::of(found), &found.user);
    let name = user.display_name().to_owned();
    let actor = match required_action {
        Some(_) => Actor::new(user.id, name, false, Permissions::default()),
        None => Actor::new(user.id, name, user.details.superuser, found.permissions.clone()),
    };
    (actor, required_action)
}

/// Whether somebody is signed in by it.
pub(crate) fn is_on(found: &AuthenticatedUser, now: DateTime<Utc>) -> bool {
    found.session.is_live(now) && !found.session.awaits_code && found.user.active
}

fn is_waiting(found: &AuthenticatedUser, now: DateTime<Utc>) -> bool {
    found.session.is_live(now) && found.session.awaits_code && found.user.active
}

fn about(user: &User) -> AuditFilter {
    AuditFilter { record: Some(user.id.0), kind: Some(RecordKind::User), ..Default::default() }
}

impl Work {
    async fn note_sign_in(&mut self, user: &User, step: Option<i64>) -> Result<()> {
        self.by = Some(user.id);
        let now = self.now;
        self.accounts().signed_in(user.id, now, step).await?;
        self.note_action(AuditAction::SignedIn, user, Vec::new()).await
    }
}

/// How long a sign-in waits for its audit entry.
const REFRESH: Duration = Duration::from_millis(500);
/// No refusal comes sooner after the password was looked at: longer than writing it down usually takes.
const REFUSAL: Duration = Duration::from_millis(100);

impl Crm {
    /// One answer, after the same time, whether the name or the password is wrong or the user may not sign in. Fails with
    /// [`Error::Throttled`] where too many attempts failed before this one.
    pub async fn sign_in(&self, username: &str, password: &str, before: Browser<'_>) -> Result<SignIn> {
        let user = match Username::parse(username) {
            Ok(username) => self.as_system().await?.accounts().user_named(&username).await?,
            Err(_) => None,
        };
        let known = user.as_ref().and_then(|it| Some((it.id, KnownDevice::proved(before.device, it)?)));
        let attempt = match known {
            Some((user, device)) => self.throttle().known_device(user, device, self.now()).await?,
            None => self.throttle().sign_in(&fold(username.trim()), self.address(), self.now()).await?,
        };
        let hash = user.as_ref().and_then(|it| it.password.as_ref());
        let queue = if known.is_some() { Queue::Known } else { Queue::Strangers };
        let right = match self.passwords().verify(password, hash, queue).await {
            Ok(right) => right,
            Err(error) => {
                attempt.forgive();
                return Err(error.into());
            }
        };
        let user = match user {
            Some(user) if right && user.active => user,
            refused => {
                // Another attempt may wait for the result of this one. It need not wait for the audit entry.
                drop(attempt);
                let why = if right { SignInFailure::AccessClosed } else { SignInFailure::Password };
                // The time of the audit entry must not reveal that the user exists.
                tokio::join!(self.note_failed_sign_in(refused.as_ref(), why), sleep(REFUSAL));
                return Ok(SignIn::Refused);
            }
        };
        attempt.forgive();
        let (token, awaits_code) = (Token::random()?, user.second_factor.is_some());
        let (user, hash) = (&user, token.hash());
        let let_in = self
            .write_as_system(|mut work| async move {
                // Hashing takes time: a user who was deactivated or got another password meanwhile is not let in.
                let stored: User = work.get(user.id).await?;
                let same_factor = stored.second_factor.is_some() == awaits_code;
                if !stored.active || stored.password != user.password || !same_factor {
                    return Ok(false);
                }
                if let Some(before) = before.session {
                    work.accounts().remove_session(before.hash()).await?;
                }
                let session = self.session_here(hash, user.id, work.now);
                work.accounts().insert_session(&BrowserSession { awaits_code, ..session }).await?;
                if awaits_code {
                    if !work.happened_too_often(AuditAction::CodeAsked, about(user)).await? {
                        work.note_action(AuditAction::CodeAsked, user, Vec::new()).await?;
                    }
                } else {
                    work.note_sign_in(user, None).await?;
                }
                work.commit().await?;
                Ok(true)
            })
            .await?;
        Ok(match let_in {
            false => SignIn::Refused,
            true if awaits_code => SignIn::CodeWanted(token),
            true => SignIn::In(StartedSession::of(user, token)?),
        })
    }

    /// Whether the browser with this token still may tell the code of a second factor.
    pub async fn awaits_code(&self, token: &Token) -> Result<bool> {
        Ok(self.waiting_for_code(token).await?.is_some())
    }

    async fn waiting_for_code(&self, token: &Token) -> Result<Option<User>> {
        let mut work = self.as_system().await?;
        let now = work.now;
        let found = work.accounts().session(token.hash()).await?;
        Ok(found.filter(|it| is_waiting(it, now)).map(|it| it.user))
    }

    /// Signs in a user after the right password, by a code of the app or a recovery code. Fails with
    /// [`Invalid::WrongCode`] for [`Field::Code`], and with [`Error::SessionEnded`] where no code is waited for any more.
    pub async fn confirm_sign_in(&self, waiting: &Token, code: &str, device: &str) -> Result<StartedSession> {
        let user = self.waiting_for_code(waiting).await?.ok_or(Error::SessionEnded)?;
        let attempt = self.throttle().code(user.id, KnownDevice::proved(device, &user), self.now()).await?;
        let token = Token::random()?;
        let (waiting, hash) = (waiting.hash(), token.hash());
        let confirmed = self
            .write_as_system(|mut work| async move {
                let now = work.now;
                let found = work.accounts().session(waiting).await?.filter(|it| is_waiting(it, now));
                let user = found.ok_or(Error::SessionEnded)?.user;
                let proof = user.second_factor.as_ref().and_then(|it| prove(it, code, now));
                work.by = Some(user.id);
                let step = match proof.ok_or(Error::Invalid(Field::Code, Invalid::WrongCode))? {
                    CodeCheck::App(step) => Some(step),
                    CodeCheck::Recovery(code) => {
                        let mut after = user.clone();
                        if let Some(factor) = &mut after.second_factor {
                            factor.recovery.remove(&code);
                        }
                        work.update(&user, after).await?;
                        None
                    }
                };
                work.accounts().remove_session(waiting).await?;
                work.accounts().insert_session(&self.session_here(hash, user.id, now)).await?;
                work.note_sign_in(&user, step).await?;
                work.commit().await
            })
            .await;
        if let Err(wrong @ Error::Invalid(..)) = confirmed {
            self.note_failed_sign_in(Some(&user), SignInFailure::Code).await;
            return Err(wrong);
        }
        attempt.forgive();
        confirmed?;
        StartedSession::of(&user, token)
    }

    /// Under a name that is not a user's, people type passwords: of such an attempt nothing is kept. But it waits for its turn
    /// to write as well, since others who write may make that long.
    ///
    /// Whatever becomes of the entry, the answer is the same, and comes soon.
    pub(crate) async fn note_failed_sign_in(&self, user: Option<&User>, why: SignInFailure) {
        let noted = self.write_as_system(|mut work| async move {
            let Some(user) = user else {
                let nobody =
                    AuditFilter { record: Some(Uuid::nil()), kind: Some(RecordKind::User), ..Default::default() };
                work.happened_too_often(AuditAction::SignInFailed, nobody).await?;
                return Ok(());
            };
            // Everybody may try passwords; the others are rare, and must not be pushed out by them.
            if why == SignInFailure::Password && work.happened_too_often(AuditAction::SignInFailed, about(user)).await?
            {
                return Ok(());
            }
            work.by = Some(user.id).filter(|_| why == SignInFailure::CurrentPassword);
            let reason = FieldChange { field: Field::Reason, before: None, after: Some(why.code().to_owned()) };
            work.note_action(AuditAction::SignInFailed, user, vec![reason]).await?;
            work.commit().await
        });
        match timeout(REFRESH, noted).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a failed sign-in could not be written down"),
            Err(_) => tracing::warn!("a failed sign-in could not be written down in time"),
        }
    }

    pub async fn sign_out(&self, token: &Token) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let Some(ended) = work.accounts().session(token.hash()).await? else { return Ok(()) };
            work.accounts().remove_session(token.hash()).await?;
            if is_on(&ended, work.now) {
                work.by = Some(ended.user.id);
                work.note_action(AuditAction::SignedOut, &ended.user, Vec::new()).await?;
            }
            work.commit().await
        })
        .await?;
        // Signing out has succeeded all the same: the sweep comes back to the files within a minute.
        if let Err(error) = self.remove_abandoned_uploads().await {
            tracing::warn!(%error, "the uploads of a session that has ended could not be removed");
        }
        Ok(())
    }

    /// The user of the browser with this token, with their current permissions.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>> {
        let mut work = self.as_system().await?;
        let now = work.now;
        let found = work.accounts().session(token.hash()).await?;
        let Some(found) = found.filter(|it| is_on(it, now)) else { return Ok(None) };
        drop(work);
        if found.session.needs_refresh(now) {
            // Who reads shall read, even while nothing can be written, or only slowly.
            match timeout(REFRESH, self.refresh(token)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the last use of a session could not be written down"),
                Err(_) => tracing::warn!("the last use of a session could not be written down in time"),
            }
        }
        Ok(Some(self.session_in(&found)))
    }

    async fn refresh(&self, token: &Token) -> Result<()> {
        self.write_as_system(|mut work| async move {
            let now = work.now;
            work.accounts().refresh_session(token.hash(), now).await?;
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
