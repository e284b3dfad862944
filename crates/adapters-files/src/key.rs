//! How a file is called where it is kept: by its id, never by what a person typed.
use domain::document::DocumentId;
use uuid::Uuid;

/// For instance `7f/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f`. The first level is the id's *last* two digits: those are
/// random, while ids made at about the same time begin alike and would all share one folder.
pub(crate) fn of(id: DocumentId) -> String {
    let name = id.0.simple().to_string();
    format!("{}/{name}", &name[30..])
}

/// Where a file is that the database does not know, for the administrator of the machine.
pub(crate) fn aside(id: DocumentId) -> String {
    format!("unknown/{}", id.0.simple())
}

/// Nothing if the key is not one of ours.
pub(crate) fn id(key: &str) -> Option<DocumentId> {
    let (_, name) = key.split_once('/')?;
    let id = DocumentId(Uuid::try_parse(name).ok()?);
    (of(id) == key).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_its_id_and_nothing_else_does() {
        let key = "7f/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f";
        assert_eq!(of(id(key).unwrap()), key);
        for other in [
            "",
            "7f",
            "0192f0c1a2b37d4e8f5a6b7c8d9e0f7f",
            "01/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f",
            "7F/0192F0C1A2B37D4E8F5A6B7C8D9E0F7F",
            "7f/0192f0c1-a2b3-7d4e-8f5a-6b7c8d9e0f7f",
            "7f/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f/x",
            "unknown/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f",
            "incoming/0192f0c1a2b37d4e8f5a6b7c8d9e0f7f-0",
        ] {
            assert_eq!(id(other), None, "{other}");
        }
    }
}
