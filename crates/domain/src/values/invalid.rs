//! Why a value was refused. The user interface turns each into a sentence that says what to do.
use super::{Day, Money};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("a value is required")]
    Empty,
    #[error("longer than {max} characters")]
    TooLong { max: usize },
    #[error("shorter than {min} characters")]
    TooShort { min: usize },
    #[error("contains control characters")]
    ControlCharacter,
    #[error("has characters other than letters, digits and . _ - @")]
    UsernameCharacter,
    #[error("not an amount of money")]
    NotMoney,
    #[error("an amount in another currency than the organisation's")]
    OtherCurrency,
    #[error("either {thousandths} or {}.{:03}", thousandths / 1000, thousandths % 1000)]
    AmbiguousAmount {
        /// The number as whole units; as thousandths it is the other reading. Below a million.
        thousandths: u32,
    },
    #[error("less than zero")]
    Negative,
    #[error("must be more than zero")]
    NotPositive,
    #[error("more than {max}")]
    TooMuch { max: Money },
    #[error("more than {max} at once")]
    TooMany { max: usize },
    #[error("not a phone number")]
    NotAPhone,
    #[error("not an email address")]
    NotAnEmail,
    #[error("not a date that exists")]
    NotADate,
    #[error("not between {min} and {max}")]
    DayOutOfRange { min: Day, max: Day },
    #[error("ends before it starts")]
    EndBeforeStart,
    #[error("a phone or an email is required")]
    NoContact,
    #[error("already used by another record")]
    Taken,
    #[error("no such choice")]
    UnknownChoice,
    #[error("too easy to guess: a common password")]
    CommonPassword,
    #[error("too easy to guess: it repeats the name of the user or of the product")]
    PasswordLikeName,
    #[error("the two passwords differ")]
    PasswordsDiffer,
    #[error("the code is wrong")]
    WrongCode,
    #[error("this is not the password")]
    WrongPassword,
    #[error("this is the password of before")]
    SamePassword,
    #[error("the file is empty")]
    EmptyFile,
    #[error("the file is larger than {max} bytes")]
    FileTooLarge { max: u64 },
    #[error("a file of this type is not accepted")]
    FileType,
    #[error("the file's content is not what its name says")]
    FileContent,
    #[error("more than {files} files or {bytes} bytes of one user wait for a contract")]
    TooManyUploads { files: u64, bytes: u64 },
    #[error("too many files of all users wait for a contract")]
    UploadsFull,
    #[error("the disk is nearly full")]
    DiskNearlyFull,
    #[error("the uploaded file is no longer here")]
    UploadGone,
}
