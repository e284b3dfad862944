//! Browsers that somebody has signed in with before.
use domain::{passwords::PasswordHash, user::User};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Result, accounts::Token};

/// What such a browser keeps in a cookie: a random number, and the proof that it was given to this user. The proof is made with the
/// stored form of the password, so that it needs no key of its own, and ends with the password.
pub struct KnownDevice {
    number: String,
    proof: String,
}

impl KnownDevice {
    /// For a browser that this user has just signed in with; none for a user without a password.
    pub(crate) fn new(user: &User) -> Result<Option<Self>> {
        let number = Token::random()?.cookie()[..32].to_owned();
        Ok(mac(user, &number).map(|it| Self { proof: Token::from(it).cookie(), number }))
    }

    /// The number, if the cookie was given to this user.
    pub(crate) fn proved<'a>(cookie: &'a str, user: &User) -> Option<&'a str> {
        let (number, proof) = cookie.split_once('.')?;
        let proof = Token::parse(proof)?;
        // `Mac` compares in constant time.
        keyed(user, number)?.verify_slice(proof.bytes()).ok().map(|()| number)
    }

    /// For a cookie.
    pub fn cookie(&self) -> String {
        format!("{}.{}", self.number, self.proof)
    }
}

fn keyed(user: &User, number: &str) -> Option<Hmac<Sha256>> {
    let key = user.password.as_ref().map(PasswordHash::as_str)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(b"voronka device ");
    mac.update(user.id.0.as_bytes());
    mac.update(number.as_bytes());
    Some(mac)
}

fn mac(user: &User, number: &str) -> Option<[u8; 32]> {
    keyed(user, number).map(|it| it.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use domain::{
        preferences::Preferences,
        user::{PersonName, UserDetails, UserId},
        values::Username,
    };

    use super::*;

    fn user(hash: Option<&str>) -> User {
        let details = UserDetails {
            username: Username::parse("anna").unwrap(),
            full_name: PersonName::default(),
            email: None,
            roles: [].into(),
            superuser: false,
            preferences: Preferences::default(),
        };
        let hash = hash.map(|it| PasswordHash::from_stored(it.to_owned()));
        User::new(UserId(uuid::Uuid::nil()), details, hash, None, chrono::DateTime::default())
    }

    #[test]
    fn a_cookie_is_proof_for_its_user_and_password_alone() {
        let anna = user(Some("$2b$12$anna"));
        let cookie = KnownDevice::new(&anna).unwrap().unwrap().cookie();
        let number = KnownDevice::proved(&cookie, &anna).unwrap();
        assert!(number.len() == 32 && cookie.starts_with(number));
        let another = User { id: UserId(uuid::Uuid::max()), ..anna.clone() };
        for other in [another, user(Some("$2b$12$other")), user(None)] {
            assert_eq!(KnownDevice::proved(&cookie, &other), None);
        }
        let tampered = format!("0{}", &cookie[1..]);
        for wrong in ["", ".", &cookie[..32], &cookie[..96], &tampered.replacen('0', "g", 1)] {
            assert_eq!(KnownDevice::proved(wrong, &anna), None, "{wrong}");
        }
        assert!(KnownDevice::new(&user(None)).unwrap().is_none());
    }
}
