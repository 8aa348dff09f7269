//! `like` and `ilike`: `%` stands for any text, `_` for one character, `\` takes the next character as it is.
//!
//! Case is folded character by character, without a locale, so that every machine answers alike.
//! Deliberately absent: folding of accents, and `ß` equal to `ss`.

/// A pattern that was read once and is asked often.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    insensitive: bool,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// A plain text with or without `%` before and after it: nearly every pattern people write.
    Plain {
        text: String,
        open_start: bool,
        open_end: bool,
    },
    Tokens(Vec<Token>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Any,
    One,
    Char(char),
}

fn fold(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase()
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn new(pattern: &str, insensitive: bool) -> Self {
        let mut tokens = Vec::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            tokens.push(match letter {
                '%' if tokens.last() == Some(&Token::Any) => continue,
                '%' => Token::Any,
                '_' => Token::One,
                // A lone backslash at the end is one.
                '\\' => Token::Char(letters.next().unwrap_or('\\')),
                other => Token::Char(other),
            });
        }
        let open_start = tokens.first() == Some(&Token::Any);
        let open_end = tokens.len() > 1 && tokens.last() == Some(&Token::Any);
        let inner = &tokens[usize::from(open_start)..tokens.len() - usize::from(open_end)];
        let text: Option<String> = inner
            .iter()
            .map(|token| if let Token::Char(letter) = token { Some(*letter) } else { None })
            .collect();
        let shape = match text {
            // Beyond ASCII the length of a folded text may differ, so that bytes do not line up.
            Some(text) if !insensitive || text.is_ascii() => {
                let text = if insensitive { text.to_ascii_lowercase() } else { text };
                // A lone `%` is open on both sides.
                let open_end = open_end || (open_start && text.is_empty());
                Shape::Plain { text, open_start, open_end }
            }
            _ => Shape::Tokens(tokens),
        };
        Self { insensitive, shape }
    }

    /// Whether a text fits it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Plain { text: wanted, open_start, open_end } => {
                if !self.insensitive {
                    plain(text, wanted, *open_start, *open_end)
                } else if text.is_ascii() {
                    plain_ascii(text.as_bytes(), wanted.as_bytes(), *open_start, *open_end)
                } else {
                    let any = |open: bool| open.then_some(Token::Any);
                    let inner = wanted.chars().map(Token::Char);
                    let tokens: Vec<Token> =
                        any(*open_start).into_iter().chain(inner).chain(any(*open_end)).collect();
                    walk(text, &tokens, true)
                }
            }
            Shape::Tokens(tokens) => walk(text, tokens, self.insensitive),
        }
    }
}

/// Whether `text` fits `pattern`; what the SQL function `crm_like` answers for text that is not null.
///
/// ```
/// use crm_core::filter::like;
/// assert!(like("Fleet lease", "%LEASE", true) && !like("Fleet lease", "%LEASE", false));
/// assert!(like("50%", r"50\%", false) && !like("500", r"50\%", false));
/// ```
#[must_use]
pub fn like(text: &str, pattern: &str, insensitive: bool) -> bool {
    Pattern::new(pattern, insensitive).matches(text)
}

fn plain(text: &str, wanted: &str, open_start: bool, open_end: bool) -> bool {
    match (open_start, open_end) {
        (true, true) => text.contains(wanted),
        (true, false) => text.ends_with(wanted),
        (false, true) => text.starts_with(wanted),
        (false, false) => text == wanted,
    }
}

fn plain_ascii(text: &[u8], wanted: &[u8], open_start: bool, open_end: bool) -> bool {
    let n = wanted.len();
    if text.len() < n {
        return false;
    }
    let same = |part: &[u8]| part.eq_ignore_ascii_case(wanted);
    match (open_start, open_end) {
        (true, true) => n == 0 || text.windows(n).any(same),
        (true, false) => same(&text[text.len() - n..]),
        (false, true) => same(&text[..n]),
        (false, false) => text.len() == n && same(text),
    }
}

/// Walks text and pattern together; after a miss, the last `%` takes one more character.
fn walk(text: &str, tokens: &[Token], insensitive: bool) -> bool {
    let same = |a: char, b: char| a == b || (insensitive && fold(a).eq(fold(b)));
    let (mut rest, mut at) = (text.chars(), 0);
    let mut retry: Option<(std::str::Chars<'_>, usize)> = None;
    loop {
        if let Some(Token::Any) = tokens.get(at) {
            at += 1;
            retry = Some((rest.clone(), at));
            continue;
        }
        let mut ahead = rest.clone();
        match (tokens.get(at), ahead.next()) {
            (None, None) => return true,
            (Some(Token::One), Some(_)) => {}
            (Some(Token::Char(wanted)), Some(letter)) if same(*wanted, letter) => {}
            _ => {
                let Some((from, after)) = retry.as_mut() else { return false };
                if from.next().is_none() {
                    return false;
                }
                (rest, at) = (from.clone(), *after);
                continue;
            }
        }
        (rest, at) = (ahead, at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_written() {
        for (text, pattern, insensitive, expect) in [
            ("Fleet", "fleet", true, true),
            ("Fleet", "fleet", false, false),
            ("Fleet", "%", false, true),
            ("", "%", true, true),
            ("", "", true, true),
            ("a", "", true, false),
            ("abc", "a_c", false, true),
            ("ac", "a_c", false, false),
            ("aXbXc", "a%b%c", false, true),
            ("aab", "%ab", true, true),
            ("mississippi", "%iss%ip%", false, true),
            ("mississippi", "%iss%ipp", false, false),
            ("été", "ÉT_", true, true),
            ("Straße", "%SS%", true, false),
            ("İstanbul", "_stanbul", true, true),
            ("Kelvin \u{212a}", "%k", true, true),
            ("Kelvin k", "%\u{212a}", true, true),
            ("100%", "%\\%", false, true),
            ("100", "%\\%", false, false),
            ("a\\", "a\\", false, true),
            ("a_b", "a\\_b", false, true),
            ("axb", "a\\_b", false, false),
            ("ΣΑΣ", "%σασ%", true, true),
        ] {
            assert_eq!(like(text, pattern, insensitive), expect, "{text:?} like {pattern:?}");
        }
    }
}
