//! The phone and the email that leads and clients have in columns of their own.
use domain::{
    duplicates::{Identity, MatchBy},
    lead::Contact,
    values::{Email, Invalid, Phone},
};

/// The values of the two columns.
pub(crate) fn columns(contact: &Contact) -> (Option<String>, Option<String>) {
    (contact.phone().map(|it| it.e164().to_owned()), contact.email().map(|it| it.as_str().to_owned()))
}

/// The columns by which people who are alike are found: the key of the email, and that of the name.
pub(crate) fn keys(identity: &Identity) -> (Option<String>, String) {
    (identity.key(MatchBy::Email), identity.key(MatchBy::Name).unwrap_or_default())
}

pub(crate) fn read(phone: Option<&str>, email: Option<&str>) -> Result<Contact, Invalid> {
    Contact::new(phone.map(Phone::from_e164).transpose()?, email.map(Email::from_stored).transpose()?)
}
