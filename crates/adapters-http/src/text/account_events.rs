//! Sentences about changes of users and roles, in both languages.
use domain::audit::SignInFailure;

pub(crate) struct AccountEventText {
    pub(crate) access_closed: &'static str,
    pub(crate) access_opened: &'static str,
    /// The number of codes left.
    pub(crate) code_used: fn(usize) -> String,
    pub(crate) codes_renewed: &'static str,
    pub(crate) factor_off: &'static str,
    pub(crate) factor_on: &'static str,
    pub(crate) factor_optional: &'static str,
    pub(crate) factor_required: &'static str,
    pub(crate) factor_reset: &'static str,
    pub(crate) link_expired: &'static str,
    /// The link's expiry.
    pub(crate) link_made: fn(&str) -> String,
    pub(crate) link_withdrawn: &'static str,
    pub(crate) missing_permission: fn(&str) -> String,
    /// Why a sign-in failed.
    pub(crate) not_let_in: fn(SignInFailure) -> &'static str,
    pub(crate) own_password: &'static str,
    pub(crate) password_by_link: &'static str,
    pub(crate) password_set: &'static str,
    /// The number of permissions, and their names.
    pub(crate) permissions_given: fn(usize, &str) -> String,
    pub(crate) permissions_taken: fn(usize, &str) -> String,
    pub(crate) roles_given: fn(usize, &str) -> String,
    pub(crate) roles_taken: fn(usize, &str) -> String,
    pub(crate) superuser_made: &'static str,
    pub(crate) superuser_unmade: &'static str,
    pub(crate) temporary_password_set: &'static str,
}

pub(super) static RU: AccountEventText = AccountEventText {
    access_closed: "Доступ закрыт",
    access_opened: "Доступ открыт",
    code_used: |left| format!("Использован код восстановления, осталось: {left}"),
    codes_renewed: "Созданы новые коды восстановления, прежние не действуют",
    factor_off: "Второй фактор выключен",
    factor_on: "Второй фактор включён",
    factor_optional: "Второй фактор для входа больше не обязателен",
    factor_required: "Войти теперь можно только со вторым фактором",
    factor_reset: "Второй фактор сброшен",
    link_expired: "Срок ссылки для нового пароля истёк, ссылка удалена",
    link_made: |until| format!("Создана ссылка для нового пароля. Действует до: {until}"),
    link_withdrawn: "Ссылка для нового пароля отозвана",
    missing_permission: |name| format!("Не хватило права: {name}"),
    not_let_in: |it| match it {
        SignInFailure::Password => "неверный пароль",
        SignInFailure::AccessClosed => "пароль верный, но доступ закрыт",
        SignInFailure::Code => "неверный код",
        SignInFailure::CurrentPassword => "неверный текущий пароль",
    },
    own_password: "Пользователь сменил свой пароль",
    password_by_link: "Пароль задан по ссылке",
    password_set: "Задан новый пароль",
    permissions_given: |number, names| one_or_more(number, "Выдано право", "Выданы права", names),
    permissions_taken: |number, names| one_or_more(number, "Отозвано право", "Отозваны права", names),
    roles_given: |number, names| one_or_more(number, "Добавлена роль", "Добавлены роли", names),
    roles_taken: |number, names| one_or_more(number, "Снята роль", "Сняты роли", names),
    superuser_made: "Выданы права главного администратора",
    superuser_unmade: "Отозваны права главного администратора",
    temporary_password_set: "Задан временный пароль",
};

pub(super) static EN: AccountEventText = AccountEventText {
    access_closed: "Access closed",
    access_opened: "Access opened",
    code_used: |left| format!("A recovery code was used, {left} left"),
    codes_renewed: "New recovery codes were made; the old ones are void",
    factor_off: "Second factor turned off",
    factor_on: "Second factor turned on",
    factor_optional: "A second factor is no longer required to sign in",
    factor_required: "A second factor is now required to sign in",
    factor_reset: "Second factor reset",
    link_expired: "The password link had expired and was removed",
    link_made: |until| format!("A password link was made. Valid until: {until}"),
    link_withdrawn: "The password link was withdrawn",
    missing_permission: |name| format!("Permission lacking: {name}"),
    not_let_in: |it| match it {
        SignInFailure::Password => "wrong password",
        SignInFailure::AccessClosed => "right password, but access is closed",
        SignInFailure::Code => "wrong code",
        SignInFailure::CurrentPassword => "wrong current password",
    },
    own_password: "The user changed their own password",
    password_by_link: "The password was set through the link",
    password_set: "A new password was set",
    permissions_given: |number, names| one_or_more(number, "Permission given", "Permissions given", names),
    permissions_taken: |number, names| one_or_more(number, "Permission taken away", "Permissions taken away", names),
    roles_given: |number, names| one_or_more(number, "Role added", "Roles added", names),
    roles_taken: |number, names| one_or_more(number, "Role removed", "Roles removed", names),
    superuser_made: "Superuser rights given",
    superuser_unmade: "Superuser rights taken away",
    temporary_password_set: "A temporary password was set",
};

fn one_or_more(number: usize, one: &str, more: &str, names: &str) -> String {
    format!("{}: {names}", if number == 1 { one } else { more })
}
