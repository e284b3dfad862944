//! Words about saved views, in both languages.
pub(crate) struct SavedViewText {
    pub(crate) all: &'static str,
    pub(crate) found: &'static str,
    pub(crate) more: fn(usize) -> String,
    pub(crate) name_hint: &'static str,
    pub(crate) none: (&'static str, &'static str),
    pub(crate) owner: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) save: &'static str,
    pub(crate) share: &'static str,
    pub(crate) share_hint: &'static str,
    pub(crate) shared: &'static str,
    pub(crate) title: &'static str,
    pub(crate) you: &'static str,
}

pub(super) static RU: SavedViewText = SavedViewText {
    all: "Все отборы",
    found: "Найдено",
    more: |n| format!("Ещё {n}"),
    name_hint: "Так он будет называться над списком. Например: «Новые без ответственного»",
    none: ("Отборов пока нет", "Найдите в списке то, к чему хотите возвращаться, и нажмите «Сохранить отбор»."),
    owner: "Кто сохранил",
    remove: "Удалить",
    save: "Сохранить отбор",
    share: "Показывать всем, кому доступен этот список",
    share_hint: "Изменить или удалить отбор сможете только вы.",
    shared: "общий",
    title: "Сохранённые отборы",
    you: "Вы",
};

pub(super) static EN: SavedViewText = SavedViewText {
    all: "All views",
    found: "Found",
    more: |n| format!("{n} more"),
    name_hint: "What it is called over the list. For example “New, nobody's yet”",
    none: ("No saved views yet", "Find in the list what you want to come back to, and press “Save this view”."),
    owner: "Saved by",
    remove: "Remove",
    save: "Save this view",
    share: "Show it to everybody who may see this list",
    share_hint: "Only you can change or remove it.",
    shared: "shared",
    title: "Saved views",
    you: "You",
};
