//! The published patterns, read and matched by a small backtracking matcher: no recursion on the text, and no limit.
//!
//! It knows just what the patterns are written with: characters, escapes and brackets; `?`, `*`, `+` and `{m,n}` on one
//! of these, greedy or possessive; groups, with `(?i:` and with `?` after them; `(?!\S)`; `$`; and `|`. What a bracket or an
//! escape holds is asked of `regex-syntax`.

use crate::patterns::{published, split_in_turn};
use crate::set::Set;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use tokenfare::Pattern;

static PATTERNS: LazyLock<HashMap<Pattern, Vec<Alternatives>>> = LazyLock::new(|| {
    let read = |text: &&str| Reader { text, fold: false }.alternatives();
    Pattern::ALL.into_iter().map(|pattern| (pattern, published(pattern).iter().map(read).collect())).collect()
});

/// Splits a text.
#[must_use]
pub fn split(pattern: Pattern, text: &str) -> Vec<&str> {
    split_in_turn(text, &PATTERNS[&pattern], matches)
}

/// The alternatives of a pattern or of a group, each a row of nodes.
type Alternatives = Vec<Vec<Node>>;

enum Node {
    /// So many characters of a set, as many as can be; possessive gives none back.
    Repeat { set: Set, least: usize, most: usize, possessive: bool },
    /// The first alternative that lets the rest match; or nothing, if it may be left out.
    Group { alternatives: Alternatives, optional: bool },
    /// `(?!\S)`: not before a character of the set.
    NotBefore(Set),
    /// `$`: the end of the text, and no other place.
    End,
}

/// The matches of a pattern in a text, from left to right.
fn matches(alternatives: &Alternatives, text: &str) -> Vec<Range<usize>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    // A place in `chars`, and the byte offset of it.
    let (mut at, mut offset) = (0, 0);
    while at < chars.len() {
        let end = alternatives.iter().find_map(|nodes| match_end(nodes, &chars, at, &|end| Some(end)));
        let taken: usize = chars[at..end.unwrap_or(at + 1)].iter().map(|character| character.len_utf8()).sum();
        if end.is_some() {
            found.push(offset..offset + taken);
        }
        (at, offset) = (end.unwrap_or(at + 1), offset + taken);
    }
    found
}

/// Where a row of nodes that begins at `at` ends, if they match and `then` is content with that end.
///
/// The depth is that of the pattern: a repetition is a loop, not a call.
fn match_end(nodes: &[Node], chars: &[char], at: usize, then: &dyn Fn(usize) -> Option<usize>) -> Option<usize> {
    let Some((node, rest)) = nodes.split_first() else { return then(at) };
    match node {
        Node::Repeat { set, least, most, possessive } => {
            let furthest = chars[at..].iter().take(*most).take_while(|&&character| set.holds(character)).count();
            let fewest = if *possessive { furthest.max(*least) } else { *least };
            (fewest..=furthest).rev().find_map(|count| match_end(rest, chars, at + count, then))
        }
        Node::Group { alternatives, optional } => {
            let then_the_rest = |end| match_end(rest, chars, end, then);
            alternatives
                .iter()
                .find_map(|nodes| match_end(nodes, chars, at, &then_the_rest))
                .or_else(|| if *optional { then_the_rest(at) } else { None })
        }
        Node::NotBefore(set) if chars.get(at).is_some_and(|&character| set.holds(character)) => None,
        Node::End if at < chars.len() => None,
        Node::NotBefore(_) | Node::End => match_end(rest, chars, at, then),
    }
}

/// Reads a pattern from left to right.
struct Reader<'p> {
    text: &'p str,
    /// Whether `(?i:` is open.
    fold: bool,
}

impl Reader<'_> {
    /// Reads up to the end of the pattern or of the group.
    fn alternatives(&mut self) -> Alternatives {
        let mut alternatives = vec![vec![]];
        while !self.text.is_empty() && !self.text.starts_with(')') {
            if self.takes("|") {
                alternatives.push(vec![]);
            } else {
                let node = self.node();
                alternatives.last_mut().expect("there is always one").push(node);
            }
        }
        alternatives
    }

    fn node(&mut self) -> Node {
        if self.takes("$") {
            Node::End
        } else if self.takes(r"(?!\S)") {
            Node::NotBefore(Set::of(r"\S", false))
        } else if self.takes("(?i:") {
            self.group(true)
        } else if self.takes("(?:") {
            self.group(false)
        } else {
            let set = self.set();
            let (least, most) = self.times();
            // A `+` after a quantifier makes it possessive; there is no second one to mistake it for.
            let possessive = (least, most) != (1, 1) && self.takes("+");
            Node::Repeat { set, least, most, possessive }
        }
    }

    fn group(&mut self, fold: bool) -> Node {
        let alternatives = Reader { text: self.text, fold }.alternatives_and_rest(&mut self.text);
        assert!(self.takes(")"), "a group ends");
        Node::Group { alternatives, optional: self.takes("?") }
    }

    /// One character, escape or bracket.
    fn set(&mut self) -> Set {
        let length = match self.text.as_bytes() {
            [b'[', ..] => {
                let mut escaped = false;
                let close = |byte: u8| {
                    let closes = byte == b']' && !escaped;
                    escaped = byte == b'\\' && !escaped;
                    closes
                };
                self.text.bytes().position(close).expect("a bracket ends") + 1
            }
            [b'\\', b'p', ..] => self.text.find('}').expect("a property ends") + 1,
            [b'\\', ..] => 2,
            _ => self.text.chars().next().map_or(0, char::len_utf8),
        };
        let (set, rest) = self.text.split_at(length);
        self.text = rest;
        Set::of(set, self.fold)
    }

    /// The quantifier: at least, at most.
    fn times(&mut self) -> (usize, usize) {
        if self.takes("?") {
            (0, 1)
        } else if self.takes("*") {
            (0, usize::MAX)
        } else if self.takes("+") {
            (1, usize::MAX)
        } else if self.takes("{1,3}") {
            (1, 3)
        } else {
            (1, 1)
        }
    }

    fn takes(&mut self, token: &str) -> bool {
        let rest = self.text.strip_prefix(token);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }
}

impl<'p> Reader<'p> {
    /// Reads alternatives, and leaves what follows them in `rest`.
    fn alternatives_and_rest(mut self, rest: &mut &'p str) -> Alternatives {
        let alternatives = self.alternatives();
        *rest = self.text;
        alternatives
    }
}
