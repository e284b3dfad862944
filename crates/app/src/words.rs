//! The few words that the program itself gives to records: the names of the default roles.
use adapters_http::Language;
use domain::{
    access::DefaultRole,
    values::{Invalid, RoleName},
};

pub(crate) const fn role_name(role: DefaultRole, language: Language) -> &'static str {
    match (language, role) {
        (Language::Russian, DefaultRole::Administrator) => "Администратор",
        (Language::Russian, DefaultRole::Operator) => "Оператор",
        (Language::Russian, DefaultRole::Marketer) => "Маркетолог",
        (Language::Russian, DefaultRole::Manager) => "Менеджер",
        (Language::English, DefaultRole::Administrator) => "Administrator",
        (Language::English, DefaultRole::Operator) => "Operator",
        (Language::English, DefaultRole::Marketer) => "Marketer",
        (Language::English, DefaultRole::Manager) => "Manager",
    }
}

/// All four at once, so that a name which is no name is found before anything is stored.
pub(crate) fn role_names(language: Language) -> Result<impl Fn(DefaultRole) -> RoleName + Send, Invalid> {
    let [administrator, operator, marketer, manager] =
        DefaultRole::ALL.map(|it| RoleName::parse(role_name(it, language)));
    let names = [administrator?, operator?, marketer?, manager?];
    Ok(move |role: DefaultRole| names[role as usize].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_gets_its_own_name() {
        for language in [Language::Russian, Language::English] {
            let names = role_names(language).unwrap();
            for role in DefaultRole::ALL {
                assert_eq!(names(role).as_str(), role_name(role, language));
            }
        }
    }
}
