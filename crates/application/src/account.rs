//! Use cases about one's own account: who I am, my password, where I am signed in.
use domain::{
    audit::Act,
    field::Field,
    passwords::Password,
    record::RecordKind,
    role::Role,
    session::{Session as SignedInBrowser, SessionId},
    user::{PersonName, User},
    values::{Email, Invalid},
};

use crate::{Error, History, Result, Session, accounts::Token};

/// How many sessions the page shows.
const SESSIONS: u16 = 100;

/// One's own account with what belongs to it.
pub struct OwnAccount {
    pub user: User,
    /// By name.
    pub roles: Vec<Role>,
    /// This one first, then the one that was used last; at most 100.
    pub sessions: Vec<SignedInBrowser>,
    pub history: History,
}

/// What nobody needs a permission for, because it is about nobody else.
impl Session {
    /// Without what belongs to them.
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
        let mut roles = Vec::new();
        for role in &user.details.roles {
            roles.push(work.get::<Role>(*role).await?);
        }
        roles.sort_by(|a, b| a.name.cmp(&b.name));
        let history = work.history(RecordKind::User, user.id.0, &user.stamp).await?;
        Ok(OwnAccount { user, roles, sessions, history })
    }

    /// Name and address. What somebody may do, and the name that they sign in with, others decide.
    pub async fn edit_own_profile(&self, version: i32, full_name: PersonName, email: Option<Email>) -> Result<()> {
        let (full_name, email) = (&full_name, &email);
        self.write_for_anyone(|mut work| async move {
            let before: User = work.get_version(self.actor().id, version).await?;
            let mut after = before.clone();
            (after.details.full_name, after.details.email) = (full_name.clone(), email.clone());
            work.update(&before, after).await?;
            work.commit().await
        })
        .await
    }

    /// Ends every session of this user; whoever asked gets a new one. Fails with [`Invalid::WrongPassword`] for
    /// [`Field::CurrentPassword`].
    pub async fn change_own_password(&self, current: &str, new: &Password) -> Result<Token> {
        let user: User = self.read_own().await?.get(self.actor().id).await?;
        if !self.passwords().verify(current, Some(&user.password)).await? {
            return Err(Error::Invalid(Field::CurrentPassword, Invalid::WrongPassword));
        }
        let (hash, token) = (&self.passwords().hash(new).await?, Token::random()?);
        let (verified, here) = (&user.password, token.hash());
        self.write_for_anyone(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            // The hashing took its time: meanwhile somebody else may have set another one, or ended this session.
            if before.password != *verified || !self.is_still_on(&mut work).await? {
                return Err(Error::Conflict);
            }
            let mut after = before.clone();
            after.set_password(hash.clone(), work.now);
            work.update(&before, after).await?;
            work.accounts().remove_sessions_of(before.id).await?;
            let session = self.session_here(here, before.id, work.now);
            work.accounts().insert_session(&session).await?;
            work.commit().await
        })
        .await?;
        Ok(token)
    }

    pub async fn end_own_session(&self, id: SessionId) -> Result<()> {
        let ended = self.end_own(|it| it.id() == id).await?;
        if ended == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Ends all of one's own sessions but this one.
    pub async fn end_other_sessions(&self) -> Result<()> {
        self.end_own(|it| !self.is_this(it)).await.map(drop)
    }

    /// How many it were.
    async fn end_own(&self, ends: impl Fn(&SignedInBrowser) -> bool + Send + Sync) -> Result<usize> {
        let ends = &ends;
        self.write_for_anyone(|mut work| async move {
            let user: User = work.get(self.actor().id).await?;
            let sessions = work.accounts().sessions_of(user.id, u16::MAX).await?;
            let ended: Vec<_> = sessions.into_iter().filter(|it| ends(it)).collect();
            if ended.is_empty() {
                return Ok(0);
            }
            for session in &ended {
                work.accounts().remove_session(session.token).await?;
            }
            work.note_act(Act::SessionsEnded, &user, Vec::new()).await?;
            work.commit().await?;
            Ok(ended.len())
        })
        .await
    }
}
