//! Russian text in Latin letters: for email addresses, and for documents whose font has no others.

pub(super) fn latin(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut latin, letter| {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        let spelled = spelled(lower);
        match spelled.chars().next() {
            Some(first) if lower != letter => {
                latin.extend(first.to_uppercase());
                latin.push_str(&spelled[1..]);
            }
            Some(_) => latin.push_str(spelled),
            None if letter.is_ascii() => latin.push(letter),
            None => latin.push_str(mark(letter)),
        }
        latin
    })
}

fn mark(letter: char) -> &'static str {
    match letter {
        '«' | '»' | '„' | '“' => "\"",
        '—' | '–' => "-",
        '№' => "No.",
        '\u{a0}' => " ",
        _ => "",
    }
}

fn spelled(letter: char) -> &'static str {
    match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "yo",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "yu",
        'я' => "ya",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_read_in_latin_letters() {
        assert_eq!(latin("Щербакова Юлия Фёдоровна"), "Shcherbakova Yuliya Fyodorovna");
        assert_eq!(latin("Договор № Б-2026-118, «объект»"), "Dogovor No. B-2026-118, \"obekt\"");
    }
}
