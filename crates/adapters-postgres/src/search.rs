//! Looking for a part of a text.
use diesel::sql_types::Text;
use domain::values::{name_needle, person_needle};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Where in the text the part begins; 0 when it is not in it.
    ///
    /// It compares exactly, which is all that folded texts need, and has no characters to escape as `LIKE` has.
    fn strpos(text: Text, part: Text) -> Integer;
}

/// What to look for among names; nothing when nothing was typed.
pub(crate) fn name(typed: &str) -> Option<String> {
    Some(name_needle(typed)).filter(|it| !it.is_empty())
}

/// The same among people, who are found by their phones as well.
pub(crate) fn person(typed: &str) -> Option<String> {
    Some(person_needle(typed)).filter(|it| !it.is_empty())
}
