//! Names as they are compared: what two spellings of one name have in common.
//!
//! Letters become Latin ones without their marks, so that «Ромашка» and "Romashka", "Işık" and "Isik", "Müller" and "Mueller" are
//! one; what says the form of a company (Ltd, SARL, A.Ş., ООО) falls away; words may come in any order. Deliberately absent: the sound
//! of a language, and nicknames; mistakes, which are [`crate::base::likeness`]'s.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Letters of a compared name that count; longer ones differ early enough.
const LONGEST: usize = 80;

/// Words that say what kind of company it is.
const FORMS: &str = "\
ab ag ao aps as asa bt bv bvba co company corp corporation dd doo ead ehf eirl eood ev eurl gbr gie \
gmbh hf inc incorporated ip jsc kda kft kg kgaa ks lda limited limitada llc llp lp ltd ltda mbh nv \
nyrt oao ohg oo ooo oue oy oyj pao pjsc plc pllc pte pty pvt sa sae sagl sapi sarl sas sasu sca scs \
se sia sirketi snc sp spa spk spolka spzoo srl srls sro sti tao tov ug vof zao zoo zrt";

/// A letter in Latin ones, after its marks were taken off; itself if there is nothing to say.
fn latin(letter: char) -> &'static str {
    match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ie",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'ы' | 'і' => "i",
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
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "iu",
        'я' => "ia",
        'ј' => "i",
        'љ' => "li",
        'њ' => "ni",
        'ћ' => "c",
        'ђ' => "d",
        'џ' => "dzh",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        // One letter, at the end of a word.
        'ς' => "σ",
        _ => "",
    }
}

/// A word in Latin letters and digits; letters of other writings stay.
fn word(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        // What is not spoken: the soft and the hard sign, the Arabic stroke, and marks that a capital letter brought along.
        if matches!(letter, 'ь' | 'ъ' | 'ـ') || is_combining_mark(letter) {
            continue;
        }
        match latin(letter) {
            "" if letter.is_alphanumeric() => word.push(letter),
            instead => word.push_str(instead),
        }
    }
    word
}

/// One spelling for what is written in several.
fn folded(word: &str) -> String {
    let spelled = word
        .replace('y', "i")
        .replace('w', "v")
        .replace("ph", "f")
        .replace("kh", "h")
        .replace('x', "ks")
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u");
    let mut folded = String::with_capacity(spelled.len());
    for letter in spelled.chars() {
        if !folded.ends_with(letter) || letter.is_ascii_digit() {
            folded.push(letter);
        }
    }
    folded
}

/// Those of them that are so long that a slip in one leaves no other word.
pub(crate) fn long_forms() -> impl Iterator<Item = &'static str> {
    FORMS.split_ascii_whitespace().filter(|form| form.len() > 5)
}

fn is_form(word: &str) -> bool {
    FORMS.split_ascii_whitespace().any(|form| form == word)
}

/// The words of a name without the article before them, and without a form that is written in single letters behind them: A/S, s. r. o.,
/// sp. z o.o.
fn said_of<'a>(words: &'a [String], name: &str) -> &'a [String] {
    // In Latin letters without marks: elsewhere it is somebody's name.
    let the = name.trim_start().get(..3).is_some_and(|first| first.eq_ignore_ascii_case("the"));
    let mut left = match words {
        [first, rest @ ..] if the && first == "the" && !rest.is_empty() => rest,
        _ => words,
    };
    if let [before @ .., z, oo] = left
        && (z.as_str(), oo.as_str()) == ("z", "oo")
    {
        left = before;
    }
    let letters = left.iter().rev().take_while(|word| word.chars().count() == 1).count();
    let (before, single) = left.split_at(left.len() - letters);
    // The longest first: what stands before it may be somebody's initial.
    let from = (0..letters.saturating_sub(1)).find(|from| is_form(&single[*from..].concat()));
    from.map_or(left, |from| &left[..before.len() + from])
}

/// A name as it is compared: its words in Latin letters, in order, without spaces; empty for one without letters and digits.
///
/// ```
/// use crm_core::base::name::name_key;
/// assert_eq!(name_key("ООО «Ромашка»"), name_key("Romashka LLC"));
/// assert_eq!(name_key("Işık A.Ş."), name_key("ISIK"));
/// assert_eq!(name_key("Müller & Söhne GmbH"), name_key("Soehne Mueller"));
/// assert_eq!(name_key("***"), "");
/// ```
#[must_use]
pub fn name_key(name: &str) -> String {
    joined(&name_words(name))
}

/// A key of words in order.
pub(crate) fn joined(words: &[String]) -> String {
    words.concat().chars().take(LONGEST).collect()
}

/// The words of a key, in order.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = spelled_words(name).iter().map(|word| folded(word)).collect();
    words.sort_unstable();
    words
}

/// The same words as they are spelled, in Latin letters, in the order of the name.
pub(crate) fn spelled_words(name: &str) -> Vec<String> {
    let spelled: String = name.chars().filter(|c| !matches!(c, '.' | '\'' | '’' | '`')).collect();
    let words: Vec<String> = spelled
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(word)
        .filter(|word| !word.is_empty())
        .collect();
    let says = |word: &&String| !is_form(word);
    let kept: Vec<String> = said_of(&words, name).iter().filter(says).cloned().collect();
    if kept.is_empty() { words } else { kept }
}

/// Where a text has words.
fn said(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    words.filter(|said| !said.is_empty())
}

/// The words of a name as they are compared, in their order. All of them: what is the form of a company may be somebody's name.
pub(crate) fn all_words(name: &str) -> impl Iterator<Item = String> {
    said(name).map(|said| folded(&word(said))).filter(|word| !word.is_empty())
}

/// The same of a text, `None` for a word that begins as none of `firsts` does, which
/// is not spelled out.
pub(crate) fn words<'a>(
    text: &'a str,
    firsts: &'a str,
) -> impl Iterator<Item = Option<String>> + 'a {
    said(text).map(move |said| {
        let first = said.chars().next()?.to_ascii_lowercase();
        // A letter with marks, or of another writing, may become any.
        let may_begin: &[char] = match first {
            'y' => &['i'],
            'w' => &['v'],
            'x' => &['k'],
            'p' => &['p', 'f'],
            'k' => &['k', 'h'],
            _ => &[first],
        };
        let begins = !first.is_ascii() || firsts.contains(may_begin);
        begins.then(|| folded(&word(said)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for (one, other) in [
            ("Сергей Иванов", "Sergey Ivanov"),
            ("ЗАО Яндекс", "Yandex"),
            ("Şişecam A.Ş.", "SISECAM"),
            ("İstanbul Çelik Limited Şirketi", "Istanbul Celik"),
            ("Société Générale S.A.", "Societe Generale"),
            ("Ångström AB", "Angstrom"),
            ("Łódź Sp. z o.o.", "LODZ SP Z OO"),
            ("Straße", "Strasse"),
            ("McDonald's", "McDonalds"),
            ("Novo Nordisk A/S", "Novo Nordisk"),
            ("Lego ApS", "LEGO"),
            ("Kone Oyj", "Kone"),
            ("Fiat S.p.A.", "Fiat SpA"),
            ("Fiat S. p. A.", "Fiat"),
            ("Łódź Sp. z o.o.", "Łódź"),
            ("Łódź sp. z o. o.", "Łódź"),
            ("Škoda, s. r. o.", "Skoda"),
            ("Richter Nyrt.", "Richter"),
            ("The Harbour Company Ltd", "Harbour Limited"),
            ("Οδυσσεύς Α", "ΟΔΥΣΣΕΎΣ α"),
            ("مُحَمَّد", "محـمد"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one}, {other}");
        }
        assert_ne!(name_key("Harbour"), name_key("Harbour 2"));
        assert_eq!(name_key("LLC"), "lc", "a name that is a form stays");
        for (one, other) in [
            ("S. A. Smith", "Smith"),
            ("Thế Anh", "Anh"),
            ("The", "Harbour"),
            ("Αθήνα", "Πειραιάς"),
            ("ירושלים", "חיפה"),
            ("محمد", "علي"),
            ("東京", "大阪"),
        ] {
            assert_ne!(name_key(one), name_key(other));
            assert!(!name_key(one).is_empty() && !name_key(other).is_empty(), "{one}, {other}");
        }
        assert_ne!(name_key("11"), name_key("1"));
    }

    #[test]
    fn a_key_is_its_own_key() {
        for name in ["ООО «Ромашка»", "Müller & Söhne GmbH", "Işık A.Ş.", "東京 Tower"]
        {
            let key = name_key(name);
            assert_eq!(name_key(&key), key, "{name}");
        }
    }
}
