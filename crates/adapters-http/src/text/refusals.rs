//! Refusals by rules of administration and of leads, in both languages: each a title and a sentence.
use application::RuleViolation;

use super::Text;

impl Text {
    pub(crate) const fn refusal(&self, refusal: RuleViolation) -> (&'static str, &'static str) {
        match refusal {
            RuleViolation::SuperuserOnly => self.superuser_only,
            RuleViolation::BeyondOwnPermissions => self.beyond_own_permissions,
            RuleViolation::LastSuperuser => self.last_superuser,
            RuleViolation::OwnRole => self.own_role,
            RuleViolation::OwnAccount => self.security.own_account,
            RuleViolation::FactorRequired => self.security.factor_stays,
        }
    }
}

pub(crate) struct ErrorText {
    pub(crate) already_converted: (&'static str, &'static str),
    pub(crate) both_converted: (&'static str, &'static str),
    pub(crate) contract_taken: (&'static str, &'static str),
    pub(crate) converted_stays: (&'static str, &'static str),
    pub(crate) known_client: (&'static str, &'static str),
    pub(crate) lead_is_lost: (&'static str, &'static str),
    pub(crate) merged: (&'static str, &'static str),
    pub(crate) open_client: &'static str,
    pub(crate) open_lead: &'static str,
    pub(crate) too_many_merged: (&'static str, &'static str),
}

pub(super) static RU: ErrorText = ErrorText {
    already_converted: ("Лид уже переведён", "Этот лид — уже клиент. Второй раз переводить не нужно."),
    both_converted: ("Оба лида — уже клиенты", "У каждого свои договоры, поэтому объединить их нельзя."),
    contract_taken: ("Договор занят", "У этого договора уже есть клиент. Выберите другой или заполните новый."),
    converted_stays: ("Этот лид — уже клиент", "Он должен остаться: объедините наоборот, второго с ним."),
    known_client: ("Такой клиент уже есть", "Добавьте договор ему или отметьте в форме, что это другой человек."),
    lead_is_lost: ("Лид в отказе", "Чтобы перевести его в клиенты, сначала верните его в работу."),
    merged: (
        "Лид уже объединён с другим",
        "Пока вы работали, его объединили с другим лидом, и ваша правка не сохранена. Внесите её там: заметки и история теперь тоже там.",
    ),
    open_client: "Открыть клиента",
    open_lead: "Открыть лид",
    too_many_merged: ("Слишком много объединений", "В один лид можно объединить не больше десяти."),
};

pub(super) static EN: ErrorText = ErrorText {
    already_converted: ("Already a client", "This lead is a client already. There is no need to convert it again."),
    both_converted: ("Both leads are clients already", "Each has contracts of its own, so they cannot be merged."),
    contract_taken: (
        "The contract is taken",
        "This contract has a client already. Choose another or fill in a new one.",
    ),
    converted_stays: ("This lead is a client already", "It has to stay: merge them the other way round."),
    known_client: (
        "This client already exists",
        "Add the contract to that client, or say in the form that this is another person.",
    ),
    lead_is_lost: ("The lead is lost", "To convert it, put it back into work first."),
    merged: (
        "The lead was merged with another one",
        "Somebody merged it while you were at work, and your change is not saved. Make it there: the notes and the history are there now, too.",
    ),
    open_client: "Open the client",
    open_lead: "Open the lead",
    too_many_merged: ("Too many would be one", "At most ten leads can be merged into one."),
};
