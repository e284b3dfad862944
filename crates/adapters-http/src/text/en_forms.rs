//! Words of forms in English: the names of fields, and error messages.
use domain::{field::Field, values::Invalid};

use super::en::{amount, day, too_large_file, too_many_uploads};

pub(super) fn field(it: Field) -> &'static str {
    match it {
        Field::Active => "Access open",
        Field::Amount => "Amount",
        Field::Archived => "Archived",
        Field::Assignee => "Assignee",
        Field::Budget => "Budget",
        Field::Campaign => "Campaign",
        Field::Cancelled => "Cancelled",
        Field::Channel => "Channel",
        Field::Client => "Client",
        Field::Code => "Code",
        Field::Contact => "Contact",
        Field::Contract => "Contract",
        Field::CurrentPassword => "Current password",
        Field::Description => "Description",
        Field::Document => "Contract file",
        Field::DueOn => "Day",
        Field::Email => "Email",
        Field::EndsOn => "Ends on",
        Field::FullName => "Full name",
        Field::Language => "Language",
        Field::Lead => "Lead",
        Field::List => "List",
        Field::Merged => "Merged leads",
        Field::MergedInto => "Merged into",
        Field::Name => "Name",
        Field::NextStep => "Next step",
        Field::Note => "Comment",
        Field::Password => "Password",
        Field::PasswordLink => "Password link valid until",
        Field::Permissions => "Permissions",
        Field::Phone => "Phone",
        Field::Price => "Price",
        Field::Reason => "Reason",
        Field::RecoveryCodes => "Recovery codes",
        Field::Roles => "Roles",
        Field::SecondFactor => "Second factor",
        Field::Service => "Service",
        Field::Shared => "Shared with everybody",
        Field::SetupCode => "Code from the console",
        Field::SignedOn => "Signed on",
        Field::SpentOn => "Date",
        Field::StartsOn => "Starts on",
        Field::Status => "Status",
        Field::Superuser => "Superuser",
        Field::TemporaryPassword => "Temporary password",
        Field::Text => "Note",
        Field::Density => "Rows of lists",
        Field::SingleKeys => "Single keys",
        Field::Theme => "Theme",
        Field::TimeZone => "Time zone",
        Field::Username => "Username",
        Field::ValidFrom => "Valid from",
        Field::ValidUntil => "Valid until",
    }
}

fn required(it: Field) -> String {
    match it {
        Field::Service => "Choose a service".to_owned(),
        Field::Document => "Attach the contract file".to_owned(),
        Field::FullName => "Enter a name, for example Marina Sokolova".to_owned(),
        Field::Amount | Field::Price | Field::Budget => "Enter an amount, for example 180,000".to_owned(),
        Field::Channel => "Enter a channel, for example Google Ads".to_owned(),
        Field::Reason => "Say why the lead is lost, for example “chose a competitor”".to_owned(),
        Field::Text => "Write what was discussed".to_owned(),
        Field::NextStep => "Write what to do, for example “Call back”".to_owned(),
        Field::DueOn => "Choose a day".to_owned(),
        Field::Password | Field::CurrentPassword => "Enter a password".to_owned(),
        Field::Code => "Enter a code".to_owned(),
        Field::Permissions => "The permissions did not arrive whole. Tick those you want and save again".to_owned(),
        Field::StartsOn | Field::EndsOn | Field::SignedOn | Field::SpentOn | Field::ValidFrom | Field::ValidUntil => {
            format!("{}: enter a date", field(it))
        }
        other => format!("{}: fill in this field", field(other)),
    }
}

/// The error message: the remedy with an example. It names its field, because it may stand alone.
pub(super) fn problem(field_of: Field, it: Invalid) -> String {
    let name = field(field_of);
    match it {
        Invalid::Empty => required(field_of),
        Invalid::TooLong { max } => format!("{name}: at most {max} characters"),
        Invalid::TooShort { min } => format!("{name}: at least {min} characters"),
        Invalid::ControlCharacter => format!("{name}: remove unreadable characters"),
        Invalid::UsernameCharacter => "Username: only letters, digits and . _ - @".to_owned(),
        Invalid::NotMoney => format!("{name}: enter a number, for example 180,000 or 180,000.50, with two decimals at most"),
        Invalid::OtherCurrency => format!("{name}: this is another currency. Convert the amount and enter it without a sign"),
        Invalid::AmbiguousAmount { thousandths } => {
            let (whole, rest) = (thousandths / 1000, thousandths % 1000);
            format!(
                "{name}: this may be {} or {whole}.{rest:03}. Put commas between thousands, and at most two decimals",
                super::en::number(i128::from(thousandths))
            )
        }
        Invalid::Negative => format!("{name}: cannot be less than zero"),
        Invalid::NotPositive => format!("{name}: must be more than zero"),
        Invalid::TooMuch { max } => format!("{name}: at most {}", amount(i128::from(max.minor()))),
        Invalid::TooMany { max } if field_of == Field::Name => {
            format!("There are {max} views, and no room for more. Remove some")
        }
        Invalid::TooMany { max } => {
            format!("At most {} records at once. Narrow the list", super::en::number(max as i128))
        }
        Invalid::NotAPhone => {
            "There is no such number. Check the digits; a foreign number begins with its country: +49 30 1234567".to_owned()
        },
        Invalid::NotAnEmail => "The email was not understood. Example: m.sokolova@example.com".to_owned(),
        Invalid::NotADate => format!("{name}: there is no such date. Example: 2026-11-20"),
        Invalid::DayOutOfRange { min, max } => format!("{name}: from {} to {}", day(min), day(max)),
        Invalid::EndBeforeStart => format!("{name}: before the start date"),
        Invalid::NoContact => "Enter a phone or an email".to_owned(),
        Invalid::Taken => match field_of {
            Field::Contract => "This contract has a client already. Choose another or fill in a new one".to_owned(),
            _ => format!("{name}: taken already, choose another"),
        },
        Invalid::UnknownChoice if field_of == Field::TimeZone => {
            "There is no such time zone. Choose one from the list, for example Europe/Moscow".to_owned()
        }
        Invalid::UnknownChoice => format!("{name}: choose from the list"),
        Invalid::CommonPassword => "This password is easy to guess. Make up a phrase of several words".to_owned(),
        Invalid::PasswordLikeName => {
            "The password is like the name of the user or the program. Choose another".to_owned()
        }
        Invalid::PasswordsDiffer => "The passwords differ. Enter them again".to_owned(),
        Invalid::WrongPassword => "This is not your current password".to_owned(),
        Invalid::SamePassword => "This is the password you have. Choose another one".to_owned(),
        Invalid::WrongCode if field_of == Field::Code => {
            "The code is wrong. Enter the next one that the app shows, or another recovery code. Check the clock of the phone".to_owned()
        }
        Invalid::WrongCode => {
            "The code is wrong. It is on the server's console; after an hour it takes a restart".to_owned()
        }
        Invalid::EmptyFile => "The file is empty. Choose another".to_owned(),
        Invalid::FileTooLarge { max } => too_large_file(max),
        Invalid::FileType => {
            "This type of file is not accepted. Use PDF, DOC, DOCX, ODT, RTF, JPG, PNG or TIFF".to_owned()
        }
        Invalid::FileContent => {
            "The content of the file is not what its name says. Save it again and choose it".to_owned()
        }
        Invalid::TooManyUploads { files, bytes } => too_many_uploads(files, bytes),
        Invalid::UploadsFull => {
            "Too many uploaded files are waiting for their contracts. Try again in an hour, or tell your administrator".to_owned()
        }
        Invalid::DiskNearlyFull => {
            "The server has almost no space left, so files are not accepted for now. Tell your administrator".to_owned()
        }
        Invalid::UploadGone => "The file is no longer here. Choose it again".to_owned(),
    }
}
