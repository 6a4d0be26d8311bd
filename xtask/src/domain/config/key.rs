//! The types that describe the keys of taskflow.toml: key, kind, table, and the form of a text.

/// A key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name of the key.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// One or two sentences that describe the key.
    pub description: &'static str,
    /// Whether the key is required, and what holds without it.
    pub presence: Presence,
    /// An example of its value in TOML syntax; empty for tables.
    pub example: &'static str,
    /// The section of the container contract that the key implements; none if there is none.
    pub contract: Option<&'static str>,
}

/// The kind of a value.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// An integer between two limits, both included.
    Integer(i64, i64),
    /// A string.
    Text(Form),
    /// A list of strings.
    Texts(Form),
    /// `true` or `false`.
    Boolean,
    /// A day, as a date of TOML or as a string.
    Day,
    /// `[table]`.
    Table(&'static Table),
    /// `[[table]]`, any number of times.
    Tables(&'static Table),
    /// `[table.NAME]`, one for each name that the user chooses.
    Named(&'static Named),
}

/// Whether a key is required, and what holds without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The key is required; holds the hint for a missing key.
    Required(&'static str),
    /// The key is optional; holds the default value in TOML syntax.
    Default(&'static str),
    /// The key is optional; holds a description of what applies without it.
    Otherwise(&'static str),
}

/// The form of a string.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The form in words; empty if every string is valid.
    pub words: &'static str,
    /// The form as far as a JSON Schema can express it.
    pub rule: FormRule,
}

/// The form of a string for a JSON Schema. The reader may check more than a pattern can express.
#[derive(Clone, Copy, Debug)]
pub enum FormRule {
    /// Every string.
    Any,
    /// Strings in which this regular expression finds a match.
    Pattern(&'static str),
    /// One of these strings.
    OneOf(fn() -> Vec<&'static str>),
}

/// The keys of a table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The keys, in the order of messages and documents.
    pub keys: &'static [Key],
    /// Whether values in the table may be secrets by mistake, so that messages must not show lines of it.
    pub hidden: bool,
}

/// Tables of one kind, each under a name that the user chooses. If the key is required, there must be at least one.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The noun for one of them, in messages.
    pub what: &'static str,
    /// The placeholder for the name in documents, such as `NAME`.
    pub placeholder: &'static str,
    /// The form of the name.
    pub form: Form,
    /// An example of a name.
    pub example: &'static str,
    /// The keys of each table.
    pub table: Table,
}

impl Key {
    /// Makes an optional key without a default.
    pub const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, description, presence: Presence::Otherwise(""), example: "", contract: None }
    }

    /// Makes the key required; `hint` says what to write if it is missing.
    #[must_use]
    pub const fn required(mut self, hint: &'static str) -> Self {
        self.presence = Presence::Required(hint);
        self
    }

    /// Sets the default value, in TOML syntax.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.presence = Presence::Default(value);
        self
    }

    /// Sets the description of what applies without the key.
    #[must_use]
    pub const fn otherwise(mut self, words: &'static str) -> Self {
        self.presence = Presence::Otherwise(words);
        self
    }

    /// Sets the example of the value.
    #[must_use]
    pub const fn example(mut self, value: &'static str) -> Self {
        self.example = value;
        self
    }

    /// Sets the section of the container contract that the key implements.
    #[must_use]
    pub const fn contract(mut self, section: &'static str) -> Self {
        self.contract = Some(section);
        self
    }
}

impl Kind {
    /// Returns the kind in words, as in "`schema` must be an integer".
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Integer(..) => "an integer",
            Self::Text(_) => "a string",
            Self::Texts(_) => "a list of strings",
            Self::Boolean => "a boolean",
            Self::Day => "a day, such as 2027-01-31",
            Self::Table(_) | Self::Named(_) => "a table",
            Self::Tables(_) => "a list of tables",
        }
    }
}

impl Table {
    /// Returns the key with this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}
