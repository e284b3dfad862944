//! Permissions in groups, each with its label and, for users who may change it, a checkbox.
use domain::access::Permission;
use maud::{Markup, html};

use crate::{error::WebError, form_data::FormData, text::Text};

/// Every permission once, under the label of its group.
pub(crate) fn groups(t: &Text) -> [(&'static str, Vec<Permission>); 4] {
    let of = |resources: &[&str]| Permission::ALL.into_iter().filter(|it| resources.contains(&it.resource())).collect();
    [
        (t.leads, of(&["leads"])),
        (t.clients_and_contracts, of(&["clients", "contracts"])),
        (t.services_and_campaigns, of(&["services", "campaigns", "statistics"])),
        (t.management, of(&["users", "roles", "audit"])),
    ]
}

/// The effect of a permission, as a line of its own.
pub(crate) fn words(t: &Text, permission: Permission) -> String {
    let mut letters = (t.permission)(permission).chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A checkbox. Browsers do not send a disabled one, so a hidden field repeats its tick. Without a name nothing is sent.
pub(crate) fn tick(name: Option<&str>, open: bool, ticked: bool, label: Option<&str>) -> Markup {
    html! {
        @match name {
            Some(name) if open => { input type="checkbox" name=(name) value="1" checked[ticked] aria-label=[label]; }
            _ => { input type="checkbox" checked[ticked] disabled aria-label=[label]; }
        }
        @if let Some(name) = name.filter(|_| ticked && !open) { input type="hidden" name=(name) value="1"; }
    }
}

/// The ticked permissions. Our forms have no other fields than permissions and the ones named here.
pub(crate) fn ticked<I: FromIterator<Permission>>(data: &FormData, besides: &[&str]) -> Result<I, WebError> {
    let boxes = data.pairs().filter(|it| !besides.contains(&it.0));
    boxes.map(|(name, value)| one_ticked(name, value)).collect()
}

pub(crate) fn one_ticked(name: &str, value: &str) -> Result<Permission, WebError> {
    Permission::from_code(name).filter(|_| value == "1").ok_or(WebError::BadRequest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_permission_is_in_one_group() {
        for language in Language::ALL {
            let mut all: Vec<Permission> = groups(Text::of(language)).into_iter().flat_map(|it| it.1).collect();
            all.sort_unstable();
            assert_eq!(all, Permission::ALL);
        }
    }
}
