//! What was just done, told once on the next page.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    AccessClosed,
    AccessOpened,
    Archived,
    CampaignSaved,
    ClientSaved,
    ContractSaved,
    LeadConverted,
    LeadSaved,
    LeadsMerged,
    LeadsSeparated,
    MergedHere,
    NoteSaved,
    PairBack,
    PasswordSet,
    PasswordChosen,
    PermissionsSaved,
    ProfileSaved,
    Restored,
    RoleSaved,
    SecondFactorOff,
    ServiceSaved,
    SessionEnded,
    SessionsEnded,
    SignedOut,
    SpendCancelled,
    SpendSaved,
    UserSaved,
}

impl Notice {
    const ALL: [Self; 27] = [
        Self::AccessClosed,
        Self::AccessOpened,
        Self::Archived,
        Self::CampaignSaved,
        Self::ClientSaved,
        Self::ContractSaved,
        Self::LeadConverted,
        Self::LeadSaved,
        Self::LeadsMerged,
        Self::LeadsSeparated,
        Self::MergedHere,
        Self::NoteSaved,
        Self::PairBack,
        Self::PasswordSet,
        Self::PasswordChosen,
        Self::PermissionsSaved,
        Self::ProfileSaved,
        Self::Restored,
        Self::RoleSaved,
        Self::SecondFactorOff,
        Self::ServiceSaved,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::SignedOut,
        Self::SpendCancelled,
        Self::SpendSaved,
        Self::UserSaved,
    ];

    /// As the cookie between two pages carries it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::AccessClosed => "access-closed",
            Self::AccessOpened => "access-opened",
            Self::Archived => "archived",
            Self::CampaignSaved => "campaign-saved",
            Self::ClientSaved => "client-saved",
            Self::ContractSaved => "contract-saved",
            Self::LeadConverted => "lead-converted",
            Self::LeadSaved => "lead-saved",
            Self::LeadsMerged => "leads-merged",
            Self::LeadsSeparated => "leads-separated",
            Self::MergedHere => "merged-here",
            Self::NoteSaved => "note-saved",
            Self::PairBack => "pair-back",
            Self::PasswordSet => "password-set",
            Self::PasswordChosen => "password-chosen",
            Self::PermissionsSaved => "permissions-saved",
            Self::ProfileSaved => "profile-saved",
            Self::Restored => "restored",
            Self::RoleSaved => "role-saved",
            Self::SecondFactorOff => "second-factor-off",
            Self::ServiceSaved => "service-saved",
            Self::SessionEnded => "session-ended",
            Self::SessionsEnded => "sessions-ended",
            Self::SignedOut => "signed-out",
            Self::SpendCancelled => "spend-cancelled",
            Self::SpendSaved => "spend-saved",
            Self::UserSaved => "user-saved",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
