//! Words of signing in, of passwords and of the second factor, in both languages.
use super::ru::plural;

pub(crate) struct SecurityText {
    pub(crate) another_link: &'static str,
    pub(crate) as_browser: &'static str,
    pub(crate) as_organisation: fn(&str) -> String,
    pub(crate) by_link: &'static str,
    pub(crate) by_link_hint: fn(&str) -> String,
    pub(crate) change_temporary: &'static str,
    pub(crate) code_button: &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) code_title: &'static str,
    pub(crate) codes_hint: &'static str,
    pub(crate) codes_left: fn(usize) -> String,
    pub(crate) codes_saved: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) done: &'static str,
    pub(crate) factor_required: &'static str,
    pub(crate) factor_row: &'static str,
    pub(crate) factor_stays: (&'static str, &'static str),
    pub(crate) first_step: &'static str,
    pub(crate) forced_change: &'static str,
    pub(crate) forced_change_hint: &'static str,
    pub(crate) invite: &'static str,
    pub(crate) key: &'static str,
    pub(crate) last_step: &'static str,
    pub(crate) last_sign_in: &'static str,
    pub(crate) link_dead: (&'static str, &'static str),
    pub(crate) link_for: fn(&str) -> String,
    pub(crate) link_hint: &'static str,
    pub(crate) link_until: &'static str,
    pub(crate) make_codes: &'static str,
    pub(crate) make_link: &'static str,
    pub(crate) never: &'static str,
    pub(crate) never_signed_in: &'static str,
    pub(crate) new_codes: &'static str,
    pub(crate) new_codes_hint: &'static str,
    pub(crate) no_password: &'static str,
    pub(crate) no_password_hint: &'static str,
    pub(crate) nobody_found: &'static str,
    pub(crate) nobody_found_hint: &'static str,
    pub(crate) not_for_month: &'static str,
    pub(crate) off: &'static str,
    pub(crate) on: &'static str,
    pub(crate) own_account: (&'static str, &'static str),
    pub(crate) qr: &'static str,
    pub(crate) recovery_codes: &'static str,
    pub(crate) replaces_link: &'static str,
    pub(crate) reset_factor: &'static str,
    pub(crate) reset_factor_question: fn(&str) -> String,
    pub(crate) role: &'static str,
    pub(crate) search_users: &'static str,
    pub(crate) second_factor: &'static str,
    pub(crate) second_factor_hint: &'static str,
    pub(crate) second_step: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) somebody_else_here: fn(&str) -> String,
    pub(crate) start_again: &'static str,
    pub(crate) temporary: &'static str,
    pub(crate) third_step: &'static str,
    pub(crate) time_zone_hint: &'static str,
    pub(crate) too_many: (&'static str, &'static str),
    pub(crate) turn_off: &'static str,
    pub(crate) turn_off_hint: &'static str,
    pub(crate) turn_on: &'static str,
    /// With the addresses of the proxies.
    pub(crate) unknown_proxy: fn(&str) -> String,
    pub(crate) wait: fn(i64) -> String,
    pub(crate) within_month: &'static str,
}

pub(super) const RU: SecurityText = SecurityText {
    another_link: "В этом браузере открыли другую ссылку. Пароль не сохранён: посмотрите, для кого он, и задайте его ещё раз.",
    as_browser: "По умолчанию",
    as_organisation: |name| format!("как в компании: {name}"),
    by_link: "Придумайте пароль",
    by_link_hint: |name| format!("Имя пользователя для входа: {name}. Задайте пароль и войдите с ним."),
    change_temporary: "Ваш пароль задал администратор. Придумайте свой, чтобы продолжить работу.",
    code_button: "Подтвердить",
    code_hint: "Шесть цифр из приложения-аутентификатора или код восстановления.",
    code_title: "Подтвердите вход",
    codes_hint: "По каждому коду можно один раз войти без телефона. Храните коды отдельно от него. Эта страница показывает их десять минут после создания.",
    codes_left: ru_codes_left,
    codes_saved: "Коды сохранены",
    copied: "Скопировано",
    copy: "Копировать",
    done: "Готово",
    factor_required: "Для вашей роли нужен второй фактор. Включите его, чтобы продолжить работу.",
    factor_row: "Вход только со вторым фактором",
    factor_stays: (
        "Второй фактор выключить нельзя",
        "Для вашей роли второй фактор обязателен. Чтобы перейти на другой телефон, попросите администратора сбросить второй фактор.",
    ),
    first_step: "Откройте приложение-аутентификатор: Яндекс Ключ, Google Authenticator, 2FAS или другое.",
    forced_change: "Потребовать сменить пароль при первом входе",
    forced_change_hint: "Пока пользователь не придумает свой, ничего другого он сделать не сможет.",
    invite: "Пригласить по ссылке",
    key: "Ключ",
    last_sign_in: "Последний вход",
    last_step: "Подтвердите, что это вы.",
    link_dead: (
        "Ссылка больше не действует",
        "Она действует сутки и только один раз. Попросите администратора создать новую.",
    ),
    link_for: |name| format!("Ссылка для нового пароля: {name}"),
    link_hint: "Передайте ссылку лично: кто её откроет, сможет задать пароль вместо пользователя. Она действует 24 часа и только один раз. Эта страница показывает её десять минут после создания.",
    link_until: "Ссылка для пароля действует до",
    make_codes: "Создать новые коды",
    make_link: "Ссылка для нового пароля",
    never: "ещё не было",
    never_signed_in: "ни разу",
    new_codes: "Новые коды восстановления",
    new_codes_hint: "Прежние коды перестанут действовать.",
    no_password: "ещё не задан",
    no_password_hint: "Пользователь ещё не может войти: у него нет пароля. Создайте ссылку-приглашение и передайте её лично.",
    nobody_found: "Никого не нашлось",
    nobody_found_hint: "Измените поиск или уберите фильтры.",
    not_for_month: "больше 30 дней назад",
    off: "выключен",
    on: "включён",
    own_account: (
        "Это ваша учётная запись",
        "Свой пароль и второй фактор меняют в своём профиле: там спросят текущий пароль.",
    ),
    qr: "QR-код для приложения-аутентификатора",
    recovery_codes: "Коды восстановления",
    replaces_link: "Новая ссылка отменит эту.",
    reset_factor: "Сбросить второй фактор",
    reset_factor_question: |name| {
        format!(
            "{name}: для входа снова хватит одного пароля, а все сеансы завершатся. Сделайте это, только если потеряны и телефон, и коды восстановления."
        )
    },
    role: "Роль",
    search_users: "Имя, логин или почта",
    second_factor: "Второй фактор",
    second_factor_hint: "Кроме пароля при входе нужен код из телефона. Тот, кто узнает пароль, без телефона не войдёт.",
    second_step: "Отсканируйте QR-код в приложении или введите ключ вручную.",
    sign_in: "Вход в систему",
    somebody_else_here: |name| format!("Сейчас в этом браузере работает {name}. Ссылка не для этого пользователя."),
    start_again: "Начать заново",
    temporary: "временный",
    third_step: "Введите шесть цифр, которые покажет приложение.",
    time_zone_hint: "Например, Asia/Vladivostok. Если пусто —",
    too_many: ("Слишком много попыток", "Подождите немного и попробуйте снова."),
    turn_off: "Выключить второй фактор",
    turn_off_hint: "Для входа снова хватит одного пароля.",
    turn_on: "Включить второй фактор",
    unknown_proxy: |proxies| {
        format!(
            "Запросы приходят через посредника {proxies}, которого нет в настройках. Для программы у всех посетителей один \
             адрес: в журнале не видно, кто откуда, а перебор паролей мешает входить остальным. Если это ваш обратный \
             прокси, укажите его и перезапустите программу:"
        )
    },
    wait: ru_wait,
    within_month: "за последние 30 дней",
};

pub(super) const EN: SecurityText = SecurityText {
    another_link: "Another link was opened in this browser. Nothing was saved: see whose password it is, and set it again.",
    as_browser: "Default",
    as_organisation: |name| format!("as in the company: {name}"),
    by_link: "Choose a password",
    by_link_hint: |name| format!("Your username is {name}. Choose a password, then sign in with it."),
    change_temporary: "Your password was set by an administrator. Choose your own to go on.",
    code_button: "Confirm",
    code_hint: "Six digits from your authenticator app, or a recovery code.",
    code_title: "Confirm it is you",
    codes_hint: "Each code stands in for your phone once. Keep them where you will not lose them together with it. This page shows them for ten minutes after they were made.",
    codes_left: en_codes_left,
    codes_saved: "I have saved them",
    copied: "Copied",
    copy: "Copy",
    done: "Done",
    factor_required: "Your role requires a second factor. Turn it on to go on.",
    factor_row: "Sign in with a second factor only",
    factor_stays: (
        "The second factor stays on",
        "Your role requires a second factor. To move to another phone, ask an administrator to reset the second factor.",
    ),
    first_step: "Open an authenticator app: Google Authenticator, 2FAS, Aegis or another.",
    forced_change: "Require a new password at the first sign-in",
    forced_change_hint: "Until the user has chosen their own, they can do nothing else.",
    invite: "Invite by a link",
    key: "Key",
    last_sign_in: "Last sign-in",
    last_step: "Confirm that it is you.",
    link_dead: (
        "The link is no longer valid",
        "It is good for a day and for one use. Ask an administrator for a new one.",
    ),
    link_for: |name| format!("Password link: {name}"),
    link_hint: "Give it to the user directly: anyone who opens it can set the password. It is good for 24 hours and for one use. This page shows it for ten minutes after it was made.",
    link_until: "Password link valid until",
    make_codes: "Make new codes",
    make_link: "Link for a new password",
    never: "never",
    never_signed_in: "never",
    new_codes: "New recovery codes",
    new_codes_hint: "The earlier ones will no longer work.",
    no_password: "not set yet",
    no_password_hint: "The user cannot sign in yet: there is no password. Make an invitation link and give it to the user directly.",
    nobody_found: "Nobody found",
    nobody_found_hint: "Change the search or remove the filters.",
    not_for_month: "more than 30 days ago",
    off: "off",
    on: "on",
    own_account: (
        "This is your own account",
        "You change your own password and second factor in your account, where the current password is asked for.",
    ),
    qr: "QR code for the authenticator app",
    recovery_codes: "Recovery codes",
    replaces_link: "A new link takes its place.",
    reset_factor: "Reset the second factor",
    reset_factor_question: |name| {
        format!(
            "{name} will sign in with the password alone again, and every session ends. Do it only where both the phone and the recovery codes are lost."
        )
    },
    role: "Role",
    search_users: "Name, username or email",
    second_factor: "Second factor",
    second_factor_hint: "Signing in takes a code from your phone besides the password. Someone who learns the password cannot sign in without the phone.",
    second_step: "Scan this code, or enter the key by hand.",
    sign_in: "Signing in",
    somebody_else_here: |name| format!("{name} is signed in in this browser. The link is for somebody else."),
    start_again: "Start again",
    temporary: "temporary",
    third_step: "Enter the six digits that the app shows.",
    time_zone_hint: "For example America/New_York. If empty,",
    too_many: ("Too many attempts", "Wait a little and try again."),
    turn_off: "Turn the second factor off",
    turn_off_hint: "The password alone will be enough to sign in again.",
    turn_on: "Turn the second factor on",
    unknown_proxy: |proxies| {
        format!(
            "Requests come through {proxies}, which the settings do not name. For the program all visitors have one address: \
             the audit log does not tell where they come from, and somebody who guesses passwords keeps the others from \
             signing in. If this is your reverse proxy, name it and restart the program:"
        )
    },
    wait: en_wait,
    within_month: "within 30 days",
};

fn ru_wait(seconds: i64) -> String {
    let words = plural(seconds.unsigned_abs(), "секунду", "секунды", "секунд");
    format!("Слишком много неудачных попыток. Попробуйте через {seconds} {words}.")
}

fn en_wait(seconds: i64) -> String {
    let words = if seconds == 1 { "second" } else { "seconds" };
    format!("Too many failed attempts. Try again in {seconds} {words}.")
}

fn ru_codes_left(codes: usize) -> String {
    let words = plural(codes as u64, "код", "кода", "кодов");
    format!("осталось {codes} {words} восстановления")
}

fn en_codes_left(codes: usize) -> String {
    format!("{codes} recovery {} left", if codes == 1 { "code" } else { "codes" })
}
