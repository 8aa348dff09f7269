//! The texts by which a person is found wherever they stand: addresses, numbers, tax numbers, names; those of today and of before.
//!
//! What another card says too is theirs as well, and finds nobody; but the e-mail address of a person that stands on the card of the company
//! they belong to, where a deal may have written it, is the person's. A name alone is looked for everywhere if it has two words and nobody
//! else has it, else only near the person, at whom they work for and at deals that were once theirs.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value as Json;

use crate::base::name::{self, name_key};
use crate::base::{Result, text};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Digits of a number that stay the same whichever way it is written: without its country, and without the nought before it.
const TAIL: usize = 9;

/// What was said of a person, by what it is.
#[derive(Debug, Default)]
pub(super) struct Said {
    emails: BTreeSet<String>,
    phones: BTreeSet<String>,
    taxes: BTreeSet<String>,
    names: BTreeSet<String>,
    /// As written, where that is not the comparable form.
    written: BTreeSet<String>,
}

impl Said {
    /// Takes in what a field of theirs says.
    pub(super) fn learn(&mut self, field: &str, said: &str) {
        match field {
            "name" | "origin" => {
                self.names.insert(said.trim().to_owned());
            }
            "email" | "email_normalized" | "login" | "value" | "normalized"
                if said.contains('@') =>
            {
                self.emails.extend(text::emails_normalized(said));
                self.written.insert(said.trim().to_owned());
            }
            "phone" | "mobile" | "phone_normalized" | "value" | "normalized" => {
                self.phones.insert(said.to_owned());
            }
            "tax_id_normalized" => {
                self.taxes.insert(said.to_owned());
            }
            "tax_id" => {
                self.taxes.extend(text::tax_id_normalized(said, None));
                self.written.insert(said.trim().to_owned());
            }
            _ => {}
        }
    }

    /// The same of all that a JSON text tells of them.
    pub(super) fn learn_json(&mut self, told: &Json) {
        for (field, value) in told.as_object().into_iter().flatten() {
            match value {
                Json::String(said) => self.learn(field, said),
                value => self.learn_json(value),
            }
        }
    }

    /// By what of this these cards are found, and no other; `above` are the cards that they belong to.
    pub(super) fn traces(self, tx: &Tx<'_>, cards: &[i64], above: &[i64]) -> Result<Traces> {
        let with_above = id_list(&[cards, above].concat());
        let cards = id_list(cards);
        let others = |table: &str, card: &str, column: &str, said: &str| {
            let cards = if said.contains('@') { &with_above } else { &cards };
            let sql = format!(
                "SELECT 1 FROM {table} WHERE {column} = ?1 AND {card} NOT IN (SELECT value FROM json_each(?2)) LIMIT 1"
            );
            let found = tx.optional(&sql, &[said.to_owned().into(), cards.clone()], |_| Ok(()))?;
            Ok::<_, crate::base::Error>(found.is_some())
        };
        let reached = |column: &str, said: &str| {
            Ok::<_, crate::base::Error>(
                others("partner", "id", column, said)?
                    || others("partner_contact", "partner_id", "normalized", said)?,
            )
        };
        let mut traces = Traces::default();
        let mut taxes = Vec::new();
        for tax in &self.taxes {
            if others("partner", "id", "tax_id_normalized", tax)? {
                taxes.push(tax.clone());
            }
        }
        // The same number is written with its country, and without.
        let is_others = |tax: &str| {
            taxes.iter().any(|other| other.ends_with(tax) || tax.ends_with(other.as_str()))
        };
        for email in &self.emails {
            if !reached("email_normalized", email)? {
                traces.emails.insert(email.clone());
                traces.sure.put(email);
                if let Some(local) = email.strip_suffix("@gmail.com") {
                    traces.sure.put(&format!("{local}@googlemail.com"));
                }
            }
        }
        for written in self.written {
            let emails = text::emails_normalized(&written);
            let tax = text::tax_id_normalized(&written, None);
            let is_theirs = match emails.as_slice() {
                [] => match tax {
                    Some(tax) => !is_others(&tax),
                    None => written.chars().count() >= LEAST,
                },
                emails => emails.iter().all(|email| traces.emails.contains(email)),
            };
            if is_theirs {
                traces.sure.put(&written);
            }
        }
        for tax in &self.taxes {
            if !is_others(tax) {
                traces.sure.put(tax);
            }
        }
        for phone in &self.phones {
            let Some(tail) = tail(phone) else { continue };
            let whole = phone.starts_with('+');
            if whole && reached("phone_normalized", phone)? {
                traces.shared.insert(tail);
            } else {
                traces.digits.insert(tail);
                if whole {
                    traces.phones.insert(phone.clone());
                }
            }
        }
        traces.digits.retain(|tail| !traces.shared.contains(tail));
        for name in &self.names {
            let is_whole = name.split_whitespace().nth(1).is_some();
            let key = name_key(name);
            if is_whole && !key.is_empty() && !others("partner", "id", "name_key", &key)? {
                traces.sure.put_name(name);
            } else {
                traces.near.put_name(name);
            }
        }
        Ok(traces)
    }
}

/// Shorter words are in too much.
const LEAST: usize = 3;

/// What stays the same of a number however it is written; nothing of one that is too short to be somebody's.
fn tail(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.len().checked_sub(TAIL).and_then(|from| digits.get(from..)).map(str::to_owned)
}

/// What to look for: words in lower case, also as JSON writes them; and names by their words as names are compared, in whatever order a
/// text has these.
#[derive(Debug, Default)]
struct Words {
    written: BTreeSet<String>,
    names: BTreeSet<Vec<String>>,
    /// With what a word of a name begins.
    firsts: String,
}

impl Words {
    fn put(&mut self, word: &str) {
        let word = text::folded(word).into_owned();
        if word.chars().count() < LEAST {
            return;
        }
        let json = Json::from(word.as_str()).to_string();
        self.written.insert(json[1..json.len() - 1].to_owned());
        self.written.insert(word);
    }

    fn put_name(&mut self, name: &str) {
        self.put(name);
        let mut words: Vec<String> = name::all_words(name).collect();
        words.sort_unstable();
        if words.iter().map(|word| word.chars().count()).sum::<usize>() >= LEAST {
            self.firsts.extend(words.iter().filter_map(|word| word.chars().next()));
            self.names.insert(words);
        }
    }

    /// Whether one of them stands in a text in lower case, not as a part of another word.
    fn are_in(&self, folded: &str) -> bool {
        self.written.iter().any(|word| stands_in(word, folded)) || self.has_name(folded)
    }

    /// Whether the words of a name stand in a text next to each other, however they are spelled and ordered.
    fn has_name(&self, said: &str) -> bool {
        let Some(longest) = self.names.iter().map(Vec::len).max() else { return false };
        // What JSON writes for the end of a line is no letter of the next word.
        let said = if said.contains('\\') { &unescaped(said) } else { said };
        let mut last: VecDeque<String> = VecDeque::with_capacity(longest);
        for word in name::words(said, &self.firsts) {
            let Some(word) = word.filter(|word| !word.is_empty()) else {
                last.clear();
                continue;
            };
            if last.len() == longest {
                last.pop_front();
            }
            last.push_back(word);
            let is_name = |name: &Vec<String>| {
                let Some(from) = last.len().checked_sub(name.len()) else { return false };
                let mut words: Vec<&String> = last.range(from..).collect();
                words.sort_unstable();
                words.into_iter().eq(name)
            };
            if self.names.iter().any(is_name) {
                return true;
            }
        }
        false
    }
}

/// A text with spaces for what JSON writes instead of signs.
fn unescaped(said: &str) -> String {
    said.replace(r"\n", " ").replace(r"\t", " ").replace(r"\r", " ")
}

fn stands_in(word: &str, folded: &str) -> bool {
    let is_address = word.contains('@');
    folded.match_indices(word).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        let mut after = folded[at + word.len()..].chars();
        let joins = |letter: char| letter.is_alphanumeric();
        let begins = before.is_none_or(|before| {
            // What stands before may be the end of a JSON escape, `\n` among them.
            let escape = folded[..at].ends_with(r"\n") || folded[..at].ends_with(r"\t");
            let is_joined = joins(before) || is_address && matches!(before, '.' | '_' | '-' | '+');
            escape || !is_joined
        });
        let next = after.next();
        let ends = next.is_none_or(|next| {
            let goes_on = is_address && matches!(next, '.' | '-');
            !(joins(next) || goes_on && after.next().is_some_and(joins))
        });
        begins && ends
    })
}

/// By what a person is found.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Addresses in their comparable form, of nobody else.
    pub(super) emails: BTreeSet<String>,
    /// Numbers in theirs.
    pub(super) phones: BTreeSet<String>,
    sure: Words,
    near: Words,
    digits: BTreeSet<String>,
    shared: BTreeSet<String>,
}

impl Traces {
    /// Whether a text tells of them; near them a name that others have tells, too.
    pub(super) fn are_in(&self, said: &str, is_near: bool) -> bool {
        let folded = text::folded(said);
        self.sure.are_in(&folded)
            || is_near && self.near.are_in(&folded)
            || self.has_number(&folded)
    }

    /// Whether one of their numbers stands in a text, however it is grouped.
    fn has_number(&self, said: &str) -> bool {
        if self.digits.is_empty() || said.bytes().filter(u8::is_ascii_digit).count() < TAIL {
            return false;
        }
        let mut run = String::new();
        let mut apart = 0;
        let ends = |run: &str| self.digits.iter().any(|tail| run.contains(tail.as_str()));
        for letter in said.chars() {
            if letter.is_ascii_digit() {
                run.push(letter);
                apart = 0;
            } else {
                apart += 1;
                let groups = matches!(letter, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
                if !groups || apart > 2 {
                    if ends(&run) {
                        return true;
                    }
                    run.clear();
                }
            }
        }
        ends(&run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(words: &[&str], near: &[&str], digits: &[&str]) -> Traces {
        let mut traces = Traces::default();
        for word in words {
            if word.contains('@') { traces.sure.put(word) } else { traces.sure.put_name(word) }
        }
        near.iter().for_each(|word| traces.near.put_name(word));
        traces.digits.extend(digits.iter().filter_map(|phone| tail(phone)));
        traces
    }

    #[test]
    fn a_person_is_found_however_a_text_puts_it() {
        let ada = traces(
            &["ada@x.example", "Ada \"Lady\" Lovelace", "Zoë Ünal"],
            &["Ada"],
            &["+33 1 70 18 99 00"],
        );
        for found in [
            "write ADA@X.example.",
            "<ada@x.example>, bob@x.example",
            r#"{"set":{"name":"Ada \"Lady\" Lovelace"}}"#,
            r#"{"body":"hello\nzoë ünal"}"#,
            "ZOË ÜNAL came",
            "call 01.70.18.99.00 today",
            "tel:+33170189900",
            "0033 (1) 70 18 99 00",
        ] {
            assert!(ada.are_in(found, false), "{found}");
        }
        for other in [
            "lada@x.example",
            "mary.ada@x.example",
            "ada@x.example.org",
            "Ada called",
            "01 70 18 99 01",
            "Zoë",
        ] {
            assert!(!ada.are_in(other, false), "{other}");
        }
        for found in [
            "Zoe Unal came",
            "UENAL,  Zoë came",
            "Ünal/Zoë",
            "Lovelace, Ada 'Lady'",
            r#"{"body":"hello\nUnal, Zoe\nbye"}"#,
            "Zoe\u{301} Unal's number",
        ] {
            assert!(ada.are_in(found, false), "{found}");
        }
        for other in ["Zoe, then Unal", "Zoe Unals", "Ünal", "xzoe unal"] {
            assert!(!ada.are_in(other, false), "{other}");
        }
        assert!(ada.are_in("Ada called", true) && !ada.are_in("Adam called", true));
    }
}
