//! A Rust file as code and texts: enough of a lexer to tell comments, strings and code apart.

/// A string literal.
#[derive(Debug)]
pub(crate) struct Literal {
    /// Where it begins.
    pub(crate) line: usize,
    /// Its value; escapes other than line ends and quotes are left as they are.
    pub(crate) text: String,
    /// The code before it, without blanks at its end.
    pub(crate) before: String,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path in the repository.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
    /// The same with comments and the insides of strings blanked; lines are kept.
    pub(crate) code: String,
    /// Its strings, in order.
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let mut lexer = Lexer { rest: text, code: String::new(), literals: Vec::new() };
        lexer.run();
        Self { path: path.to_owned(), text: text.to_owned(), code: lexer.code, literals: lexer.literals }
    }

    /// The line where the tests begin; tests stand at the end of a file, or are a file.
    pub(crate) fn tests_begin(&self) -> usize {
        if self.path.ends_with("tests.rs") {
            return 1;
        }
        let found = self.code.lines().position(|line| line.starts_with("#[cfg(test)]"));
        found.map_or(usize::MAX, |index| index + 1)
    }

    /// The lines of code with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The number of the line of an offset in the code.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }
}

struct Lexer<'a> {
    rest: &'a str,
    code: String,
    literals: Vec<Literal>,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        while let Some(first) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.blank(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
            } else if let Some((opening, closing)) = self.raw_string() {
                self.string(opening, &closing, false);
            } else if first == '"' {
                self.string(1, "\"", true);
            } else if first == '\'' {
                self.quote();
            } else {
                self.keep(first.len_utf8());
            }
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn keep(&mut self, bytes: usize) {
        let taken = self.take(bytes);
        self.code.push_str(taken);
    }

    fn blank(&mut self, bytes: usize) {
        let taken = self.take(bytes);
        self.code.extend(taken.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
    }

    /// The length of the opening `r#"` and its closing `"#`, if one stands here.
    fn raw_string(&self) -> Option<(usize, String)> {
        let is_word = self.code.ends_with(|character: char| character.is_alphanumeric() || character == '_');
        let hashes = self.rest.strip_prefix('r').filter(|_| !is_word)?;
        let count = hashes.len() - hashes.trim_start_matches('#').len();
        hashes[count..].starts_with('"').then(|| (count + 2, format!("\"{}", "#".repeat(count))))
    }

    fn string(&mut self, opening: usize, closing: &str, escapes: bool) {
        let (line, before) = (self.code.matches('\n').count() + 1, self.code.trim_end().to_owned());
        self.keep(opening);
        let mut end = 0;
        while !self.rest[end..].starts_with(closing) {
            let Some(next) = self.rest[end..].chars().next() else { break };
            end += next.len_utf8();
            if escapes && next == '\\' {
                end += self.rest[end..].chars().next().map_or(0, char::len_utf8);
            }
        }
        let inside = &self.rest[..end];
        let text = if escapes { unescaped(inside) } else { inside.to_owned() };
        self.literals.push(Literal { line, text, before });
        self.blank(end);
        self.keep(closing.len().min(self.rest.len()));
    }

    /// A character in quotes, or the quote of a lifetime.
    fn quote(&mut self) {
        let mut characters = self.rest.chars().skip(1);
        let length = match (characters.next(), characters.next()) {
            (Some('\\'), _) => self.rest[3..].find('\'').map_or(1, |end| end + 4),
            (Some(character), Some('\'')) => character.len_utf8() + 2,
            _ => return self.keep(1),
        };
        self.blank(length);
    }
}

fn unescaped(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let joined = lines.fold(first, |text, line| text + line.trim_start());
    joined.replace("\\\"", "\"").replace("\\n", "\n")
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "a // \"no\"\n/* b */ c(\"d \\\" e\", r#\"f \"g\"\n h\"#, '\"', 'x', '\\'', &'static str) i";
    let source = Source::read("x.rs", text);
    let words: Vec<&str> = source.code.split_whitespace().collect();
    assert_eq!(words.join(" "), "a c(\" \", r#\" \"#, , , , &'static str) i");
    assert_eq!(source.code.lines().count(), text.lines().count());
    let texts: Vec<&str> = source.literals.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(texts, ["d \" e", "f \"g\"\n h"]);
    assert_eq!(source.literals[1].line, 2);
    assert!(source.literals[0].before.ends_with("c("));
}
