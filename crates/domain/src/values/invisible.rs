//! Characters that nobody can see: pasted along from messengers, address books, web pages and files.
use std::borrow::Cow;

/// The text without characters that have no width: zero-width spaces, direction marks, byte order marks, soft hyphens, and
/// the like. They make two equal texts different, and nobody can see why.
///
/// Joiners and variation selectors stay where they belong to a script or an emoji that is written with them.
pub fn without_invisible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        let joined = kept.chars().next_back().is_some_and(is_written_with_joiners)
            && (is_selector(it) || rest.peek().copied().is_some_and(is_written_with_joiners));
        if !is_invisible(it) || (is_joiner(it) && joined) {
            kept.push(it);
        }
    }
    Cow::Owned(kept)
}

/// The property `Default_Ignorable_Code_Point` of Unicode 17, with the interlinear annotation marks and the empty braille cell.
pub(super) fn is_invisible(it: char) -> bool {
    matches!(it,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The zero-width joiner and non-joiner, and the selectors of a form.
fn is_joiner(it: char) -> bool {
    matches!(it, '\u{200c}' | '\u{200d}') || is_selector(it)
}

fn is_selector(it: char) -> bool {
    matches!(it, '\u{fe00}'..='\u{fe0f}')
}

/// Scripts whose letters join, from Arabic to Mongolian; CJK, whose signs have variants; symbols and emoji.
fn is_written_with_joiners(it: char) -> bool {
    matches!(it, '\u{600}'..='\u{10ff}' | '\u{1780}'..='\u{1bff}' | '\u{200d}' | '\u{2190}'..='\u{2bff}'
        | '\u{3000}'..='\u{9fff}' | '\u{a980}'..='\u{aaff}' | '\u{fe0f}' | '\u{1f000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_without_width_are_removed() {
        for it in [
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{200e}",
            "\u{200f}",
            "\u{202a}",
            "\u{202b}",
            "\u{202c}",
            "\u{202d}",
            "\u{202e}",
            "\u{2060}",
            "\u{2063}",
            "\u{2066}",
            "\u{2069}",
            "\u{feff}",
            "\u{ad}",
            "\u{61c}",
            "\u{180e}",
            "\u{3164}",
            "\u{34f}",
            "\u{fe0f}",
            "\u{e0041}",
        ] {
            for text in [format!("{it}Анна"), format!("Ан{it}на"), format!("Анна{it}"), format!("{it}{it}Анна{it}{it}")]
            {
                assert_eq!(without_invisible(&text), "Анна", "{it:?}");
            }
            assert_eq!(without_invisible(it), "");
            assert_eq!(without_invisible(&format!("anna@exa{it}mple.com")), "anna@example.com");
        }
        assert!(matches!(without_invisible("Анна-Мария О’Коннор"), Cow::Borrowed(_)));
    }

    #[test]
    fn joiners_stay_in_scripts_and_emoji_that_need_them() {
        for text in [
            "👨\u{200d}👩\u{200d}👧 Семья",
            "❤\u{fe0f} Анна",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
        ] {
            assert_eq!(without_invisible(text), text);
        }
        assert_eq!(without_invisible("👨\u{200d}"), "👨");
        assert_eq!(without_invisible("\u{200d}👨"), "👨");
    }
}
