//! Words about lists, in both languages.
pub(crate) struct Lists {
    pub(crate) ascending: &'static str,
    pub(crate) back: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) descending: &'static str,
    pub(crate) from: &'static str,
    pub(crate) neighbours: &'static str,
    pub(crate) next: &'static str,
    pub(crate) order: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) too_many_chosen: (&'static str, &'static str),
    pub(crate) until: &'static str,
    pub(crate) wrong_amounts: (&'static str, &'static str),
    pub(crate) wrong_days: (&'static str, &'static str),
}

pub(super) static RU: Lists = Lists {
    ascending: "по возрастанию",
    back: "К списку",
    columns: "Столбцы",
    descending: "по убыванию",
    from: "От",
    neighbours: "Соседние записи в списке",
    next: "Следующая запись",
    order: "Порядок",
    previous: "Предыдущая запись",
    settings: "Вид списка",
    too_many_chosen: (
        "Выбрано слишком много",
        "Уберите часть условий: вместе их должно быть не больше шестидесяти сочетаний.",
    ),
    until: "До",
    wrong_amounts: ("Сумма указана неверно", "Введите сумму числом, например 180 000."),
    wrong_days: ("Период указан неверно", "Введите даты вида 20.11.2026; конец — не раньше начала."),
};

pub(super) static EN: Lists = Lists {
    ascending: "ascending",
    back: "Back to the list",
    columns: "Columns",
    descending: "descending",
    from: "From",
    neighbours: "Neighbours in the list",
    next: "Next record",
    order: "Order",
    previous: "Previous record",
    settings: "View",
    too_many_chosen: (
        "Too much is chosen",
        "Remove some of the conditions: together they may make at most sixty combinations.",
    ),
    until: "Until",
    wrong_amounts: ("The amount is not right", "Enter an amount, for example 180,000."),
    wrong_days: ("The period is not right", "Enter dates like 20.11.2026; the end is not before the start."),
};
