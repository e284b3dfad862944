//! Use cases about one's own account: who I am, my password, where I am signed in.
use domain::{
    audit::{AuditAction, SignInFailure},
    field::Field,
    passwords::{Password, Queue},
    preferences::Preferences,
    record::RecordKind,
    role::Role,
    session::{BrowserSession, SessionId},
    user::{PersonName, User},
    values::{Email, Invalid},
};

use crate::{
    Error, History, Result, Session,
    accounts::{StartedSession, Token},
};

/// How many sessions the page shows.
const SESSIONS: u16 = 100;

/// The user's own account with its sessions.
pub struct OwnAccount {
    pub user: User,
    /// By name.
    pub roles: Vec<Role>,
    /// This one first, then the one that was used last; at most 100.
    pub sessions: Vec<BrowserSession>,
    pub history: History,
}

/// What everybody may say of themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    pub full_name: PersonName,
    pub email: Option<Email>,
    pub preferences: Preferences,
}

/// What nobody needs a permission for, because it is about nobody else.
impl Session {
    /// Without related records.
    pub async fn own_user(&self) -> Result<User> {
        self.read_own().await?.get(self.actor().id).await
    }

    pub async fn own_account(&self) -> Result<OwnAccount> {
        let mut work = self.read_own().await?;
        let user: User = work.get(self.actor().id).await?;
        let now = work.now;
        let mut sessions = work.accounts().sessions_of(user.id, SESSIONS).await?;
        sessions.retain(|it| it.is_live(now));
        sessions.sort_by_key(|it| !self.is_this(it));
        let roles = work.roles_of(&user).await?;
        let history = work.history(RecordKind::User, user.id.0, &user.stamp).await?;
        Ok(OwnAccount { user, roles, sessions, history })
    }

    /// Permissions and the username are changed by others.
    pub async fn edit_own_profile(&self, version: i32, profile: Profile) -> Result<()> {
        let profile = &profile;
        self.write_own(|mut work| async move {
            let before: User = work.get_version(self.actor().id, version).await?;
            let mut after = before.clone();
            (after.details.full_name, after.details.email) = (profile.full_name.clone(), profile.email.clone());
            after.details.preferences = profile.preferences;
            work.update(&before, after).await?;
            work.commit().await
        })
        .await
    }

    /// The changed preferences; the rest stays.
    pub async fn choose_preferences(&self, chosen: Preferences) -> Result<()> {
        self.write_own(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            let mut after = before.clone();
            after.details.preferences = chosen.or(before.details.preferences);
            work.update(&before, after).await?;
            work.commit().await
        })
        .await
    }

    /// Fails with [`Invalid::WrongPassword`] for [`Field::CurrentPassword`], and with [`Error::Throttled`] where too many
    /// were wrong before.
    pub(crate) async fn verify_own_password(&self, typed: &str) -> Result<User> {
        let user = self.own_user().await?;
        let attempt = self.throttle().own_password(user.id, self.now()).await?;
        let right = self.passwords().verify(typed, user.password.as_ref(), Queue::Known).await;
        match right {
            Ok(false) => drop(attempt),
            _ => attempt.forgive(),
        }
        if right? {
            return Ok(user);
        }
        self.crm().note_failed_sign_in(Some(&user), SignInFailure::CurrentPassword).await;
        Err(Error::Invalid(Field::CurrentPassword, Invalid::WrongPassword))
    }

    /// Ends every session of this user; the caller gets a new one. Fails with [`Invalid::WrongPassword`] for
    /// [`Field::CurrentPassword`], and with [`Invalid::SamePassword`] where that is the new one.
    pub async fn change_own_password(&self, current: &str, new: &Password) -> Result<StartedSession> {
        let user = self.verify_own_password(current).await?;
        if current == new.expose() {
            return Err(Error::Invalid(Field::Password, Invalid::SamePassword));
        }
        let (hash, token) = (&self.passwords().hash(new).await?, Token::random()?);
        let (verified, here) = (&user.password, token.hash());
        let changed = self.write_own(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            // The hashing took its time: meanwhile somebody else may have set another one.
            if before.password != *verified {
                return Err(Error::Conflict);
            }
            // On its own, so that history can tell this password from one that was set by the link.
            let before = work.update(&before, User { password_link: None, ..before.clone() }).await?;
            let mut after = before.clone();
            after.set_password(hash.clone(), work.now);
            let after = work.update(&before, after).await?;
            work.accounts().remove_sessions_of(before.id, None).await?;
            let session = self.session_here(here, before.id, work.now);
            work.accounts().insert_session(&session).await?;
            work.commit().await?;
            Ok(after)
        });
        StartedSession::of(&changed.await?, token)
    }

    pub async fn end_own_session(&self, id: SessionId) -> Result<()> {
        self.write_own(|mut work| async move {
            let user: User = work.get(self.actor().id).await?;
            let sessions = work.accounts().sessions_of(user.id, u16::MAX).await?;
            let ended = sessions.iter().find(|it| it.id() == id).ok_or(Error::NotFound)?;
            work.accounts().remove_session(ended.token).await?;
            work.note_action(AuditAction::SessionsEnded, &user, Vec::new()).await?;
            work.commit().await
        })
        .await
    }

    /// Ends all of one's own sessions but this one.
    pub async fn end_other_sessions(&self) -> Result<()> {
        self.write_own(|mut work| async move {
            let user: User = work.get(self.actor().id).await?;
            // Of two, one is another one.
            let some = work.accounts().sessions_of(user.id, 2).await?;
            if some.iter().any(|it| !self.is_this(it)) {
                work.note_action(AuditAction::SessionsEnded, &user, Vec::new()).await?;
            }
            // Those that wait for a code are in no list, and end with the others.
            work.accounts().remove_sessions_of(user.id, self.browser()).await?;
            work.commit().await
        })
        .await
    }
}
