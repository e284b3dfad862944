//! Words of the home page, in both languages.
pub(crate) struct Home {
    pub(crate) hello: fn(&str) -> String,
    pub(crate) new_leads: &'static str,
    pub(crate) no_role_yet: &'static str,
    pub(crate) qualified_leads: &'static str,
    pub(crate) what_next: &'static str,
}

pub(super) static RU: Home = Home {
    hello: |name| format!("Здравствуйте, {name}"),
    new_leads: "Новые лиды",
    no_role_yet: "Вам ещё не дали роль. Попросите администратора: без неё разделы не открыть.",
    qualified_leads: "Готовы к договору",
    what_next: "Что дальше",
};

pub(super) static EN: Home = Home {
    hello: |name| format!("Hello, {name}"),
    new_leads: "New leads",
    no_role_yet: "You have no role yet. Ask an administrator: without one no section opens.",
    qualified_leads: "Ready to sign",
    what_next: "What next",
};
