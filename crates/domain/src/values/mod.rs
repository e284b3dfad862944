//! Values that cannot be built from bad input: parse once, trust afterwards.
mod currency;
mod day;
mod email;
mod fold;
mod invalid;
mod invisible;
mod money;
mod numbering_plan;
mod period;
mod phone;
mod text;

pub use day::{Day, parse_day, parse_minute};
pub(crate) use day::{FIRST, LAST, MILLENNIUM, within as within_days};
pub use email::Email;
pub use fold::{PersonNeedle, fold, name_key, name_needles, person_needles, search_fold};
pub use invalid::Invalid;
pub use invisible::without_invisible;
pub use money::Money;
pub use period::{OpenPeriod, Period};
pub use phone::Phone;
pub use text::{
    CampaignName, Channel, ContractName, Description, FileName, FullName, LostReason, NoteText, RoleName, ServiceName,
    SpendNote, StepText, Username, ViewName, ViewQuery,
};
