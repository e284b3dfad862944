//! Words about existing clients who may be the same person as a lead, in both languages.
pub(crate) struct KnownClientText {
    pub(crate) add_contract: &'static str,
    /// Replaces a name that the user may not see.
    pub(crate) hidden: &'static str,
    pub(crate) merge: &'static str,
    pub(crate) none: &'static str,
    pub(crate) other_person: &'static str,
    pub(crate) title: &'static str,
    pub(crate) why: &'static str,
}

pub(super) static RU: KnownClientText = KnownClientText {
    add_contract: "Добавить договор этому клиенту",
    hidden: "Клиент, которого вам не видно",
    merge: "Объединить с ним лида",
    none: "Похожих клиентов нет.",
    other_person: "Это другой человек, нужен ещё один клиент",
    title: "Похоже, такой клиент уже есть",
    why: "Если это тот же человек, добавьте договор ему: так клиент не посчитается дважды. Доход получит кампания, которая привела этого клиента. Сам лид останется открытым: его объединит с клиентом тот, кто может изменять лидов.",
};

pub(super) static EN: KnownClientText = KnownClientText {
    add_contract: "Add the contract to this client",
    hidden: "A client that you may not see",
    merge: "Merge the lead with this client",
    none: "There are no similar clients.",
    other_person: "This is another person: make one more client",
    title: "This client may already exist",
    why: "If this is the same person, add the contract to that client. The client is then counted once, and the income goes to the campaign that won this client. The lead itself stays open: a user who may edit leads can merge it with the client.",
};
