//! Words about global search, keyboard shortcuts and appearance, in both languages.
use domain::preferences::{Density, SingleKeys, Theme};

pub(crate) struct ShortcutText {
    pub(crate) actions: &'static str,
    pub(crate) all_in_list: &'static str,
    pub(crate) close: &'static str,
    pub(crate) close_key: &'static str,
    pub(crate) densities: [&'static str; 2],
    pub(crate) go_keys: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) keys_are_off: &'static str,
    pub(crate) keys_are_on: &'static str,
    pub(crate) keys_layout: &'static str,
    pub(crate) keys_off: &'static str,
    pub(crate) keys_on: &'static str,
    pub(crate) known_keys: [Keys; 3],
    pub(crate) move_keys: &'static str,
    pub(crate) nothing: (&'static str, &'static str),
    pub(crate) open_key: &'static str,
    pub(crate) palette: &'static str,
    pub(crate) placeholder: &'static str,
    pub(crate) look_at: &'static str,
    pub(crate) appearance: &'static str,
    pub(crate) looks_hint: &'static str,
    pub(crate) search: &'static str,
    pub(crate) single_keys: [&'static str; 2],
    pub(crate) single_keys_hint: &'static str,
    pub(crate) stop_looking: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) themes: [&'static str; 3],
}

impl ShortcutText {
    pub(crate) const fn of_theme(&self, it: Theme) -> &'static str {
        match it {
            Theme::System => self.themes[0],
            Theme::Light => self.themes[1],
            Theme::Dark => self.themes[2],
        }
    }

    pub(crate) const fn of_density(&self, it: Density) -> &'static str {
        match it {
            Density::Comfortable => self.densities[0],
            Density::Compact => self.densities[1],
        }
    }

    pub(crate) const fn of_keys(&self, it: SingleKeys) -> &'static str {
        match it {
            SingleKeys::On => self.single_keys[0],
            SingleKeys::Off => self.single_keys[1],
        }
    }
}

/// A group of keys: where they work, and the effect of each. Ctrl is another one on Apple's keyboards.
pub(crate) struct Keys {
    pub(crate) place: &'static str,
    pub(crate) keys: &'static [(&'static [&'static str], &'static str)],
}

pub(super) static RU: ShortcutText = ShortcutText {
    actions: "Действия",
    all_in_list: "Все в списке",
    close: "Закрыть",
    close_key: "закрыть",
    densities: ["Просторные", "Плотные"],
    go_keys: "Перейти в раздел: G, затем буква",
    hint: "Введите хотя бы две буквы имени или названия либо две цифры телефона. Поиск идёт сразу по всем разделам, которые вам открыты.",
    keys: "Клавиши",
    keys_are_off: "Одиночные клавиши выключены: работают только сочетания с Ctrl, Enter и Esc.",
    keys_are_on: "Одиночные клавиши включены. Если они мешают голосовому вводу или другой вспомогательной программе, выключите их: сочетания с Ctrl останутся.",
    keys_layout: "Клавиши находят по месту на клавиатуре: в русской раскладке переключаться не нужно.",
    keys_off: "Выключить одиночные клавиши",
    keys_on: "Включить одиночные клавиши",
    known_keys: [
        Keys {
            place: "Везде",
            keys: &[
                (&["Ctrl", "K"], "Поиск и команды"),
                (&["/"], "Поиск на странице списка"),
                (&["?"], "Все клавиши"),
                (&["Ctrl", "Enter"], "Отправить форму"),
                (&["Esc"], "Закрыть окно или меню"),
            ],
        },
        Keys {
            place: "В списке",
            keys: &[
                (&["↓"], "Следующая строка"),
                (&["↑"], "Предыдущая строка"),
                (&["Enter"], "Открыть запись"),
                (&["N"], "Новая запись"),
                (&["J"], "Следующая страница"),
                (&["K"], "Предыдущая страница"),
            ],
        },
        Keys {
            place: "В записи",
            keys: &[
                (&["J"], "Следующая запись списка"),
                (&["K"], "Предыдущая запись списка"),
                (&["C"], "Перевести лид в клиенты"),
            ],
        },
    ],
    move_keys: "выбрать",
    nothing: (
        "Ничего не нашлось",
        "Попробуйте короче или иначе: часть имени, последние цифры телефона, слово из названия.",
    ),
    open_key: "открыть",
    palette: "Поиск и команды",
    placeholder: "Имя, телефон, договор или команда",
    look_at: "Посмотреть",
    appearance: "Оформление",
    looks_hint: "Действует на всех ваших устройствах.",
    search: "Поиск",
    single_keys: ["Включены", "Выключены"],
    single_keys_hint: "Переходы по G, стрелкам, N и другим буквам. Выключите, если пользуетесь голосовым вводом.",
    stop_looking: "Скрыть",
    theme: "Светлая или тёмная тема",
    themes: ["Как в системе", "Светлая", "Тёмная"],
};

pub(super) static EN: ShortcutText = ShortcutText {
    actions: "Actions",
    all_in_list: "All in the list",
    close: "Close",
    close_key: "close",
    densities: ["Comfortable", "Compact"],
    go_keys: "Go to a section: G, then a letter",
    hint: "Type at least two letters of a name or two digits of a phone. Every section that is open to you is searched at once.",
    keys: "Keys",
    keys_are_off: "Single keys are off: only those with Ctrl, Enter and Esc work.",
    keys_are_on: "Single keys are on. If they get in the way of speech input or another assistive program, switch them off: those with Ctrl stay.",
    keys_layout: "Keys go by their place on the keyboard, whatever the layout.",
    keys_off: "Switch single keys off",
    keys_on: "Switch single keys on",
    known_keys: [
        Keys {
            place: "Everywhere",
            keys: &[
                (&["Ctrl", "K"], "Search and commands"),
                (&["/"], "Search on the page of a list"),
                (&["?"], "All keys"),
                (&["Ctrl", "Enter"], "Send the form"),
                (&["Esc"], "Close a dialog or a menu"),
            ],
        },
        Keys {
            place: "In a list",
            keys: &[
                (&["↓"], "Next row"),
                (&["↑"], "Previous row"),
                (&["Enter"], "Open the record"),
                (&["N"], "New record"),
                (&["J"], "Next page"),
                (&["K"], "Previous page"),
            ],
        },
        Keys {
            place: "On a record",
            keys: &[
                (&["J"], "Next record of the list"),
                (&["K"], "Previous record of the list"),
                (&["C"], "Convert the lead to a client"),
            ],
        },
    ],
    move_keys: "choose",
    nothing: (
        "Nothing found",
        "Try less of it, or something else: a part of the name, the last digits of the phone, a word of the title.",
    ),
    open_key: "open",
    palette: "Search and commands",
    placeholder: "Name, phone, contract or command",
    look_at: "View",
    appearance: "Looks",
    looks_hint: "In force on all your devices.",
    search: "Search",
    single_keys: ["On", "Off"],
    single_keys_hint: "What G, the arrows, N and other letters do. Switch them off if you use speech input.",
    stop_looking: "Hide",
    theme: "Light or dark theme",
    themes: ["As the system has it", "Light", "Dark"],
};
