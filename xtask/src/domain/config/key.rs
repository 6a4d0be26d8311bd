//! The words in which the keys of taskflow.toml are described: key, kind, table, and the form of a text.

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as it is written.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// One or two sentences about what the key says.
    pub description: &'static str,
    /// Whether the key can be left out.
    pub presence: Presence,
    /// A value as TOML writes it; empty for tables.
    pub example: &'static str,
    /// The section of the container contract that the key comes from.
    pub contract: Option<&'static str>,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number between two others, both included.
    Integer(i64, i64),
    /// A text.
    Text(Form),
    /// A list of texts.
    Texts(Form),
    /// A day, as TOML writes one or in quotes.
    Day,
    /// `[table]`.
    Table(&'static Table),
    /// `[[table]]`, any number of them.
    Tables(&'static Table),
    /// `[table.NAME]`, one for each name that people choose.
    Named(&'static Named),
}

/// Whether a key can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The key must be there; the hint says what to write.
    Required(&'static str),
    /// Without the key this value counts, as TOML writes it.
    Default(&'static str),
    /// What counts without the key is no value of its own.
    Otherwise(&'static str),
}

/// How a text must look.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The form in words; empty where every text will do.
    pub words: &'static str,
    /// The form as far as a schema can express it.
    pub rule: FormRule,
}

/// The form of a text for a schema. The reader may know more than a pattern can say.
#[derive(Clone, Copy, Debug)]
pub enum FormRule {
    /// Every text.
    Any,
    /// What this regular expression finds a match in.
    Pattern(&'static str),
    /// One of these texts.
    OneOf(fn() -> Vec<&'static str>),
}

/// The keys that a table can have.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The keys, in the order of messages and documents.
    pub keys: &'static [Key],
    /// Whether values here may be secrets by mistake, so that messages show no line.
    pub hidden: bool,
}

/// Tables of one kind, each under a name that people choose. Where the key is required, there is at least one.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// What one of them is called in messages.
    pub what: &'static str,
    /// What stands for the name in documents, such as `NAME`.
    pub placeholder: &'static str,
    /// How a name must look, as a text that has a pattern.
    pub form: Form,
    /// A name.
    pub example: &'static str,
    /// The keys of one table.
    pub table: Table,
}

impl Key {
    /// A key that can be left out.
    pub const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, description, presence: Presence::Otherwise(""), example: "", contract: None }
    }

    /// The key as one that must be there, with what to write where it is missing.
    #[must_use]
    pub const fn required(mut self, hint: &'static str) -> Self {
        self.presence = Presence::Required(hint);
        self
    }

    /// The key with the value that counts without it.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.presence = Presence::Default(value);
        self
    }

    /// The key with what counts without it, in words.
    #[must_use]
    pub const fn otherwise(mut self, words: &'static str) -> Self {
        self.presence = Presence::Otherwise(words);
        self
    }

    /// The key with an example of its value.
    #[must_use]
    pub const fn example(mut self, value: &'static str) -> Self {
        self.example = value;
        self
    }

    /// The key with the section of the container contract that it comes from.
    #[must_use]
    pub const fn contract(mut self, section: &'static str) -> Self {
        self.contract = Some(section);
        self
    }
}

impl Kind {
    /// The kind in words, as in "`schema` must be an integer".
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Integer(..) => "an integer",
            Self::Text(_) => "a string",
            Self::Texts(_) => "a list of strings",
            Self::Day => "a day, such as 2027-01-31",
            Self::Table(_) | Self::Named(_) => "a table",
            Self::Tables(_) => "a list of tables",
        }
    }
}

impl Table {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}
