//! How alike two names are: the same however they are spelled, or but for one slip of the fingers.
//!
//! A slip replaces a letter, leaves one out, puts one in or swaps two neighbours. It leaves one half of a key right, so names are looked
//! for by halves of their keys. A slip at the beginning of a word may also move the word, since keys have their words in order: such keys
//! are looked for too, of names of a few words. A slip may also make or break what a key spells in one way (`oe`, a double letter), which
//! changes more than a letter of the key: such names are compared as they are spelled, and found if one half of their keys is the same.
//! Deliberately absent: two slips, and one that moves a word by another spelling.

use crate::base::name::{joined, long_forms, name_key, name_words, spelled_words};

/// Names shorter than that, in letters of their keys, are alike only if they are the same.
const ENOUGH: usize = 6;

/// So many letters a key has more or less by one slip at most: `v` left out of `joven` makes `joen`, of which the key is `jon`.
const MORE: usize = 2;

/// Letters at the beginning of a word of which a slip is looked for that moves it: words that are the same for longer are rare.
const BEGINNING: usize = 4;

/// Names of more words than that are long enough for their halves alone: keys in another order would be too many.
const WORDS: usize = 3;

/// How alike two names are, of 100: 100 for the same, 90 for one slip in six letters and more; 0 for others.
///
/// ```
/// use crm_core::base::likeness::likeness;
/// assert_eq!(likeness("Harbour Freight Ltd", "Freight Harbour"), 100);
/// assert_eq!(likeness("Harbour Freight", "Harbor Freight"), 90);
/// assert_eq!(likeness("Harbour Freight", "Harbuor Freight"), 90);
/// assert_eq!(likeness("Harbour Freight", "Harbour Wreight"), 90);
/// assert_eq!(likeness("Harbour", "Inland"), 0);
/// ```
#[must_use]
pub fn likeness(a: &str, b: &str) -> i64 {
    Wanted::of(a).likeness(b, &name_key(b)).max(Wanted::of(b).likeness(a, &name_key(a)))
}

/// A name that is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    key: Vec<char>,
    /// As they are spelled, in order.
    words: Vec<String>,
    /// Keys that it has if a letter too many or two swapped ones moved a word, or if a word was to say the form of a company.
    moved: Vec<Vec<char>>,
    /// Keys that it has if a letter replaced or left out moved a word: with any letter at that place.
    open: Vec<(Vec<char>, usize)>,
}

/// Under what a name stands that is like one that is looked for; some that stand there are others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// Whole keys.
    pub(crate) wholes: Vec<String>,
    /// First halves of keys.
    pub(crate) heads: Vec<String>,
    /// Second halves.
    pub(crate) tails: Vec<String>,
}

impl Wanted {
    /// Of a name as it is written.
    pub(crate) fn of(name: &str) -> Self {
        let words = name_words(name);
        let key: Vec<char> = joined(&words).chars().collect();
        let mut spelled = spelled_words(name);
        spelled.sort_unstable();
        let mut wanted = Self { key, words: spelled, ..Self::default() };
        if words.len() > 1 && wanted.key.len() >= ENOUGH {
            wanted.without_form();
        }
        if (2..=WORDS).contains(&words.len()) && wanted.key.len() >= ENOUGH {
            for at in 0..words.len() {
                wanted.slip(&words, at);
            }
        }
        wanted
    }

    /// Adds the keys that the name has if one of its words was to say the form of a company.
    fn without_form(&mut self) {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        let is_form =
            |word: &String| long_forms().any(|form| is_a_slip(&letters(word), &letters(form)));
        for word in self.words.clone().iter().filter(|word| is_form(word)) {
            let others: Vec<&str> =
                self.words.iter().filter(|other| *other != word).map(String::as_str).collect();
            self.add(&name_words(&others.join(" ")));
        }
    }

    /// Adds a key, of words in order.
    fn add(&mut self, words: &[String]) {
        let key: Vec<char> = joined(words).chars().collect();
        if key.len() >= ENOUGH && key != self.key && !self.moved.contains(&key) {
            self.moved.push(key);
        }
    }

    /// Adds the keys that the name has if a slip moved a word: at a letter up to which another word begins as it does.
    fn slip(&mut self, words: &[String], at: usize) {
        let mut others = words.to_vec();
        let word: Vec<char> = others.remove(at).chars().collect();
        let same = |other: &String| other.chars().zip(&word).take_while(|(a, b)| a == *b).count();
        let same = others.iter().map(same).max().unwrap_or_default();
        for letter in (0..word.len()).take(same + 1).take(BEGINNING) {
            let (first, last) = word.split_at(letter);
            let mut swapped = word.clone();
            if last.len() > 1 {
                swapped.swap(letter, letter + 1);
            }
            for right in [[first, &last[1..]].concat(), swapped] {
                let mut words = others.clone();
                words.push(right.into_iter().collect());
                words.sort_unstable();
                self.add(&words);
            }
            for place in (0..words.len()).filter(|place| *place != at) {
                let mut key: Vec<char> = others[..place].concat().chars().collect();
                key.extend(first);
                let open = key.len();
                key.push('?');
                let rest = |last: &[char]| {
                    let mut key = key.clone();
                    key.extend(last);
                    key.extend(others[place..].concat().chars());
                    (key, open)
                };
                let (replaced, left_out) = (rest(&last[1..]), rest(last));
                self.open.extend([replaced, left_out]);
            }
        }
    }

    /// As it is compared.
    pub(crate) fn key(&self) -> String {
        self.key.iter().collect()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// Whether a name with this key may be like this one.
    pub(crate) fn may_be(&self, key: &str) -> bool {
        let key: Vec<char> = key.chars().collect();
        self.key == key || is_near(&self.key, &key) || self.is_moved(&key)
    }

    /// How alike a name and its key are, of 100, as far as what was typed for this one may be that.
    pub(crate) fn likeness(&self, name: &str, key: &str) -> i64 {
        let key: Vec<char> = key.chars().collect();
        if self.key.is_empty() || key.is_empty() {
            return 0;
        }
        if self.key == key {
            return 100;
        }
        let spelled = || is_near(&self.key, &key) && self.is_spelled_like(name);
        let alike = || is_a_slip(&self.key, &key) || self.is_moved(&key) || spelled();
        if self.key.len().min(key.len()) >= ENOUGH && alike() { 90 } else { 0 }
    }

    /// Whether this is a key that the name has if the beginning of a word is wrong.
    fn is_moved(&self, key: &[char]) -> bool {
        let fits = |(open, at): &(Vec<char>, usize)| {
            open.len() == key.len() && open[..*at] == key[..*at] && open[at + 1..] == key[at + 1..]
        };
        self.moved.iter().any(|moved| moved == key) || self.open.iter().any(fits)
    }

    /// Whether one word of a name is a slip away from one of this, and the others are the same.
    fn is_spelled_like(&self, name: &str) -> bool {
        let mut others = spelled_words(name);
        let mut own = self.words.clone();
        own.retain(|word| match others.iter().position(|other| other == word) {
            Some(at) => {
                others.remove(at);
                false
            }
            None => true,
        });
        let letters = |word: &String| word.chars().collect::<Vec<_>>();
        matches!((&own[..], &others[..]), ([a], [b]) if is_a_slip(&letters(a), &letters(b)))
    }

    /// How long keys of names like it are: at least, at most.
    pub(crate) fn lengths(&self) -> (i64, i64) {
        let letters = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        (letters(self.key.len().saturating_sub(MORE)), letters(self.key.len() + MORE))
    }

    /// Under what names stand that are like it, the same name not among them.
    pub(crate) fn looks(&self) -> Looks {
        let mut looks = Looks::default();
        let length = self.key.len();
        if length < ENOUGH {
            return looks;
        }
        for other in length - MORE..=length + MORE {
            let (head, tail) = (other / 2, other - other / 2);
            looks.heads.push(self.key[..head].iter().collect());
            looks.tails.push(self.key[length - tail.min(length)..].iter().collect());
        }
        // Swapped across the middle, neither half is right.
        let mut swapped = self.key.clone();
        swapped.swap(length / 2 - 1, length / 2);
        looks.wholes.push(swapped.iter().collect());
        looks.wholes.extend(self.moved.iter().map(|key| key.iter().collect::<String>()));
        for (key, at) in &self.open {
            let half = key.len() / 2;
            if *at < half {
                looks.tails.push(key[half..].iter().collect());
            } else {
                looks.heads.push(key[..half].iter().collect());
            }
        }
        for keys in [&mut looks.wholes, &mut looks.heads, &mut looks.tails] {
            keys.sort_unstable();
            keys.dedup();
        }
        looks
    }
}

/// Whether two keys are the same but for a few letters at one place.
fn is_near(a: &[char], b: &[char]) -> bool {
    const FEW: usize = 3;
    let less = a.len().min(b.len());
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    a.len().abs_diff(b.len()) <= MORE && less <= same + rest + FEW
}

/// Whether one letter replaced, inserted or left out, or two neighbours swapped, makes one of the other.
fn is_a_slip(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 || short == long {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    let is_swapped = || {
        let pair = (short.get(same + 1), long.get(same + 1));
        pair == (Some(&long[same]), Some(&short[same])) && short[same + 2..] == long[same + 2..]
    };
    short[same + 1..] == long[same + 1..] || is_swapped()
}

/// The two halves of a key, as they are indexed.
pub(crate) fn halved(key: &str) -> (String, String) {
    let half = key.chars().count() / 2;
    (key.chars().take(half).collect(), key.chars().skip(half).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every slip in the words of a name.
    fn slips(name: &str) -> Vec<String> {
        let letters: Vec<char> = name.chars().collect();
        let mut all = Vec::new();
        for at in (0..letters.len()).filter(|at| letters[*at] != ' ') {
            let (mut less, mut other, mut more, mut before) =
                (letters.clone(), letters.clone(), letters.clone(), letters.clone());
            less.remove(at);
            other[at] = 'q';
            more.insert(at, 'q');
            before.insert(at, 'b');
            all.extend([less, other, more, before]);
            if letters.get(at + 1).is_some_and(|next| *next != ' ') {
                let mut swapped = letters.clone();
                swapped.swap(at, at + 1);
                all.push(swapped);
            }
        }
        all.into_iter().map(|name| name.into_iter().collect()).collect()
    }

    #[test]
    fn whatever_slip_is_made_the_name_is_found_and_alike() {
        for name in
            ["harbour freight", "delta", "azur bokiri klinik", "harbourfreight", "mik tolan"]
        {
            let (key, called) = (name_key(name), Wanted::of(name));
            for slipped in slips(name).into_iter().filter(|one| name_key(one) != key) {
                let other = name_key(&slipped);
                for (wanted, said, stands) in
                    [(&called, slipped.as_str(), &other), (&Wanted::of(&slipped), name, &key)]
                {
                    let enough = key.len().min(other.len()) >= ENOUGH;
                    assert_eq!(
                        wanted.likeness(said, stands),
                        if enough { 90 } else { 0 },
                        "{name}, {slipped}"
                    );
                    let (looks, (head, tail)) = (wanted.looks(), halved(stands));
                    assert!(
                        !enough
                            || looks.wholes.contains(stands)
                            || looks.heads.contains(&head)
                            || looks.tails.contains(&tail),
                        "{name}, {slipped}: {looks:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_slip_that_makes_another_spelling_is_found_by_the_half_it_leaves() {
        for (name, slipped) in [
            ("Jovenros Baker", "Joenros Baker"),
            ("Cor Jomocor", "Cor Jomoor"),
            ("Haralde Fink", "Haradle Fink"),
            ("Fink Narmohen", "Fink Narmhoen"),
        ] {
            assert_eq!(likeness(name, slipped), 90, "{name}, {slipped}");
            let (looks, (head, tail)) = (Wanted::of(slipped).looks(), halved(&name_key(name)));
            assert!(
                looks.heads.contains(&head) || looks.tails.contains(&tail),
                "{name}, {slipped}"
            );
        }
    }

    #[test]
    fn what_is_more_than_a_slip_is_another_name() {
        for (one, other) in [
            ("Harbour Freight", "Habrour Fright"),
            ("Harbour", "Inland"),
            ("Marta", "Martha"),
            ("Cedar Clinic", "Clinic"),
            ("", "Harbour"),
            ("Harbour Freight", "Freight Hoobour"),
        ] {
            assert_eq!(likeness(one, other), 0, "{one}, {other}");
        }
        assert_eq!(likeness("Müller & Söhne GmbH", "Soehne Mueller"), 100);
    }
}
