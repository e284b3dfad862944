//! Users as they sign in, and their sessions.
use std::{cmp::Reverse, collections::BTreeMap, ops::Bound, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    role::RoleId,
    session::{BrowserSession, TokenHash},
    store::{Accounts, AuthenticatedUser, Result, StoreError, UniqueKey},
    user::{User, UserId},
    values::{Username, fold},
};

use crate::work::Work;

#[async_trait]
impl Accounts for Work {
    async fn user_named(&mut self, username: &Username) -> Result<Option<User>> {
        Ok(self.tables().users.with_unique(&fold(username.as_str())).cloned())
    }

    async fn user_invited_by(&mut self, link: TokenHash) -> Result<Option<User>> {
        let invited = |it: &&User| it.password_link.as_ref().is_some_and(|it| it.token == link);
        Ok(self.tables().users.iter().find(invited).cloned())
    }

    async fn signed_in(&mut self, user: UserId, at: DateTime<Utc>, step: Option<i64>) -> Result<()> {
        self.draft()?.users.amend(user, |it| {
            it.last_sign_in_at = Some(at);
            if let (Some(factor), Some(step)) = (&mut it.second_factor, step) {
                factor.last_step = step;
            }
        });
        Ok(())
    }

    async fn session(&mut self, token: TokenHash) -> Result<Option<AuthenticatedUser>> {
        let tables = self.tables();
        let Some(session) = tables.sessions.get(&token) else { return Ok(None) };
        Ok(tables.users.get(session.user).map(|user| {
            let (mut permissions, mut needs_second_factor) = (user.grants.clone(), false);
            for role in user.details.roles.iter().filter_map(|role| tables.roles.get(*role)) {
                permissions.extend(role.permissions.iter());
                needs_second_factor |= role.second_factor;
            }
            AuthenticatedUser { session: session.clone(), user: user.clone(), permissions, needs_second_factor }
        }))
    }

    async fn insert_session(&mut self, session: &BrowserSession) -> Result<()> {
        let user = session.user;
        self.require(move |tables| tables.users.has(user))?;
        if self.tables().sessions.contains_key(&session.token) {
            return Err(StoreError::Taken(UniqueKey::Id));
        }
        self.sessions()?.insert(session.token, session.clone());
        Ok(())
    }

    async fn refresh_session(&mut self, token: TokenHash, seen_at: DateTime<Utc>) -> Result<()> {
        if let Some(session) = self.sessions()?.get_mut(&token) {
            session.use_at(seen_at);
        }
        Ok(())
    }

    async fn remove_session(&mut self, token: TokenHash) -> Result<()> {
        self.sessions()?.remove(&token);
        Ok(())
    }

    async fn remove_sessions_of(&mut self, user: UserId, except: Option<TokenHash>) -> Result<()> {
        self.sessions()?.retain(|token, it| it.user != user || Some(*token) == except);
        Ok(())
    }

    async fn remove_sessions_over(&mut self, now: DateTime<Utc>) -> Result<()> {
        let sessions = self.sessions()?;
        for it in sessions.values_mut() {
            it.last_seen_at = it.last_seen_at.min(now);
            it.signed_in_at = it.signed_in_at.min(now);
        }
        sessions.retain(|_, it| it.is_live(now));
        Ok(())
    }

    async fn sessions_of(&mut self, user: UserId, limit: u16) -> Result<Vec<BrowserSession>> {
        let theirs = self.tables().sessions.values().filter(|it| it.user == user && !it.awaits_code);
        let mut theirs: Vec<BrowserSession> = theirs.cloned().collect();
        theirs.sort_by_key(|it| Reverse((it.last_seen_at, it.token)));
        theirs.truncate(limit.into());
        Ok(theirs)
    }

    async fn sessions(&mut self, after: Option<TokenHash>, limit: u16) -> Result<Vec<BrowserSession>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let sessions = self.tables().sessions.range((from, Bound::Unbounded));
        Ok(sessions.take(limit.into()).map(|it| it.1.clone()).collect())
    }

    async fn active_superusers(&mut self) -> Result<u32> {
        let superusers = self.tables().users.iter().filter(|it| it.active && it.details.superuser).count();
        Ok(u32::try_from(superusers).unwrap_or(u32::MAX))
    }

    async fn active_users_by_role(&mut self) -> Result<BTreeMap<RoleId, u64>> {
        let mut users = BTreeMap::new();
        for role in self.tables().users.iter().filter(|it| it.active).flat_map(|it| &it.details.roles) {
            *users.entry(*role).or_default() += 1;
        }
        Ok(users)
    }
}

impl Work {
    fn sessions(&mut self) -> Result<&mut BTreeMap<TokenHash, BrowserSession>> {
        Ok(Arc::make_mut(&mut self.draft()?.sessions))
    }
}
