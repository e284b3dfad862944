//! Looking for a part of a text.
use diesel::sql_types::Text;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Where in the text the part begins; 0 when it is not in it.
    ///
    /// It compares exactly, which is all that folded texts need, and has no characters to escape as `LIKE` has.
    fn instr(text: Text, part: Text) -> Integer;
}
