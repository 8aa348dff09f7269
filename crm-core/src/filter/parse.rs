//! The text form: `name ilike "%fleet%" and (stage_id.is_won = true or tag_ids any (3, 4))`.
//!
//! Keywords are read in any case. `not` binds tighter than `and`, `and` tighter than `or`. Nesting is counted while reading,
//! so that no text can exhaust the stack. Deliberately absent: arithmetic and functions.

use rust_decimal::Decimal;

use super::node::{Arity, Item, Leaf, Node, Op, Param};
use super::path::{Path, scan};
use crate::base::error::{Error, Result};
use crate::base::limit;

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Node> {
    let mut parser = Parser { text, at: 0, token: Token::End, start: 0, depth: 0 };
    parser.advance()?;
    if parser.token == Token::End {
        return Err(parser.fail("the filter is empty; leave it out, or write a condition"));
    }
    let node = parser.or()?;
    match parser.token {
        Token::End => Ok(node),
        _ => Err(parser.expected("`and`, `or` or the end")),
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    /// Segments of a name; whether it may be a keyword.
    Name(Vec<String>, bool),
    Number(Decimal),
    Text(String),
    Param(Param),
    Symbol(&'static str),
    End,
}

/// Longest first. `==` is known only to be refused with a hint.
const SYMBOLS: [&str; 10] = ["!=", "<=", ">=", "==", "=", "<", ">", "(", ")", ","];

struct Parser<'a> {
    text: &'a str,
    /// Where the next token is looked for.
    at: usize,
    token: Token,
    /// Where the current token begins.
    start: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Node> {
        let mut parts = vec![self.and()?];
        while self.take("or")? {
            parts.push(self.and()?);
        }
        Ok(Node::any(parts))
    }

    fn and(&mut self) -> Result<Node> {
        let mut parts = vec![self.term()?];
        while self.take("and")? {
            parts.push(self.term()?);
        }
        Ok(Node::all(parts))
    }

    fn term(&mut self) -> Result<Node> {
        if self.take("not")? {
            return self.nested(|parser| Ok(Node::not(parser.term()?)));
        }
        if self.take_symbol("(")? {
            return self.nested(|parser| {
                let node = parser.or()?;
                if parser.take_symbol(")")? {
                    return Ok(node);
                }
                Err(parser.expected("`)`, `and` or `or`"))
            });
        }
        if self.take("true")? {
            return Ok(Node::All(Vec::new()));
        }
        if self.take("false")? {
            return Ok(Node::Any(Vec::new()));
        }
        self.leaf()
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<Node>) -> Result<Node> {
        self.depth += 1;
        if self.depth > limit::FILTER_DEPTH {
            return Err(self.beyond("levels of nesting", limit::FILTER_DEPTH));
        }
        let node = inner(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn leaf(&mut self) -> Result<Node> {
        let start = self.start;
        let Token::Name(segments, _) = &mut self.token else {
            return Err(self.expected("a field"));
        };
        let segments = std::mem::take(segments);
        let path = Path::from_segments(segments).ok_or_else(|| {
            self.fail_at(
                start,
                "one name follows `properties.`; with a dot in it, put it in backticks",
            )
        })?;
        self.advance()?;
        let op = self.operator(&path)?;
        let items = match op.arity() {
            Arity::Nothing => Vec::new(),
            Arity::One => vec![self.item()?],
            Arity::Many => self.list(op)?,
        };
        Ok(Node::Leaf(Leaf { path, op, items }))
    }

    fn operator(&mut self, path: &Path) -> Result<Op> {
        if let Token::Symbol(symbol) = self.token
            && let Some(op) = Op::from_word(symbol)
        {
            self.advance()?;
            return Ok(op);
        }
        if self.token == Token::Symbol("==") {
            return Err(self.fail("`==` is written `=`"));
        }
        if self.take("is")? {
            let op = if self.take("not")? { Op::IsNotNull } else { Op::IsNull };
            return if self.take("null")? { Ok(op) } else { Err(self.expected("`null`")) };
        }
        if self.take("not")? {
            for (word, op) in [("in", Op::NotIn), ("like", Op::NotLike), ("ilike", Op::NotIlike)] {
                if self.take(word)? {
                    return Ok(op);
                }
            }
            return Err(self.expected("`in`, `like` or `ilike`"));
        }
        for op in [Op::In, Op::Like, Op::Ilike, Op::Any, Op::All, Op::None] {
            if self.take(op.word())? {
                return Ok(op);
            }
        }
        let what = format!("an operator after `{path}` (a truth is asked with `{path} = true`)");
        Err(self.expected(&what))
    }

    fn list(&mut self, op: Op) -> Result<Vec<Item>> {
        if let Token::Param(param) = self.token {
            self.advance()?;
            return Ok(vec![Item::Param(param)]);
        }
        if !self.take_symbol("(")? {
            return Err(self.expected(&format!("a list such as `{} (3, 4)`", op.word())));
        }
        let mut items = Vec::new();
        while !self.take_symbol(")")? {
            if !items.is_empty() && !self.take_symbol(",")? {
                return Err(self.expected("`,` or `)`"));
            }
            if items.len() == limit::FILTER_LIST {
                return Err(self.beyond("values in one list", limit::FILTER_LIST));
            }
            items.push(self.item()?);
        }
        Ok(items)
    }

    fn item(&mut self) -> Result<Item> {
        for (word, truth) in [("true", true), ("false", false)] {
            if self.take(word)? {
                return Ok(Item::Bool(truth));
            }
        }
        if self.is_word("null") {
            return Err(self.fail("nothing equals `null`; write `is null` or `is not null`"));
        }
        let item = match &mut self.token {
            Token::Number(number) => Item::Number(*number),
            Token::Text(text) => Item::Text(std::mem::take(text)),
            Token::Param(param) => Item::Param(*param),
            _ => return Err(self.expected("a value (text goes in quotes)")),
        };
        self.advance()?;
        Ok(item)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Name(name, true) if name[0].eq_ignore_ascii_case(word))
    }

    fn take(&mut self, word: &str) -> Result<bool> {
        let found = self.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn take_symbol(&mut self, symbol: &str) -> Result<bool> {
        let found = matches!(self.token, Token::Symbol(found) if found == symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Reads the next token.
    fn advance(&mut self) -> Result<()> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.start = self.at;
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            self.token = Token::End;
            return Ok(());
        };
        self.token = match first {
            '"' | '\'' => self.quoted(first)?,
            ':' => self.parameter()?,
            '0'..='9' | '-' => self.number()?,
            'a'..='z' | 'A'..='Z' | '_' | '`' => {
                let (segments, length) = scan(rest)
                    .ok_or_else(|| self.fail("a name that ends in a dot, or an open backtick"))?;
                self.at += length;
                let keyword = segments.len() == 1 && first != '`';
                Token::Name(segments, keyword)
            }
            _ => {
                let found = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol =
                    found.ok_or_else(|| self.fail(&format!("{first:?} has no meaning here")))?;
                self.at += symbol.len();
                Token::Symbol(symbol)
            }
        };
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<Token> {
        let mut text = String::new();
        let mut letters = self.text[self.at..].char_indices().skip(1);
        while let Some((offset, letter)) = letters.next() {
            if letter == quote {
                self.at += offset + 1;
                return Ok(Token::Text(text));
            }
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            match letters.next() {
                Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                // The escapes of `like` may be written plainly.
                Some((_, wild @ ('%' | '_'))) => text.extend(['\\', wild]),
                Some((_, other)) => {
                    let message =
                        format!("`\\{other}` is no escape; a backslash is written `\\\\`");
                    return Err(self.fail_at(self.at + offset, &message));
                }
                None => break,
            }
        }
        Err(self.fail("a quote that is never closed"))
    }

    fn parameter(&mut self) -> Result<Token> {
        let rest = &self.text[self.at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let word = &rest[..end.unwrap_or(rest.len())];
        let param = Param::from_word(word).ok_or_else(|| {
            let known = Param::WORDS.join(", :");
            self.fail(&format!("there is no parameter `:{word}`; there are :{known}"))
        })?;
        self.at += 1 + word.len();
        Ok(Token::Param(param))
    }

    fn number(&mut self) -> Result<Token> {
        let rest = &self.text[self.at..];
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let end = rest[1..].find(|c: char| !inside(c)).map_or(rest.len(), |end| end + 1);
        let text = &rest[..end];
        let number = decimal(text).ok_or_else(|| {
            self.fail(&format!("`{text}` is not a number such as 1250.50 (dates go in quotes)"))
        })?;
        self.at += end;
        Ok(Token::Number(number))
    }

    fn expected(&self, what: &str) -> Error {
        let found = match &self.token {
            Token::End => "the end".to_owned(),
            Token::Text(_) => "a text".to_owned(),
            Token::Name(name, _) => format!("`{}`", name.join(".")),
            Token::Number(number) => format!("`{number}`"),
            Token::Param(param) => format!("`:{}`", param.word()),
            Token::Symbol(symbol) => format!("`{symbol}`"),
        };
        self.fail(&format!("expected {what}, found {found}"))
    }

    fn beyond(&self, what: &str, most: usize) -> Error {
        let (line, column) = self.position(self.start);
        Error::limit("filter", format!("the filter has more than {most} {what}"))
            .with_line(line, column)
    }

    fn fail(&self, message: &str) -> Error {
        self.fail_at(self.start, message)
    }

    fn fail_at(&self, at: usize, message: &str) -> Error {
        let (line, column) = self.position(at);
        Error::format(format!("filter, line {line}, column {column}: {message}"))
            .with_line(line, column)
    }

    fn position(&self, at: usize) -> (u64, u64) {
        let before = &self.text[..at];
        let line = before.matches('\n').count() as u64 + 1;
        let last = before.rfind('\n').map_or(0, |end| end + 1);
        (line, before[last..].chars().count() as u64 + 1)
    }
}

/// A number in digits, with a sign and a point at most.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}
