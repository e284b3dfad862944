//! The filters and rules of each kind of record.
mod people;
mod sales;
mod staff;
mod trade;

use domain::values::{name_needles, person_needles};

/// Whether a folded name contains the search words.
fn searching(typed: &str) -> impl Fn(&str) -> bool + Send + use<> {
    let needles = name_needles(typed);
    move |text| needles.iter().all(|it| text.contains(it))
}

/// The same among people, who are found by their phones as well.
fn searching_people(typed: &str) -> impl Fn(&str) -> bool + Send + use<> {
    let needles = person_needles(typed);
    move |text| needles.iter().all(|it| it.is_in(text))
}

/// Whether a filter leaves a value: one that names nothing leaves everything.
fn allows<T: PartialEq>(wanted: Option<&T>, value: Option<&T>) -> bool {
    wanted.is_none() || wanted == value
}

/// Where the table of a kind is.
macro_rules! table {
    ($table:ident) => {
        fn table(tables: &crate::tables::Tables) -> &crate::table::Table<Self> {
            &tables.$table
        }

        fn table_mut(tables: &mut crate::tables::Tables) -> &mut crate::table::Table<Self> {
            &mut tables.$table
        }
    };
}
use table;
