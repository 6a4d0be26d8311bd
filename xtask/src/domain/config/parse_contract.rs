//! Reads `[component.NAME.contract]`.

use super::section::{Located, Section, Sink, checked};
use crate::domain::contract::declared::{
    Contract, Database, Declared, DrainRequest, Health, Protocol, Resources, RuntimeVariable, StopSignal,
    VariableSource,
};
use crate::domain::image::Reference;
use crate::domain::name::VariableName;
use crate::domain::problem::Problem;
use crate::domain::text::ticked_list;
use dockerfile::ignore_file::IgnoreFile;

/// Reads a contract; reports values that are not valid.
pub(super) fn contract(sink: &Sink, section: &Section<'_>) -> Contract {
    let reader = Reader { sink, section };
    Contract {
        line: reader.line(section.span.start),
        base_images: reader.texts("base-images", reference),
        stages: reader.texts("stages", stage),
        port: reader.integer("port", 1, 65535).as_ref().and_then(narrowed),
        protocol: section.string("protocol").and_then(|name| protocol(sink, name)).unwrap_or_default(),
        command: reader.texts("command", |word| Ok(word.to_owned())),
        workdir: reader.text("workdir", absolute),
        user: reader.text("user", user),
        uid: reader.integer("uid", 1, 4_294_967_294).as_ref().and_then(narrowed),
        max_size_mb: reader.amount("max-size-mb"),
        max_context_mb: reader.amount("max-context-mb"),
        ignore: reader.texts("ignore", ignored),
        startup_seconds: reader.amount("startup-seconds"),
        stop_signal: reader.text("stop-signal", signal),
        stop_grace_seconds: reader.amount("stop-grace-seconds"),
        read_only_root: section.boolean("read-only-root").unwrap_or_default(),
        environment: section.section("env").map(|env| environment(sink, &env)).unwrap_or_default(),
        health: section.section("health").and_then(|section| health(&Reader { sink, section: &section })),
        drain_request: section.section("drain-request").and_then(|section| drain(&Reader { sink, section: &section })),
        database: section.section("database").and_then(|section| database(&Reader { sink, section: &section })),
        resources: section.section("resources").map(|section| resources(&Reader { sink, section: &section })),
    }
}

/// A table with where to report its problems.
struct Reader<'a> {
    sink: &'a Sink,
    section: &'a Section<'a>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.sink.line(offset)
    }

    fn declared<T>(&self, Located { value, span }: Located<T>) -> Declared<T> {
        Declared { value, line: self.line(span.start) }
    }

    fn text<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Declared<T>> {
        let text = self.section.string(key)?;
        let span = text.span.clone();
        let value = checked(self.sink, text, &format!("`{key}`"), parse)?;
        Some(self.declared(Located { value, span }))
    }

    fn texts<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Declared<Vec<T>>> {
        let span = self.section.span_of(key)?;
        let items = self.section.strings(key).into_iter();
        let value = items.filter_map(|item| checked(self.sink, item, &format!("`{key}`"), &parse)).collect();
        Some(self.declared(Located { value, span }))
    }

    fn integer(&self, key: &str, least: i64, most: i64) -> Option<Declared<i64>> {
        let number = self.section.integer(key)?;
        if !(least..=most).contains(&number.value) {
            let problem = Problem::new(format!("`{key}` must be between {least} and {most}, not {}", number.value));
            self.sink.report(number.span, "", problem);
            return None;
        }
        Some(self.declared(number))
    }

    /// Reads a number of seconds, megabytes, and the like.
    fn amount(&self, key: &str) -> Option<Declared<u64>> {
        self.integer(key, 1, 1_000_000).as_ref().and_then(narrowed)
    }

    fn status(&self, key: &str) -> Option<u16> {
        self.integer(key, 100, 599).as_ref().and_then(narrowed).map(|status| status.value)
    }

    fn string_or(&self, key: &str, default: &str) -> String {
        self.section.string(key).map_or_else(|| default.to_owned(), |text| text.value)
    }
}

fn narrowed<T: TryFrom<i64>>(number: &Declared<i64>) -> Option<Declared<T>> {
    Some(Declared { value: T::try_from(number.value).ok()?, line: number.line })
}

fn reference(text: &str) -> Result<Reference, String> {
    let reference: Reference = text.parse().map_err(|error| format!("{error}"))?;
    if reference.tag.is_none() { Err(format!("`{text}` has no tag")) } else { Ok(reference) }
}

fn stage(text: &str) -> Result<String, String> {
    let valid = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"._-".contains(&letter);
    if text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(valid) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not the name of a stage in lower case"))
    }
}

fn absolute(text: &str) -> Result<String, String> {
    match text.strip_prefix('/') {
        Some(_) => {
            Ok(text.trim_end_matches('/').to_owned()).map(|path| if path.is_empty() { "/".to_owned() } else { path })
        }
        None => Err(format!("`{text}` is not an absolute path")),
    }
}

fn user(text: &str) -> Result<String, String> {
    let first = |letter: u8| letter.is_ascii_lowercase() || letter == b'_';
    let valid = |letter: u8| first(letter) || letter.is_ascii_digit() || letter == b'-';
    match text.bytes().next() {
        _ if text == "root" => Err("containers must not run as root".to_owned()),
        Some(letter) if first(letter) && text.bytes().all(valid) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not the name of a user")),
    }
}

fn ignored(text: &str) -> Result<String, String> {
    let parsed = IgnoreFile::parse(text).map_err(|error| format!("`{text}`: {}", error.reason))?;
    if parsed.is_empty() || text.contains('\n') || text.trim_start().starts_with('!') {
        return Err(format!("`{text}` excludes nothing"));
    }
    Ok(text.to_owned())
}

fn signal(text: &str) -> Result<StopSignal, String> {
    let signal = StopSignal::parse(text);
    if signal.is_known() && signal.name() == text {
        Ok(signal)
    } else {
        Err(format!("`{text}` is not the name of a signal, such as SIGTERM"))
    }
}

fn protocol(sink: &Sink, name: Located<String>) -> Option<Protocol> {
    let parse = |text: &str| {
        Protocol::parse(text).ok_or_else(|| format!("`{text}` is none of {}", ticked_list(&Protocol::NAMES)))
    };
    checked(sink, name, "`protocol`", parse)
}

fn environment(sink: &Sink, section: &Section<'_>) -> Vec<RuntimeVariable> {
    let mut variables = Vec::new();
    for (name, section) in section.named_sections() {
        let line = sink.line(name.span.start);
        // A key that is not a name may be `NAME=VALUE` in quotes.
        let name = match name.value.parse::<VariableName>() {
            Ok(name) => name,
            Err(error) => {
                sink.report_quietly(name.span, Problem::new(format!("invalid variable of the contract: {error}")));
                continue;
            }
        };
        let Some(from) = section.string("from") else { continue };
        let Some(source) = VariableSource::parse(&from.value) else {
            let names = ticked_list(&VariableSource::NAMES);
            let problem = Problem::new(format!("`from` of variable `{name}` is none of {names}"));
            sink.report_quietly(from.span, problem);
            continue;
        };
        let default = section.string("default");
        let fault = match (source, &default) {
            (VariableSource::Secret, Some(_)) => Some("comes from a Secret, so it has no default"),
            (VariableSource::Image, None) => Some("comes from the image, so it needs a default"),
            _ => None,
        };
        if let Some(fault) = fault {
            sink.report_quietly(from.span, Problem::new(format!("variable `{name}` {fault}")));
            continue;
        }
        let allowed: Vec<String> = section.strings("allowed").into_iter().map(|value| value.value).collect();
        let outside = |value: &&Located<String>| !allowed.is_empty() && !allowed.contains(&value.value);
        if let Some(value) = default.as_ref().filter(outside) {
            let problem = Problem::new(format!("the default of variable `{name}` is not one of its allowed values"));
            sink.report_quietly(value.span.clone(), problem);
        }
        variables.push(RuntimeVariable {
            name,
            source,
            required: section.boolean("required").unwrap_or(true),
            default: default.map(|default| default.value),
            allowed,
            example: section.string("example").map(|example| example.value),
            line,
        });
    }
    variables
}

fn method(text: &str) -> Result<String, String> {
    let valid = !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_uppercase());
    if valid { Ok(text.to_owned()) } else { Err(format!("`{text}` is not a method, such as GET")) }
}

fn health(reader: &Reader<'_>) -> Option<Health> {
    let body = |key: &str| reader.section.string(key).map(|text| text.value);
    let path = reader.text("path", absolute);
    let method = reader.text("method", method).map_or_else(|| "GET".to_owned(), |method| method.value);
    Some(Health {
        method,
        healthy_status: reader.status("healthy-status").unwrap_or(200),
        healthy_body: body("healthy-body"),
        unhealthy_status: reader.status("unhealthy-status"),
        unhealthy_body: body("unhealthy-body"),
        line: reader.line(reader.section.span.start),
        path: path?.value,
    })
}

fn drain(reader: &Reader<'_>) -> Option<DrainRequest> {
    let path = reader.text("path", absolute);
    let method = reader.text("method", method).map_or_else(|| "POST".to_owned(), |method| method.value);
    let content_type = reader.text("content-type", not_empty);
    Some(DrainRequest {
        method,
        content_type: content_type.map_or_else(|| "application/json".to_owned(), |text| text.value),
        body: reader.string_or("body", "{}"),
        line: reader.line(reader.section.span.start),
        path: path?.value,
    })
}

fn not_empty(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

fn database(reader: &Reader<'_>) -> Option<Database> {
    let engine = reader.text("engine", |text| match text {
        "postgresql" => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not `postgresql`, the only kind that xtask knows")),
    });
    let variable = reader.text("variable", |text| text.parse::<VariableName>().map_err(|error| error.to_string()));
    let line = reader.line(reader.section.span.start);
    Some(Database { engine: engine?.value, variable: variable?.value, line })
}

fn resources(reader: &Reader<'_>) -> Resources {
    let amount = |key: &str| reader.amount(key).map(|amount| amount.value);
    Resources {
        idle_cpu_millicores: amount("idle-cpu-millicores"),
        idle_memory_mib: amount("idle-memory-mib"),
        load_cpu_millicores: amount("load-cpu-millicores"),
        load_memory_mib: amount("load-memory-mib"),
        load_path: reader.text("load-path", absolute).map(|path| path.value),
        line: reader.line(reader.section.span.start),
    }
}
