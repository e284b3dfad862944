//! Words of forms in Russian: the names of fields, and error messages.
use domain::{field::Field, values::Invalid};

use super::ru::{amount, day, plural, too_large_file, too_many_uploads};

pub(super) fn field(it: Field) -> &'static str {
    match it {
        Field::Active => "Доступ открыт",
        Field::Amount => "Сумма",
        Field::Archived => "В архиве",
        Field::Assignee => "Ответственный",
        Field::Budget => "Бюджет",
        Field::Campaign => "Кампания",
        Field::Cancelled => "Отменён",
        Field::Channel => "Канал",
        Field::Client => "Клиент",
        Field::Code => "Код",
        Field::Contact => "Контакт",
        Field::Contract => "Договор",
        Field::CurrentPassword => "Текущий пароль",
        Field::Description => "Описание",
        Field::Document => "Файл договора",
        Field::DueOn => "День",
        Field::Email => "Почта",
        Field::EndsOn => "Окончание",
        Field::FullName => "Ф. И. О.",
        Field::Language => "Язык",
        Field::Lead => "Лид",
        Field::List => "Список",
        Field::Merged => "Объединённые лиды",
        Field::MergedInto => "Объединён с",
        Field::Name => "Название",
        Field::NextStep => "Следующий шаг",
        Field::Note => "Комментарий",
        Field::Password => "Пароль",
        Field::PasswordLink => "Ссылка для пароля действует до",
        Field::Permissions => "Права",
        Field::Phone => "Телефон",
        Field::Price => "Цена",
        Field::Reason => "Причина отказа",
        Field::RecoveryCodes => "Коды восстановления",
        Field::Roles => "Роли",
        Field::SecondFactor => "Второй фактор",
        Field::Service => "Услуга",
        Field::Shared => "Виден всем",
        Field::SetupCode => "Код из консоли",
        Field::SignedOn => "Дата заключения",
        Field::SpentOn => "Дата",
        Field::StartsOn => "Начало",
        Field::Status => "Статус",
        Field::Superuser => "Главный администратор",
        Field::TemporaryPassword => "Временный пароль",
        Field::Text => "Заметка",
        Field::Density => "Строки списков",
        Field::SingleKeys => "Одиночные клавиши",
        Field::Theme => "Тема",
        Field::TimeZone => "Часовой пояс",
        Field::Username => "Имя пользователя",
        Field::ValidFrom => "Действует с",
        Field::ValidUntil => "Действует по",
    }
}

fn required(it: Field) -> String {
    let words = match it {
        Field::Service => "Выберите услугу",
        Field::Document => "Приложите файл договора",
        Field::FullName => "Введите имя, например Соколова Марина Андреевна",
        Field::Amount | Field::Price | Field::Budget => "Введите сумму, например 180 000",
        Field::Channel => "Введите канал, например Яндекс Директ",
        Field::Reason => "Укажите причину отказа, например «выбрали других»",
        Field::Text => "Напишите, что обсудили",
        Field::NextStep => "Напишите, что сделать, например «Перезвонить»",
        Field::DueOn => "Выберите день",
        Field::Password | Field::CurrentPassword => "Введите пароль",
        Field::Code => "Введите код",
        Field::Permissions => "Права пришли не полностью. Отметьте нужные и сохраните ещё раз",
        Field::StartsOn | Field::EndsOn | Field::SignedOn | Field::SpentOn | Field::ValidFrom | Field::ValidUntil => {
            return format!("Введите дату в поле «{}»", field(it));
        }
        other => return format!("Заполните поле «{}»", field(other)),
    };
    words.to_owned()
}

/// The error message: the remedy with an example. It names its field, because it may stand alone.
pub(super) fn problem(field_of: Field, it: Invalid) -> String {
    let name = field(field_of);
    match it {
        Invalid::Empty => required(field_of),
        Invalid::TooLong { max } => {
            format!("{name}: не больше {max} {}", plural(max as u64, "знака", "знаков", "знаков"))
        }
        Invalid::TooShort { min } => {
            format!("{name}: не меньше {min} {}", plural(min as u64, "знака", "знаков", "знаков"))
        }
        Invalid::ControlCharacter => format!("{name}: уберите нечитаемые символы"),
        Invalid::UsernameCharacter => "Имя пользователя: только буквы, цифры и . _ - @".to_owned(),
        Invalid::NotMoney => format!("{name}: введите число, например 180 000 или 180 000,50. Копеек — две цифры"),
        Invalid::OtherCurrency => format!("{name}: это другая валюта. Пересчитайте сумму и введите её без знака валюты"),
        Invalid::AmbiguousAmount { thousandths } => {
            let (whole, rest) = (thousandths / 1000, thousandths % 1000);
            format!(
                "{name}: непонятно, {} это или {whole},{rest:03}. Тысячи отделите пробелом, копейки пишите двумя цифрами",
                super::ru::number(i128::from(thousandths))
            )
        }
        Invalid::Negative => format!("{name}: не может быть меньше нуля"),
        Invalid::NotPositive => format!("{name}: должна быть больше нуля"),
        Invalid::TooMuch { max } => format!("{name}: не больше {}", amount(i128::from(max.minor()))),
        Invalid::TooMany { max } if field_of == Field::Name => {
            format!("Отборов уже {max}, больше не поместится. Удалите ненужные")
        }
        Invalid::TooMany { max } => {
            format!("За один раз — не больше {} записей. Сузьте список", super::ru::number(max as i128))
        }
        Invalid::NotAPhone => {
            "Такого номера нет. Проверьте цифры: +7 900 555-01-42. Иностранный начните с кода страны: +49 30 1234567".to_owned()
        },
        Invalid::NotAnEmail => "Почта не распознана. Пример: m.sokolova@example.ru".to_owned(),
        Invalid::NotADate => format!("{name}: такой даты нет. Пример: 20.11.2026"),
        Invalid::DayOutOfRange { min, max } => format!("{name}: дата от {} до {}", day(min), day(max)),
        Invalid::EndBeforeStart => format!("{name}: раньше даты начала"),
        Invalid::NoContact => "Укажите телефон или почту".to_owned(),
        Invalid::Taken => match field_of {
            Field::Username => "Это имя пользователя уже занято".to_owned(),
            Field::Contract => "У этого договора уже есть клиент. Выберите другой или заполните новый".to_owned(),
            _ => format!("{name}: такое уже есть, придумайте другое"),
        },
        Invalid::UnknownChoice if field_of == Field::TimeZone => {
            "Такого часового пояса нет. Выберите из списка, например Europe/Moscow".to_owned()
        }
        Invalid::UnknownChoice => format!("{name}: выберите из списка"),
        Invalid::CommonPassword => "Такой пароль легко подобрать. Придумайте фразу из нескольких слов".to_owned(),
        Invalid::PasswordLikeName => "Пароль похож на имя пользователя или программы. Придумайте другой".to_owned(),
        Invalid::PasswordsDiffer => "Пароли не совпали. Введите их ещё раз".to_owned(),
        Invalid::WrongPassword => "Это не ваш нынешний пароль".to_owned(),
        Invalid::SamePassword => "Это прежний пароль. Придумайте другой".to_owned(),
        Invalid::WrongCode if field_of == Field::Code => {
            "Код не подошёл. Введите следующий код из приложения или другой код восстановления. Проверьте время на телефоне".to_owned()
        }
        Invalid::WrongCode => "Код не подошёл. Возьмите его из консоли сервера; через час нужен перезапуск".to_owned(),
        Invalid::EmptyFile => "Файл пустой. Выберите другой".to_owned(),
        Invalid::FileTooLarge { max } => too_large_file(max),
        Invalid::FileType => "Такой файл не подходит. Нужен PDF, DOC, DOCX, ODT, RTF, JPG, PNG или TIFF".to_owned(),
        Invalid::FileContent => {
            "Содержимое файла не соответствует его названию. Сохраните его заново и выберите снова".to_owned()
        }
        Invalid::TooManyUploads { files, bytes } => too_many_uploads(files, bytes),
        Invalid::UploadsFull => {
            "Слишком много загруженных файлов ждут своих договоров. Попробуйте через час или скажите администратору".to_owned()
        }
        Invalid::DiskNearlyFull => {
            "На сервере почти нет места, поэтому файлы пока не принимаются. Скажите администратору".to_owned()
        }
        Invalid::UploadGone => "Файл уже недоступен. Выберите его ещё раз".to_owned(),
    }
}
