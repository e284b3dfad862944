//! Invented people: their names agree in gender, and some leave out their phone or their email.
use domain::{
    lead::Contact,
    values::{Email, FullName, Invalid, Phone},
};

use super::{
    latin::latin,
    names::{Gender, MEN, SURNAMES, WOMEN, patronymic, surname},
    random::Random,
};

/// Mobile codes that operators hardly use, so that nobody is called by accident.
const CODES: [&str; 8] = ["940", "943", "945", "946", "972", "973", "974", "976"];
/// RFC 2606 keeps `.example` out of the real world: nobody gets mail by accident.
const HOSTS: [&str; 6] =
    ["pochta.example", "mail.example", "post.example", "biznes.example", "inbox.example", "kontora.example"];

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) full_name: FullName,
    pub(super) contact: Contact,
}

impl Person {
    pub(super) fn invent(random: &mut Random) -> Result<Self, Invalid> {
        let gender = if random.chance(540) { Gender::Female } else { Gender::Male };
        let surname = surname(random.pick(&SURNAMES), gender);
        let given = match gender {
            Gender::Female => random.pick(&WOMEN),
            Gender::Male => random.pick(&MEN).0,
        };
        let full_name = match father(random) {
            Some(father) => format!("{surname} {given} {}", patronymic(father, gender)),
            None => format!("{surname} {given}"),
        };
        // One in five leaves only a phone, and one in ten only an address.
        let left = random.below(10);
        let phone = if left == 0 { None } else { Some(phone(random)?) };
        let email = if left == 1 || left == 2 { None } else { Some(email(random, &surname, given)?) };
        Ok(Self { full_name: FullName::parse(&full_name)?, contact: Contact::new(phone, email)? })
    }
}

/// How many of a thousand calls are of somebody who called before, and was not found.
const CALLING_AGAIN: u64 = 4;
/// How many of a thousand are remembered, until the next one is.
const REMEMBERED: u64 = 20;

/// Who may call again.
#[derive(Default)]
pub(super) struct Callers(Option<Person>);

impl Callers {
    /// Mostly somebody new.
    pub(super) fn next(&mut self, random: &mut Random) -> Result<Person, Invalid> {
        if random.chance(CALLING_AGAIN)
            && let Some(again) = self.0.take()
        {
            return Ok(again);
        }
        let person = Person::invent(random)?;
        if random.chance(REMEMBERED) {
            self.0 = Some(person.clone());
        }
        Ok(person)
    }
}

/// The beginning of a patronymic; some people do not tell theirs.
fn father(random: &mut Random) -> Option<&'static str> {
    let (_, stem) = random.pick(&MEN);
    (!stem.is_empty() && !random.chance(120)).then_some(stem)
}

/// Not parsed, which takes a hundred times as long as all the rest: a test does that with some.
fn phone(random: &mut Random) -> Result<Phone, Invalid> {
    Phone::from_e164(&format!("+7{}{:07}", random.pick(&CODES), random.below(10_000_000)))
}

fn email(random: &mut Random, surname: &str, given: &str) -> Result<Email, Invalid> {
    let (surname, given) = (latin(surname).to_lowercase(), latin(given).to_lowercase());
    let initial = given.get(..1).unwrap_or_default();
    let number = random.between(1..=99);
    let local = match random.below(5) {
        0 => format!("{surname}.{given}"),
        1 => format!("{initial}.{surname}{number}"),
        2 => format!("{given}{}", 1960 + number % 45),
        3 => format!("{given}_{surname}"),
        _ => format!("{surname}{number}"),
    };
    Email::parse(&format!("{local}@{}", random.pick(&HOSTS)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_phones_can_exist() {
        let mut random = Random::seeded(2);
        for _ in 0..100 {
            let phone = phone(&mut random).unwrap();
            assert_eq!(Phone::parse(phone.e164()), Ok(phone));
        }
    }

    #[test]
    fn a_few_call_again() {
        let (mut random, mut callers) = (Random::seeded(3), Callers::default());
        let people: Vec<Person> = (0..5000).map(|_| callers.next(&mut random).unwrap()).collect();
        let phones: Vec<&str> = people.iter().filter_map(|it| it.contact.phone()).map(Phone::e164).collect();
        let again = phones.len() - phones.iter().collect::<HashSet<_>>().len();
        assert!((8..25).contains(&again), "{again}");
    }

    #[test]
    fn thousands_of_people_are_acceptable_and_hardly_two_are_alike() {
        let mut random = Random::seeded(1);
        let people: Vec<Person> = (0..5000).map(|_| Person::invent(&mut random).unwrap()).collect();
        let names: HashSet<&str> = people.iter().map(|it| it.full_name.as_str()).collect();
        assert!(names.len() > 4700, "{}", names.len());
        let without = |it: fn(&Person) -> bool| people.iter().filter(|person| it(person)).count();
        assert!((300..700).contains(&without(|it| it.contact.phone().is_none())));
        assert!((700..1300).contains(&without(|it| it.contact.email().is_none())));
    }
}
