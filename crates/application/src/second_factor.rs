//! The second factor: turning it on and off, and whether a code is right.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    field::Field,
    role::Role,
    second_factor::{RecoveryHash, SecondFactor, TotpSecret},
    user::{User, UserId},
    values::Invalid,
};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::{Error, Result, RuleViolation, Session, accounts::Token};

/// A secret that an authenticator app is given.
pub struct NewSecret(TotpSecret);

impl NewSecret {
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).map_err(|it| Error::Unavailable(Box::new(it)))?;
        Ok(Self(TotpSecret(bytes)))
    }

    /// From 32 letters and digits of base32.
    pub fn parse(text: &str) -> Option<Self> {
        let secret = Secret::try_from_base32(text).ok().filter(|_| text.len() == 32)?;
        secret.as_bytes().try_into().ok().map(|it| Self(TotpSecret(it)))
    }

    pub fn base32(&self) -> String {
        Secret::from(self.0.0).to_base32()
    }

    /// The content of the QR code: the user and the secret.
    pub fn address(&self, user: &User) -> String {
        let name: String = user.details.username.as_str().replace('@', "%40");
        format!("otpauth://totp/Voronka:{name}?secret={}&issuer=Voronka", self.base32())
    }
}

/// To be kept for the day when the app is lost. The store has their hashes alone.
pub struct RecoveryCodes(Vec<String>);

impl RecoveryCodes {
    fn random() -> Result<Self> {
        let mut codes = Vec::new();
        for _ in 0..SecondFactor::RECOVERY_CODES {
            // 80 bits in groups that are easy to type.
            let digits = Token::random()?.cookie();
            codes.push([&digits[..5], &digits[5..10], &digits[10..15], &digits[15..20]].join("-"));
        }
        Ok(Self(codes))
    }

    /// From what [`RecoveryCodes::iter`] gave.
    pub fn read<'a>(codes: impl Iterator<Item = &'a str>) -> Self {
        Self(codes.map(str::to_owned).collect())
    }

    /// Whether these are the codes of this user, and none of them was used.
    pub fn are_of(&self, user: &User) -> bool {
        user.second_factor.as_ref().is_some_and(|it| it.recovery == self.hashes())
    }

    fn hashes(&self) -> BTreeSet<RecoveryHash> {
        self.0.iter().map(|it| hash(it)).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Of the digits alone: people type the groups in many ways.
fn hash(code: &str) -> RecoveryHash {
    let digits: String = code.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect();
    RecoveryHash(Sha256::digest(digits).into())
}

/// The result of checking a code.
pub(crate) enum CodeCheck {
    /// Of the app, with its time step.
    App(i64),
    Recovery(RecoveryHash),
}

/// Whether the code is one of the factor's that was not used yet. A code of the app is good for half a minute before and
/// after its own, because no two clocks are the same. A last step that is still to come tells that the clock was set back:
/// codes of before are then as good as any.
pub(crate) fn prove(factor: &SecondFactor, code: &str, now: DateTime<Utc>) -> Option<CodeCheck> {
    match step(&factor.secret, code, now) {
        Some(step) => {
            let is_still_to_come = factor.last_step > SecondFactor::step(now) + 1;
            Some(CodeCheck::App(step)).filter(|_| step > factor.last_step || is_still_to_come)
        }
        None => Some(hash(code)).filter(|it| factor.recovery.contains(it)).map(CodeCheck::Recovery),
    }
}

/// The time step of a code of the app.
fn step(secret: &TotpSecret, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let code: String = code.split_whitespace().collect();
    let seconds = u64::try_from(now.timestamp()).ok()?;
    // SHA-1, six digits, thirty seconds: what every app knows.
    let totp: Totp = Builder::new().with_secret(secret.0).build().ok()?;
    if code.len() != 6 || !code.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    totp.check(&code, seconds).and_then(|it| i64::try_from(it).ok())
}

impl Session {
    /// From now on signing in needs a code; other sessions, which told none, end. Fails with [`Invalid::WrongPassword`] for
    /// [`Field::CurrentPassword`]; with [`Invalid::WrongCode`] for [`Field::Code`] unless the app has this secret already;
    /// and with [`Error::Conflict`] where there is a second factor.
    pub async fn turn_on_second_factor(&self, password: &str, secret: &NewSecret, code: &str) -> Result<RecoveryCodes> {
        self.verify_own_password(password).await?;
        let attempt = self.throttle().code(self.actor().id, None, self.now()).await?;
        let last_step = step(&secret.0, code, self.now()).ok_or(Error::Invalid(Field::Code, Invalid::WrongCode))?;
        attempt.forgive();
        let codes = RecoveryCodes::random()?;
        let factor = &SecondFactor { secret: secret.0, last_step, recovery: codes.hashes() };
        self.write_own(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            if before.second_factor.is_some() {
                return Err(Error::Conflict);
            }
            work.update(&before, User { second_factor: Some(factor.clone()), ..before.clone() }).await?;
            work.accounts().remove_sessions_of(before.id, self.browser()).await?;
            work.commit().await
        })
        .await?;
        Ok(codes)
    }

    /// New recovery codes; the ones before are no longer good.
    pub async fn renew_recovery_codes(&self, password: &str) -> Result<RecoveryCodes> {
        self.verify_own_password(password).await?;
        let codes = RecoveryCodes::random()?;
        let hashes = &codes.hashes();
        self.write_own(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            let Some(factor) = before.second_factor.clone() else { return Err(Error::NotFound) };
            let factor = SecondFactor { recovery: hashes.clone(), ..factor };
            work.update(&before, User { second_factor: Some(factor), ..before.clone() }).await?;
            work.commit().await
        })
        .await?;
        Ok(codes)
    }

    /// Fails with [`RuleViolation::FactorRequired`] while one of the user's roles asks for it.
    pub async fn turn_off_second_factor(&self, password: &str) -> Result<()> {
        self.verify_own_password(password).await?;
        self.write_own(|mut work| async move {
            let before: User = work.get(self.actor().id).await?;
            for role in &before.details.roles {
                if work.get::<Role>(*role).await?.second_factor {
                    return Err(RuleViolation::FactorRequired.into());
                }
            }
            work.update(&before, User { second_factor: None, ..before.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// For a user who lost both the app and the recovery codes. Every session of theirs ends.
    pub async fn reset_second_factor(&self, id: UserId) -> Result<()> {
        self.write(Permission::EditUsers, |mut work| async move {
            let before: User = work.get(id).await?;
            self.may_sign_in_as(&mut work, &before).await?;
            if before.second_factor.is_none() {
                return Ok(());
            }
            work.update(&before, User { second_factor: None, ..before.clone() }).await?;
            work.accounts().remove_sessions_of(id, None).await?;
            work.commit().await
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    /// The test vectors of RFC 6238 for SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = TotpSecret(*b"12345678901234567890");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step_of = SecondFactor::step(at(second));
            assert_eq!(step(&secret, code, at(second)), Some(step_of), "{second}");
            assert_eq!(step(&secret, &format!(" {} {} ", &code[..3], &code[3..]), at(second)), Some(step_of));
            assert_eq!(step(&secret, code, at(second + 30)), Some(step_of));
            assert_eq!(step(&secret, code, at((second - 30).max(0))), Some(step_of));
            assert_eq!(step(&secret, code, at(second + 61)), None);
        }
        for wrong in ["", "28708", "2870820", "287083", "28708x", "２８７０８２"] {
            assert_eq!(step(&secret, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let codes = RecoveryCodes::random().unwrap();
        let secret = TotpSecret(*b"12345678901234567890");
        let mut factor = SecondFactor { secret, last_step: 0, recovery: codes.hashes() };
        assert!(matches!(prove(&factor, "287082", at(59)), Some(CodeCheck::App(1))));
        factor.last_step = 1;
        assert!(prove(&factor, "287082", at(59)).is_none());
        // It was used by a clock that is half a minute ahead.
        factor.last_step = 2;
        assert!(prove(&factor, "287082", at(59)).is_none());
        // The clock was an hour ahead, and was set back.
        factor.last_step = 121;
        assert!(matches!(prove(&factor, "287082", at(59)), Some(CodeCheck::App(1))));
        factor.last_step = 1;
        let code = codes.iter().next().unwrap().to_owned();
        let Some(CodeCheck::Recovery(used)) = prove(&factor, &code.replace('-', " ").to_uppercase(), at(59)) else {
            panic!()
        };
        factor.recovery.remove(&used);
        assert!(prove(&factor, &code, at(59)).is_none() && factor.recovery.len() == 9);
    }

    #[test]
    fn a_secret_is_read_back_and_nothing_else_is() {
        let secret = NewSecret::random().unwrap();
        assert_eq!(NewSecret::parse(&secret.base32()).unwrap().base32(), secret.base32());
        for wrong in ["", "1", "AAAA", &"A".repeat(33), &"A".repeat(40), "ЁЁ"] {
            assert!(NewSecret::parse(wrong).is_none(), "{wrong}");
        }
    }
}
