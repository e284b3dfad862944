//! Signed values that a browser keeps for one session: others cannot make them, and other sessions refuse them.
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Session, Token};

impl Session {
    /// The text with a proof that this session gave it out for this purpose; none on the server's console.
    pub fn seal(&self, purpose: &str, text: &str) -> Option<String> {
        let proof: [u8; 32] = self.proof_of(purpose, text)?.finalize().into_bytes().into();
        Some(format!("{text}.{}", Token::from(proof).cookie()))
    }

    /// The text, where this session gave it out for this purpose.
    pub fn unseal<'a>(&self, purpose: &str, sealed: &'a str) -> Option<&'a str> {
        let (text, proof) = sealed.rsplit_once('.')?;
        // `Mac` compares in constant time.
        self.proof_of(purpose, text)?.verify_slice(Token::parse(proof)?.bytes()).ok().map(|()| text)
    }

    /// The store and the browser alone know the session's token, and the key is made from that.
    fn proof_of(&self, purpose: &str, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.browser()?.0).ok()?;
        mac.update(b"voronka sealed ");
        for part in [purpose, text] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }
}
