//! Links by which somebody sets their own password: invitations, and help for users who forgot it.
use domain::{
    access::Permission,
    passwords::Password,
    user::{User, UserId},
};

use crate::{Crm, Error, KnownDevice, Result, Session, accounts::Token};

impl Session {
    /// A link for this user, good for [`PasswordLink::VALID`](domain::user::PasswordLink::VALID) and for one password; the one before is no
    /// longer good. Its holder can sign in as the user.
    pub async fn make_password_link(&self, id: UserId) -> Result<Token> {
        let token = Token::random()?;
        let hash = token.hash();
        self.write(Permission::EditUsers, |mut work| async move {
            let before: User = work.get(id).await?;
            self.may_sign_in_as(&mut work, &before).await?;
            let mut after = before.clone();
            after.invite(hash, work.now);
            work.update(&before, after).await?;
            work.commit().await
        })
        .await?;
        Ok(token)
    }

    /// The user, if the link is theirs, still valid, and its author may still make it.
    pub async fn user_invited_by(&self, id: UserId, link: Option<&Token>) -> Result<Option<User>> {
        let mut work = self.read(Permission::EditUsers).await?;
        let user: User = work.get(id).await?;
        if link.is_none_or(|it| !user.is_invited_by(it.hash(), work.now)) {
            return Ok(None);
        }
        self.may_sign_in_as(&mut work, &user).await?;
        Ok(Some(user))
    }
}

impl Crm {
    /// Whose link this is, while it is good.
    pub async fn invited_by(&self, link: &Token) -> Result<Option<User>> {
        let mut work = self.as_system().await?;
        let now = work.now;
        let found = work.accounts().user_invited_by(link.hash()).await?;
        Ok(found.filter(|it| it.is_invited_by(link.hash(), now)))
    }

    /// Sets the password, once, and ends every session of the user; whose browser this is will be known when they sign in.
    /// Fails with [`Error::NotFound`] where the link is not good.
    pub async fn set_password_by_link(&self, link: &Token, password: &Password) -> Result<Option<KnownDevice>> {
        // Nobody hashes passwords here who has no link.
        self.invited_by(link).await?.ok_or(Error::NotFound)?;
        let hash = &self.passwords().hash(password).await?;
        let token = link.hash();
        let user = self.write_as_system(|mut work| async move {
            let found = work.accounts().user_invited_by(token).await?;
            let before = found.filter(|it| it.is_invited_by(token, work.now)).ok_or(Error::NotFound)?;
            work.by = Some(before.id);
            let mut after = before.clone();
            after.set_password(hash.clone(), work.now);
            let after = work.update(&before, after).await?;
            work.accounts().remove_sessions_of(before.id, None).await?;
            work.commit().await?;
            Ok(after)
        });
        KnownDevice::new(&user.await?)
    }
}
