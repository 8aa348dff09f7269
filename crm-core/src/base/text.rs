//! Normal forms of text: names that are nearly right, e-mail addresses, phone numbers, comparison without case.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

pub(crate) use crate::base::phone::is_reading;
pub use crate::base::phone::phone_normalized;
use crate::base::{Error, Result, limit};

/// The known name nearest to a mistaken one, if it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: String = wrong.chars().take(64).flat_map(char::to_lowercase).collect();
    // Of a short name there is little that could be meant: "foo" is no slip of the pen for "fold".
    let allowed = match wrong.chars().count() {
        0 | 1 => 0,
        2 | 3 => 1,
        letters => letters / 3 + 1,
    };
    let scored = known.into_iter().map(|name| {
        // A name that contains the mistake, or the reverse, is nearer than its length says.
        let within =
            wrong.len().min(name.len()) >= 3 && (name.contains(&wrong) || wrong.contains(name));
        (if within { 1 } else { distance(&wrong, name) }, name)
    });
    scored
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Letters to insert, delete or replace to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

/// Text for comparing without case.
#[must_use]
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// The first e-mail address within a text, in its comparable form: the domain in lower case and in ASCII, as the network writes it (IDNA,
/// UTS 46), the local part in lower case if it is ASCII.
///
/// ```
/// use crm_core::base::text::email_normalized;
/// assert_eq!(email_normalized("Ada L. <Ada@Harbour.EXAMPLE>").as_deref(), Some("ada@harbour.example"));
/// assert_eq!(email_normalized("info@Bücher.example").as_deref(), Some("info@xn--bcher-kva.example"));
/// assert_eq!(email_normalized("call me"), None);
/// ```
///
/// A text with a line's end within, another control character or a letter that nobody sees, or whose quotes do not fit, has none: what is read
/// there is not what somebody meant to write, or it would write a second header into a mail.
///
/// ```
/// # use crm_core::base::text::email_normalized;
/// assert_eq!(email_normalized("ada@harbour.example\r\nBcc: eve@inland.example"), None);
/// ```
#[must_use]
pub fn email_normalized(text: &str) -> Option<String> {
    // What a cell or a clipboard put around it is nobody's.
    let text = text.trim();
    // Most are nothing but an address; then there is nothing to split.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-' | b'_' | b'+');
    if text.bytes().all(is_plain) {
        return address(text);
    }
    if !text.chars().all(is_seen) || !quotes_fit(text) {
        return None;
    }
    text.split(outside).find_map(address)
}

/// Every e-mail address within a text in its comparable form, each once, in order; no more than [`limit::ADDRESSES`] are looked for.
///
/// ```
/// use crm_core::base::text::emails_normalized;
/// assert_eq!(emails_normalized("Ada <ada@x.example>; Bob@X.example, ADA@x.example"), ["ada@x.example", "bob@x.example"]);
/// ```
#[must_use]
pub fn emails_normalized(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for email in text.split(outside).filter_map(address) {
        if found.len() == limit::ADDRESSES {
            break;
        }
        if !found.contains(&email) {
            found.push(email);
        }
    }
    found
}

/// A normalised address with its domain first, `domain@local`: sorted so, addresses of one domain stand together.
///
/// ```
/// use crm_core::base::text::domain_first;
/// assert_eq!(domain_first("ada@harbour.example"), "harbour.example@ada");
/// ```
#[must_use]
pub fn domain_first(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => format!("{domain}@{local}"),
        None => email.to_owned(),
    }
}

/// Whether a character is one that somebody sees, or a space.
fn is_seen(c: char) -> bool {
    let hides = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}');
    c == '\t' || !(hides || c.is_control())
}

/// Whether quotes stand in pairs around words, not within one: `a"b@x.example` is no address of b.
fn quotes_fit(text: &str) -> bool {
    let (mut within, mut fits, mut last) = (false, true, ' ');
    for c in text.chars() {
        if c == '"' && last != '\\' {
            fits &= within || !last.is_alphanumeric();
            within = !within;
        } else if last == '"' && !within {
            fits &= !c.is_alphanumeric() && c != '@';
        }
        last = c;
    }
    fits && !within
}

/// What stands between addresses.
fn outside(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')' | '[' | ']' | ':')
}

fn address(word: &str) -> Option<String> {
    // A sentence's full stop behind an address is no part of it; a dot before one is a mistake in it.
    let word = word.trim_start_matches('\'').trim_end_matches(['.', '\'']);
    let (local, domain) = word.rsplit_once('@')?;
    let local_fits = local.len() <= 64 && local.split('.').all(is_atom);
    let domain = in_ascii(domain)?;
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let domain_fits = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && !domain.rsplit('.').next().is_some_and(is_number);
    if !(local_fits && domain_fits) {
        return None;
    }
    // One house of mailboxes that has two names.
    let domain = match domain.as_ref() {
        known if known.eq_ignore_ascii_case("googlemail.com") => Cow::Borrowed("gmail.com"),
        _ => domain,
    };
    let local = if local.is_ascii() { local.to_ascii_lowercase() } else { local.to_owned() };
    Some(format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// A domain as the network writes it; `None` for letters that no domain has. What is ASCII stays as it is.
fn in_ascii(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() {
        return Some(Cow::Borrowed(domain));
    }
    // A dash or a sign behind an address is no part of it, though the network would let a domain have it.
    let letter = |c: char| {
        c.is_alphanumeric()
            || is_combining_mark(c)
            || matches!(c, '-' | '.' | '。' | '．' | '｡' | '\u{200c}' | '\u{200d}')
    };
    // What is far longer than a domain is not looked at.
    let fits = domain.len() <= limit::SHORT_TEXT && domain.chars().all(letter);
    if fits { idna::domain_to_ascii(domain).ok().map(Cow::Owned) } else { None }
}

/// What stands between the dots before the sign of an address: in ASCII what mail allows there without quotes.
fn is_atom(part: &str) -> bool {
    let fits = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        // Joiners belong to letters of some writings; beside an address they belong to nothing.
        false => is_seen(c) && !matches!(c, '\u{200c}' | '\u{200d}'),
    };
    !part.is_empty() && part.chars().all(fits)
}

fn is_label(label: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '-';
    !label.is_empty()
        && label.len() <= 63
        && label.chars().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Folds the two letters of a country to upper case.
///
/// # Errors
/// `Invalid` for anything but two letters; which of them are countries is not looked up.
pub fn fold_country(code: &mut Option<String>) -> Result<()> {
    let Some(code) = code else { return Ok(()) };
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        // What is far longer is not repeated: it may be a whole letter that went into the wrong column.
        let shown = if code.len() > limit::STATE_CODE { "a text" } else { &format!("{code:?}") };
        let told = format!("country_code: {shown} is not two letters such as DE");
        return Err(Error::invalid("country_code", told));
    }
    code.make_ascii_uppercase();
    Ok(())
}

/// A tax number in its comparable form: its letters and digits, in upper case; `None` for what is too short to be one or has no digit.
///
/// What says the country stands before it, or is what is known of whose number it is: a number without two letters before it is
/// `country`'s. Greece writes EL for itself; what a Swiss number says behind it of what is taxed is no part of it.
///
/// ```
/// use crm_core::base::text::tax_id_normalized;
/// assert_eq!(tax_id_normalized("fr 40 303.265-045", None).as_deref(), Some("FR40303265045"));
/// assert_eq!(tax_id_normalized("136 695 976", Some("DE")).as_deref(), Some("DE136695976"));
/// assert_eq!(tax_id_normalized("n/a", None), None);
/// ```
#[must_use]
pub fn tax_id_normalized(text: &str, country: Option<&str>) -> Option<String> {
    const SHORTEST: usize = 5;
    let signs: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_one = signs.chars().count() >= SHORTEST && signs.chars().any(char::is_numeric);
    if !is_one {
        return None;
    }
    let signs = signs.to_uppercase();
    if let Some(number) = signs.strip_prefix("CHE") {
        let digits = number.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let (said, behind) = number.split_at(digits.len());
        let is_swiss = said.len() == 9 && said.bytes().all(|byte| byte.is_ascii_digit());
        if is_swiss && matches!(behind, "MWST" | "TVA" | "IVA" | "TPV" | "VAT") {
            return Some(format!("CHE{said}"));
        }
    }
    if let Some(number) = signs.strip_prefix("GR")
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(format!("EL{number}"));
    }
    // Two letters before a number are its country, or the number's own.
    if signs.chars().take(2).all(char::is_alphabetic) {
        return Some(signs);
    }
    let country = country.map(str::to_ascii_uppercase);
    Some(match country.as_deref() {
        None => signs,
        Some("CH") => format!("CHE{signs}"),
        Some("GR") => format!("EL{signs}"),
        Some(country) => format!("{country}{signs}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant() {
        let names = ["expected_revenue", "stage_id", "team_id", "name"];
        assert_eq!(nearest("stage", names), Some("stage_id"));
        assert_eq!(nearest("expected_revenu", names), Some("expected_revenue"));
        assert_eq!(nearest("nmae", names), Some("name"));
        assert_eq!(nearest("zzzzzz", names), None);
        assert_eq!(nearest("foo", ["fold", "color"]), None);
        assert_eq!(nearest("q", ["n", "id"]), None);
        assert_eq!(nearest("stageid", ["id", "stage_id"]), Some("stage_id"));
    }

    #[test]
    fn a_tax_number_says_its_country_or_is_told_it() {
        for (text, country, expect) in [
            ("DE136695976", None, "DE136695976"),
            ("136 695 976", Some("DE"), "DE136695976"),
            ("de 136.695.976", Some("FR"), "DE136695976"),
            ("136 695 976", None, "136695976"),
            ("GR 094014201", None, "EL094014201"),
            ("094014201", Some("GR"), "EL094014201"),
            ("EL094014201", Some("GR"), "EL094014201"),
            ("CHE-123.456.789 MWST", None, "CHE123456789"),
            ("CHE-123.456.789 TVA", Some("CH"), "CHE123456789"),
            ("CHE123456789", None, "CHE123456789"),
            ("123.456.789", Some("CH"), "CHE123456789"),
            ("CHE-123.456 IVA", None, "CHE123456IVA"),
            ("12-3456789", Some("US"), "US123456789"),
            ("ESX1234567X", Some("ES"), "ESX1234567X"),
            ("X-1234567-X", Some("ES"), "ESX1234567X"),
            ("U12345678", Some("AT"), "ATU12345678"),
        ] {
            let normal = tax_id_normalized(text, country);
            assert_eq!(normal.as_deref(), Some(expect), "{text}");
            assert_eq!(tax_id_normalized(expect, country).as_deref(), Some(expect), "idempotent");
        }
    }

    #[test]
    fn addresses_are_found_in_free_text() {
        for (text, expect) in [
            ("\"Doe, John\" <John.DOE@Example.COM>, other@x.org", Some("john.doe@example.com")),
            ("mailto:ana@azure.example", Some("ana@azure.example")),
            ("Jörg@Example.com", Some("Jörg@example.com")),
            ("info@BÜCHER.example", Some("info@xn--bcher-kva.example")),
            ("info@Bu\u{308}cher.example", Some("info@xn--bcher-kva.example")),
            ("info@XN--BCHER-KVA.example", Some("info@xn--bcher-kva.example")),
            ("почта@пример.рф", Some("почта@xn--e1afmkfd.xn--p1ai")),
            ("info@例え。テスト", Some("info@xn--r8jz45g.xn--zckzah")),
            ("info@straße.example", Some("info@xn--strae-oqa.example")),
            ("info@मुफ़्त.example", Some("info@xn--h2bni1dxa8e.example")),
            ("ada@harbour.example—call her", None),
            ("info@\u{5d0}a.example", None),
            ("a@b", None),
            ("@example.com", None),
            ("a..b@example.com", None),
            (".ada@x.example", None),
            ("ada.@x.example", None),
            ("ada@x.example.", Some("ada@x.example")),
            ("'ada@x.example'", Some("ada@x.example")),
            ("o'brien+x@x.example", Some("o'brien+x@x.example")),
            ("ada\\b@x.example", None),
            ("ada@192.0.2.1", None),
            ("ada@-x.example", None),
            ("ada@x..example", None),
            ("ada@@x.example", None),
            ("Ada.L+x@GoogleMail.com", Some("ada.l+x@gmail.com")),
            ("ada\u{200b}@x.example", None),
            ("\u{feff}ada@x.example", None),
            ("ada@x\u{200b}.example", None),
            ("Ada\u{200b} <ada@x.example>", None),
            ("ada@x.example\r\nBcc: eve@x.example", None),
            (" ada@x.example\r\n", Some("ada@x.example")),
            ("ada@x.example\nben@x.example", None),
            ("a\0b@x.example", None),
            ("a\"b@x.example", None),
            ("\"a\"b@x.example", None),
            ("\"ada\"@x.example", None),
            ("ada@x.example\"", None),
            ("\"ada@x.example\"", Some("ada@x.example")),
            ("\"Ada \\\"Lady\\\" L.\"<ada@x.example>", Some("ada@x.example")),
            ("ada@x.example / ben@x.example", Some("ada@x.example")),
        ] {
            let normal = email_normalized(text);
            assert_eq!(normal.as_deref(), expect, "{text}");
            assert_eq!(normal.as_deref().and_then(email_normalized), normal, "idempotent");
        }
    }
}
