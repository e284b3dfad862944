//! Words about lists, in both languages.
use domain::page::Total;

use super::{en, ru};

fn ru_number(it: u32) -> String {
    ru::number(i128::from(it))
}

fn en_number(it: u32) -> String {
    en::number(i128::from(it))
}

pub(crate) struct ListText {
    pub(crate) ascending: &'static str,
    pub(crate) back: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) descending: &'static str,
    pub(crate) from: &'static str,
    pub(crate) neighbours: &'static str,
    pub(crate) next: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) order: &'static str,
    /// The position of a record, and the number of records.
    pub(crate) place: fn(Total, Total) -> String,
    pub(crate) previous: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) too_many_chosen: (&'static str, &'static str),
    pub(crate) until: &'static str,
    pub(crate) widen_search: &'static str,
    pub(crate) wrong_amounts: (&'static str, &'static str),
    pub(crate) wrong_days: (&'static str, &'static str),
}

pub(super) static RU: ListText = ListText {
    ascending: "по возрастанию",
    back: "К списку",
    columns: "Столбцы",
    descending: "по убыванию",
    from: "От",
    neighbours: "Соседние записи в списке",
    next: "Следующая запись",
    nothing_found: "Ничего не нашлось",
    order: "Порядок",
    place: |place, total| match (place, total) {
        (Total::Exactly(place), Total::Exactly(total)) => format!("{} из {}", ru_number(place), ru_number(total)),
        (Total::Exactly(place), Total::OrMore(total)) => {
            format!("{} из более чем {}", ru_number(place), ru_number(total))
        }
        (Total::OrMore(place), _) => format!("более {}", ru_number(place)),
    },
    previous: "Предыдущая запись",
    settings: "Вид списка",
    too_many_chosen: (
        "Выбрано слишком много",
        "Уберите часть условий: вместе их должно быть не больше шестидесяти сочетаний.",
    ),
    until: "До",
    widen_search: "Уберите часть условий или поищите короче: хватит части слова.",
    wrong_amounts: ("Сумма указана неверно", "Введите сумму числом, например 180 000."),
    wrong_days: ("Период указан неверно", "Введите даты вида 20.11.2026; конец — не раньше начала."),
};

pub(super) static EN: ListText = ListText {
    ascending: "ascending",
    back: "Back to the list",
    columns: "Columns",
    descending: "descending",
    from: "From",
    neighbours: "Neighbours in the list",
    next: "Next record",
    nothing_found: "Nothing found",
    order: "Order",
    place: |place, total| match (place, total) {
        (Total::Exactly(place), Total::Exactly(total)) => format!("{} of {}", en_number(place), en_number(total)),
        (Total::Exactly(place), Total::OrMore(total)) => {
            format!("{} of more than {}", en_number(place), en_number(total))
        }
        (Total::OrMore(place), _) => format!("more than {}", en_number(place)),
    },
    previous: "Previous record",
    settings: "View",
    too_many_chosen: (
        "Too much is chosen",
        "Remove some of the conditions: together they may make at most sixty combinations.",
    ),
    until: "Until",
    widen_search: "Take away some conditions, or search for less: a part of a word is enough.",
    wrong_amounts: ("The amount is not right", "Enter an amount, for example 180,000."),
    wrong_days: ("The period is not right", "Enter dates like 20.11.2026; the end is not before the start."),
};
