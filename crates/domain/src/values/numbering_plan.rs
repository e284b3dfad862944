//! Which codes behind +7 are given out.
//!
//! Source: the numbering plans of Russia and Kazakhstan as libphonenumber 9.0.33 has them, read by three digits. Of mobile
//! codes (9xx) and service codes (80x) all are taken, because operators get new ones every year.

/// Whether an area, an operator or a service has these first three digits of the ten behind +7.
pub(super) fn is_given_out(code: &str) -> bool {
    let Ok(code) = code.parse::<u16>() else { return false };
    is_russian_area(code) || is_kazakh(code) || matches!(code, 800..=809 | 900..=999)
}

fn is_russian_area(code: u16) -> bool {
    matches!(
        code,
        301 | 302 | 336 | 341..=343 | 345..=347 | 349 | 351..=353 | 365 | 381..=385 | 388 | 390 | 391 | 394 | 395
            | 401 | 411 | 413 | 415 | 416 | 421 | 423 | 424 | 426 | 427 | 471..=475 | 481..=487 | 491..=496 | 498 | 499
            | 811..=818 | 820 | 821 | 831 | 833..=836 | 840..=848 | 851 | 855..=857 | 860..=863 | 865..=867 | 869
            | 871..=873 | 877..=879
    )
}

fn is_kazakh(code: u16) -> bool {
    matches!(code, 700..=702 | 705..=708 | 710..=718 | 721..=729 | 747 | 751 | 760..=764 | 771 | 775..=778 | 785)
}

#[cfg(test)]
mod tests {
    use phonenumber::metadata::DATABASE;

    use super::*;

    /// The library's own patterns, asked for a number of each code: none that it knows is missing here.
    #[test]
    fn every_code_that_the_library_knows_is_given_out() {
        let plans = ["RU", "KZ"].map(|id| DATABASE.by_id(id).unwrap().descriptors());
        for code in 300..=999_u16 {
            let known = plans.iter().any(|plan| {
                let kinds = [plan.fixed_line(), plan.mobile(), plan.toll_free(), plan.premium_rate(), plan.voip()];
                let rests = (0..1000).map(|it| format!("{code}{it:03}0123"));
                rests.into_iter().any(|number| kinds.iter().flatten().any(|it| it.is_match(&number)))
            });
            let given_out = is_given_out(&code.to_string());
            let service_or_mobile = matches!(code, 800..=809 | 900..=999);
            assert!(given_out == known || service_or_mobile, "{code}: given out {given_out}, known {known}");
        }
    }
}
