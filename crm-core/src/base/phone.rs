//! Phone numbers as they are dialled from anywhere.
//!
//! Of the `phonenumber` crate only the tables are used, nothing about prefixes is written here. Its own reading takes the trunk prefix
//! of the country it is given off numbers that name another, and an area code that begins like a trunk prefix along with it.

use phonenumber::metadata::{DATABASE, Metadata};
use phonenumber::{Type, country};
use unicode_normalization::UnicodeNormalization as _;

/// What makes a number one: short codes, and those for emergencies, are dialled in one country alone.
const KINDS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::Voip,
    Type::PersonalNumber,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// A phone number in E.164, read as in `country_code` (two letters) unless it names its country by "+" or "00"; `None` when it is no
/// valid number.
///
/// ```
/// use crm_core::base::text::phone_normalized;
/// assert_eq!(phone_normalized("+49 (0711) 1234567", Some("US")).as_deref(), Some("+497111234567"));
/// assert_eq!(phone_normalized("8 (812) 234-56-78", Some("RU")).as_deref(), Some("+78122345678"));
/// assert_eq!(phone_normalized("01 23 45 67 89", Some("FR")).as_deref(), Some("+33123456789"));
/// assert_eq!(phone_normalized("123", Some("FR")), None);
/// ```
#[must_use]
pub fn phone_normalized(text: &str, country_code: Option<&str>) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let Dialled { names_country, digits } = dialled(text)?;
    let abroad = digits.strip_prefix("00");
    if names_country {
        return international(abroad.unwrap_or(&digits));
    }
    let region = country_code.and_then(|code| code.parse::<country::Id>().ok());
    let home = region.and_then(|region| DATABASE.by_id(region.as_ref()));
    abroad.and_then(international).or_else(|| national(home?, &digits))
}

/// Whether a number in E.164 is how a country of its calling code reads a text: so it was, when that country was known of whom it is.
pub(crate) fn is_reading(text: &str, number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    let code = |length| DATABASE.by_code(&digits.get(..length)?.parse().ok()?);
    let mut countries = (1..=3).filter_map(code).flatten();
    countries.any(|meta| phone_normalized(text, Some(meta.id())).as_deref() == Some(number))
}

/// Digits that begin with a calling code: its country alone says how they go on.
fn international(digits: &str) -> Option<String> {
    let (code, rest) = (1..=3).find_map(|length| {
        let (code, rest) = digits.split_at_checked(length)?;
        Some((DATABASE.by_code(&code.parse().ok()?)?, rest))
    })?;
    let mut forms = vec![rest.to_owned()];
    // "+49 (0711)" keeps a trunk zero that does not belong there, "+39 (0)347" one that Italy's mobile numbers never had.
    forms.extend(code.first().into_iter().flat_map(|meta| without_trunk(meta, rest)));
    forms.extend(rest.strip_prefix('0').map(str::to_owned));
    first_valid(&code, &forms)
}

/// Digits as they are dialled within a country: what is a number as it stands keeps its first digits.
fn national(home: &Metadata, digits: &str) -> Option<String> {
    let abroad = home.international_prefix().and_then(|prefix| {
        let found = prefix.find(digits).filter(|found| found.start() == 0)?;
        international(&digits[found.end()..])
    });
    let code = DATABASE.by_code(&home.country_code())?;
    let mut forms = vec![digits.to_owned()];
    forms.extend(without_trunk(home, digits));
    abroad.or_else(|| first_valid(&code, &forms)).or_else(|| {
        digits.starts_with(&home.country_code().to_string()).then(|| international(digits))?
    })
}

/// A number without what is dialled before it within its country: by the country's pattern, carrier and all, and by its plain prefix.
fn without_trunk(meta: &Metadata, digits: &str) -> Vec<String> {
    let plain = meta.national_prefix().and_then(|prefix| digits.strip_prefix(prefix));
    by_pattern(meta, digits).into_iter().chain(plain.map(str::to_owned)).collect()
}

/// A number without what the country's pattern finds before it, rewritten where its table says how.
fn by_pattern(meta: &Metadata, digits: &str) -> Option<String> {
    let found = meta.national_prefix_for_parsing()?.captures(digits)?;
    let whole = found.get(0).filter(|whole| whole.start() == 0 && whole.end() > 0)?;
    let rest = &digits[whole.end()..];
    let last = found.get(found.len() - 1).filter(|_| found.len() > 1);
    let (Some(rule), Some(_)) = (meta.national_prefix_transform_rule(), last) else {
        return Some(rest.to_owned());
    };
    let head = (1..found.len()).fold(rule.to_owned(), |head, group| {
        head.replace(&format!("${group}"), found.get(group).map_or("", |part| part.as_str()))
    });
    Some(head + rest)
}

/// The first of these forms that is a number of its calling code.
fn first_valid(code: &[&Metadata], forms: &[String]) -> Option<String> {
    // The tables' patterns are open at the end and may stop at their first alternative: those that reach the end are surer.
    let strict = forms.iter().find(|form| is_number(code, form, true));
    let form = strict.or_else(|| forms.iter().find(|form| is_number(code, form, false)))?;
    Some(format!("+{}{form}", code.first()?.country_code()))
}

fn is_number(code: &[&Metadata], form: &str, to_the_end: bool) -> bool {
    code.iter().any(|meta| {
        let is = |kind: Type| {
            let described = meta.descriptors().get(kind).filter(|kind| kind.is_match(form));
            described.is_some_and(|kind| {
                let found = kind.national_number().find(form);
                !to_the_end || found.is_some_and(|found| found.end() == form.len())
            })
        };
        meta.descriptors().general().is_match(form) && KINDS.into_iter().any(is)
    })
}

/// What is dialled.
struct Dialled {
    /// By a plus.
    names_country: bool,
    digits: String,
}

/// The digits of a number as people write them; `None` for what is no number alone.
fn dialled(text: &str) -> Option<Dialled> {
    let text: String = text.nfkc().collect();
    let start = text.find(|c: char| c == '+' || digit(c).is_some())?;
    let text = text[start..].trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut number = Dialled { names_country: text.starts_with('+'), digits: String::new() };
    let text = text.trim_start_matches('+');
    for (at, c) in text.char_indices() {
        if let Some(digit) = digit(c) {
            number.digits.push(digit);
        } else if !is_punctuation(c) {
            let tail = &text[at..];
            if let Some((_, context)) = tail.split_once(";phone-context=+") {
                number.names_country = true;
                number.digits.insert_str(0, context.split(';').next()?);
                break;
            }
            if is_extension(tail) {
                break;
            }
            // "0800-4-PIZZA": letters of the keys, behind three digits or more.
            let key = "22233344455566677778889999".as_bytes();
            let letter = c.to_ascii_uppercase() as usize;
            let key = letter.checked_sub('A' as usize).and_then(|letter| key.get(letter))?;
            if number.digits.len() < 3 {
                return None;
            }
            number.digits.push(char::from(*key));
        }
    }
    let is_plain = number.digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then_some(number)
}

/// Whether this is what is dialled after the connection: `x123`, `ext. 12`, `;ext=12`, `доб. 12`.
fn is_extension(tail: &str) -> bool {
    const WORDS: [&str; 9] = ["", "x", "ext", "extn", "extension", "int", "anexo", "доб", "dahili"];
    if tail.starts_with(';') && tail.contains('=') {
        return true;
    }
    let marks = |c: char| c.is_whitespace() || ",;#~:.-".contains(c);
    let tail = tail.trim_start_matches(marks);
    let word = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
    let rest = tail[word..].trim_start_matches(marks);
    let digits = rest.find(|c| digit(c).is_none()).unwrap_or(rest.len());
    let is_word = WORDS.contains(&tail[..word].to_lowercase().as_str());
    is_word
        && (1..=7).contains(&digits)
        && (digits == rest.len() || rest[digits..].starts_with('/'))
}

/// A decimal digit of any of the scripts that phones are written in.
fn digit(c: char) -> Option<char> {
    const ZEROS: [char; 7] = ['0', '٠', '۰', '०', '০', '๐', '߀'];
    let value = ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        (value < 10).then_some(value)
    })?;
    char::from_digit(value, 10)
}

fn is_punctuation(c: char) -> bool {
    // Dashes of every width, and marks without width that come along with copied numbers.
    c.is_whitespace()
        || "-.()[]/\u{30fc}\u{2212}\u{ad}\u{2053}\u{223c}".contains(c)
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str, region: &str) -> Option<String> {
        phone_normalized(text, Some(region))
    }

    #[test]
    fn numbers_have_one_form() {
        for (text, region, expect) in [
            ("+49 151 12345678", "US", Some("+4915112345678")),
            ("0049 151 12345678", "US", Some("+4915112345678")),
            ("011 49 151 12345678", "US", Some("+4915112345678")),
            ("++49 151 12345678", "FR", Some("+4915112345678")),
            ("+0049 151 12345678", "FR", Some("+4915112345678")),
            ("33 1 23 45 67 89", "FR", Some("+33123456789")),
            ("+49 (0711) 1234567", "GB", Some("+497111234567")),
            ("+49 (0)711/1234567", "RU", Some("+497111234567")),
            ("+390612345678", "FR", Some("+390612345678")),
            ("+390612345678", "DE", Some("+390612345678")),
            ("06 1234 5678", "IT", Some("+390612345678")),
            ("347 123 4567", "IT", Some("+393471234567")),
            ("+39 (0)347 1234567", "DE", Some("+393471234567")),
            ("+7 812 234-56-78", "RU", Some("+78122345678")),
            ("+7 812 234-56-78", "DE", Some("+78122345678")),
            ("8 (812) 234-56-78", "RU", Some("+78122345678")),
            ("(812) 234-56-78", "RU", Some("+78122345678")),
            ("8 800 555-35-35", "RU", Some("+78005553535")),
            ("800 555-35-35", "RU", Some("+78005553535")),
            ("8 (495) 123-45-67", "RU", Some("+74951234567")),
            ("8 10 49 711 1234567", "RU", Some("+497111234567")),
            ("8 701 123 4567", "KZ", Some("+77011234567")),
            ("+7 701 123 4567", "RU", Some("+77011234567")),
            ("8 033 123-45-67", "BY", Some("+375331234567")),
            ("06 1 234 5678", "HU", Some("+3612345678")),
            ("0 15 11 91234-5678", "BR", Some("+5511912345678")),
            ("011 91234-5678", "BR", Some("+5511912345678")),
            ("+55 11 91234-5678", "PT", Some("+5511912345678")),
            ("011 15-2345-6789", "AR", Some("+5491123456789")),
            ("(202) 555-0123", "US", Some("+12025550123")),
            ("1-202-555-0123", "CA", Some("+12025550123")),
            ("+1 876 123 4567", "US", None),
            ("+1 876 523 4567", "FR", Some("+18765234567")),
            ("0532 123 45 67", "TR", Some("+905321234567")),
            ("01 23 45 67 89 x123", "FR", Some("+33123456789")),
            ("Tel. 01 23 45 67 89, ext. 12", "FR", Some("+33123456789")),
            ("8 812 234 56 78 доб. 12", "RU", Some("+78122345678")),
            ("tel:+33-1-23-45-67-89;ext=4", "US", Some("+33123456789")),
            ("tel:01-23-45-67-89;phone-context=+33", "US", Some("+33123456789")),
            ("1-800-FLOWERS", "US", Some("+18003569377")),
            ("\u{202a}+33 1 23 45 67 89\u{202c}", "US", Some("+33123456789")),
            ("＋３３ １ ２３ ４５ ６７ ８９", "US", Some("+33123456789")),
            ("٠١ ٢٣ ٤٥ ٦٧ ٨٩", "FR", Some("+33123456789")),
            ("0033 1 23 45 67 89", "XX", Some("+33123456789")),
            ("06 12 34 56 78", "XX", None),
            ("112", "DE", None),
            ("+33 1 23 45 67 89 +33 1 23 45 67 80", "FR", None),
            ("ada1110@harbour.example", "US", None),
            ("no number", "FR", None),
            ("+", "FR", None),
            ("+4", "FR", None),
            ("00", "FR", None),
        ] {
            assert_eq!(normal(text, region).as_deref(), expect, "{text} in {region}");
        }
    }

    /// Every kind of number of every country: whoever reads it, it stays what it is, and its own country reads it as it dials it.
    #[test]
    fn numbers_that_name_their_country_are_the_same_everywhere() {
        const READERS: [&str; 8] = ["US", "DE", "IT", "RU", "BR", "AR", "HU", "XX"];
        let (mut seen, mut at_home) = (0, 0);
        for meta in DATABASE.iter().filter(|meta| meta.id() != "001") {
            for kind in KINDS {
                let described = meta.descriptors().get(kind);
                let Some(example) = described.and_then(|kind| kind.example()) else { continue };
                let whole = format!("+{}{example}", meta.country_code());
                for reader in READERS.into_iter().chain([meta.id()]) {
                    let told = format!("{whole} read in {reader}");
                    assert_eq!(normal(&whole, reader).as_ref(), Some(&whole), "{told}");
                    let dialled = whole.replace('+', "00");
                    assert_eq!(normal(&dialled, reader).as_ref(), Some(&whole), "{told}, 00");
                }
                seen += 1;
                let trunk = meta.national_prefix().unwrap_or_default();
                for dialled in [example.to_owned(), format!("{trunk}{example}")] {
                    at_home += 1;
                    let read = normal(&dialled, meta.id());
                    assert_eq!(read.as_ref(), Some(&whole), "{dialled} in {}", meta.id());
                }
            }
        }
        assert!(seen > 700, "{seen} of all countries, {at_home} at home");
    }

    proptest::proptest! {
        #[test]
        fn what_was_read_is_read_the_same(
            text in "(\\+|00|0|8|1)?[0-9]{4,14}",
            home in proptest::sample::select(vec!["RU", "BY", "AR", "BR", "IT", "DE", "US", "SM", "MX", "CN"]),
            reader in proptest::sample::select(vec!["RU", "US", "DE", "IT", "XX"]),
        ) {
            if let Some(first) = normal(&text, home) {
                proptest::prop_assert_eq!(normal(&first, reader), Some(first));
            }
        }
    }
}
