//! Words of bulk actions, in both languages.
use application::{MOST_AT_ONCE, Skipped};
use domain::page::Total;

use super::{en, ru};

pub(crate) struct BulkText {
    pub(crate) another: (&'static str, &'static str),
    pub(crate) actions: &'static str,
    /// Follows the names of some records.
    pub(crate) and_more: fn(u64) -> String,
    pub(crate) archive: &'static str,
    pub(crate) assign: &'static str,
    pub(crate) assign_button: &'static str,
    pub(crate) change: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) choose_act: &'static str,
    pub(crate) choose_all: fn(Total) -> String,
    pub(crate) choose_page: &'static str,
    pub(crate) selection: &'static str,
    pub(crate) clear: &'static str,
    pub(crate) done: fn(usize) -> String,
    pub(crate) nobody_chosen: (&'static str, &'static str),
    pub(crate) nothing_changed: &'static str,
    pub(crate) records: fn(Total) -> String,
    pub(crate) restore: &'static str,
    pub(crate) returned: fn(usize) -> String,
    pub(crate) same: fn(u64) -> String,
    pub(crate) skipped: fn(Skipped) -> &'static str,
    pub(crate) spared_number: fn(u64) -> String,
    pub(crate) status: &'static str,
    pub(crate) status_button: &'static str,
    pub(crate) to_list: &'static str,
    pub(crate) too_many: fn() -> String,
    /// After an undo that was reverted.
    pub(crate) redo: &'static str,
    pub(crate) pick: &'static str,
    pub(crate) undo: &'static str,
}

pub(super) static RU: BulkText = BulkText {
    another: (
        "Список изменился",
        "Пока вы решали, в нём стало больше или меньше записей. Проверьте и подтвердите ещё раз.",
    ),
    actions: "Действия с выбранными",
    and_more: |n| format!("и ещё {}", ru::number(i128::from(n))),
    archive: "В архив",
    assign: "Назначить ответственного",
    assign_button: "Назначить",
    change: "Изменить",
    choose: "Выбрать",
    choose_act: "Что сделать",
    choose_all: |total| match total {
        Total::Exactly(n) => format!("выбрать все найденные: {}", ru::number(i128::from(n))),
        Total::OrMore(_) => "выбрать все найденные".to_owned(),
    },
    choose_page: "Выбрать все на странице",
    selection: "Выбрано",
    clear: "Снять выделение",
    done: |n| format!("Изменено записей: {}", ru::number(n as i128)),
    nobody_chosen: ("Ничего не выбрано", "Отметьте записи в списке и повторите."),
    nothing_changed: "Ничего не изменилось",
    records: |total| format!("Записей: {}", ru::total_number(total)),
    restore: "Вернуть из архива",
    returned: |n| format!("Возвращено как было: {}", ru::number(n as i128)),
    same: |n| format!("Такими уже были: {}.", ru::number(i128::from(n))),
    skipped: |why| match why {
        Skipped::Converted => "уже клиент",
        Skipped::ChangedSince => "с тех пор изменена",
    },
    spared_number: |n| format!("Не изменены: {}", ru::number(i128::from(n))),
    status: "Изменить статус",
    status_button: "Статус",
    to_list: "К списку",
    too_many: || {
        let most = ru::number(i128::from(MOST_AT_ONCE));
        format!("За один раз меняют не больше {most} записей. Сузьте список, например по дате или кампании.")
    },
    redo: "Изменить снова",
    pick: "Выберите",
    undo: "Вернуть как было",
};

pub(super) static EN: BulkText = BulkText {
    another: (
        "The list has changed",
        "There are more or fewer records in it by now. Look again, and confirm once more.",
    ),
    actions: "With what is selected",
    and_more: |n| format!("and {} more", en::number(i128::from(n))),
    archive: "Archive",
    assign: "Assign",
    assign_button: "Assign",
    change: "Change",
    choose: "Select",
    choose_act: "What to do",
    choose_all: |total| match total {
        Total::Exactly(n) => format!("select all {} found", en::number(i128::from(n))),
        Total::OrMore(_) => "select all that was found".to_owned(),
    },
    choose_page: "Select all on this page",
    selection: "Selected",
    clear: "Clear the selection",
    done: |n| format!("Records changed: {}", en::number(n as i128)),
    nobody_chosen: ("Nothing is selected", "Tick records in the list and try again."),
    nothing_changed: "Nothing has changed",
    records: |total| format!("Records: {}", en::total_number(total)),
    restore: "Restore from the archive",
    returned: |n| format!("Put back as before: {}", en::number(n as i128)),
    same: |n| format!("Like this already: {}.", en::number(i128::from(n))),
    skipped: |why| match why {
        Skipped::Converted => "a client already",
        Skipped::ChangedSince => "changed since then",
    },
    spared_number: |n| format!("Not changed: {}", en::number(i128::from(n))),
    status: "Change the status",
    status_button: "Status",
    to_list: "Back to the list",
    too_many: || {
        let most = en::number(i128::from(MOST_AT_ONCE));
        format!("At most {most} records are changed at once. Narrow the list, for example by date or campaign.")
    },
    redo: "Change again",
    pick: "Choose",
    undo: "Put back as before",
};
