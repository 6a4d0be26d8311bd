//! The report of `verify` as one page of HTML: it needs no other file, no script, and no network.

use std::fmt::Write as _;

use crate::domain::contract::Verdict;
use crate::domain::contract::verify::verified::{JudgedBox, VerifiedImage, summary};
use crate::domain::finding::{Finding, Naming};
use crate::domain::image::short_id;
use crate::domain::text::{megabytes, size};

const STYLE: &str = include_str!("verify_page.css");

/// The width of the picture of the layers.
const WIDTH: f64 = 1000.0;

/// Returns the page.
pub fn html(images: &[VerifiedImage]) -> String {
    let sections: String = images.iter().map(section).collect();
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Verified images</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Verified images</h1>\n<p class=\"sum\">{}</p>\n\
         {sections}</main>\n</body>\n</html>\n",
        escaped(&summary(images))
    );
    super::kept(&text).into_owned()
}

fn section(image: &VerifiedImage) -> String {
    let boxes: String = image.boxes.iter().map(row).collect();
    format!(
        "<section>\n<h2>{}</h2>\n<p class=\"id\">{}</p>\n{}<table>\n<thead><tr><th>Box</th><th>Rule</th>\
         <th>Measured, and the limit</th></tr></thead>\n<tbody>\n{boxes}</tbody>\n</table>\n</section>\n",
        escaped(&image.reference),
        escaped(&image.id),
        picture(image)
    )
}

fn row(judged: &JudgedBox) -> String {
    let (class, mark, word) = match judged.judgement.verdict {
        Verdict::Held(_) => ("held", "✓", "held"),
        Verdict::Broken(_) => ("broken", "✗", "broken"),
        Verdict::NotDecided(_) => ("open", "?", "not decided"),
    };
    let rule = judged.judgement.rule;
    let text = match &judged.judgement.verdict {
        Verdict::Broken(findings) => findings.iter().map(finding).collect(),
        _ => format!("<p>{}</p>", marked(&judged.text())),
    };
    format!(
        "<tr class=\"{class}\"><td><span class=\"mark\" role=\"img\" aria-label=\"{word}\">{mark}</span></td>\
         <td><code>{}</code><p class=\"what\">{}</p></td><td>{text}</td></tr>\n",
        escaped(rule.id),
        marked(rule.what)
    )
}

fn finding(finding: &Finding) -> String {
    let what = format!("<p>{}</p>", marked(&finding.message(Naming::FromRoot)));
    let more = finding.notes.iter().chain(&finding.remedies);
    more.fold(what, |text, more| text + "<p class=\"what\">" + &marked(more) + "</p>")
}

/// Returns the layers as a bar, with a mark at the limit.
fn picture(image: &VerifiedImage) -> String {
    let Some(all) = image.size() else { return String::new() };
    let limit = image.limit_mb.map(|limit| limit.saturating_mul(1_000_000));
    let scale = WIDTH / exact(all.max(limit.unwrap_or_default()).max(1));
    let (mut parts, mut legend, mut at) = (String::new(), String::new(), 0.0);
    for (index, layer) in image.layers.iter().enumerate() {
        let bytes = layer.bytes.unwrap_or_default();
        let width = exact(bytes) * scale;
        let (class, owner) = if layer.is_of_base { ("base", "base image") } else { ("own", "application") };
        let title = format!("layer {}, {}, {owner}, {}", index + 1, size(bytes), short_id(&layer.digest));
        let _infallible = writeln!(
            parts,
            "<rect class=\"{class}\" x=\"{at:.2}\" y=\"6\" width=\"{width:.2}\" height=\"40\"><title>{}</title></rect>",
            escaped(&title)
        );
        let _infallible = writeln!(
            legend,
            "<li class=\"{class}\"><span></span>{}: {} <code>{}</code></li>",
            index + 1,
            escaped(&size(bytes)),
            escaped(short_id(&layer.digest))
        );
        at += width;
    }
    let mark = limit.map_or(String::new(), |limit| {
        let x = exact(limit) * scale;
        format!(
            "<line class=\"limit\" x1=\"{x:.2}\" x2=\"{x:.2}\" y1=\"0\" y2=\"52\"><title>the limit</title></line>\n"
        )
    });
    let words = image.limit_mb.map_or(String::new(), |limit| format!(" of {limit} MB (the line)"));
    let of_base: u64 = image.layers.iter().filter(|layer| layer.is_of_base).filter_map(|layer| layer.bytes).sum();
    let base = if of_base > 0 {
        format!("; base image {}, application {}", megabytes(of_base), megabytes(all.saturating_sub(of_base)))
    } else {
        String::new()
    };
    format!(
        "<figure>\n<svg viewBox=\"-2 0 1004 52\" role=\"img\" aria-label=\"the sizes of the layers\" \
         preserveAspectRatio=\"none\">\n{parts}{mark}</svg>\n<figcaption>{}{words} in {} layers{base}</figcaption>\n\
         <ol>\n{legend}</ol>\n</figure>\n",
        megabytes(all),
        image.layers.len()
    )
}

/// Converts a number of bytes; an error of one in 2^53 cannot be seen in a picture.
fn exact(bytes: u64) -> f64 {
    let (high, low) = (u32::try_from(bytes >> 32).unwrap_or(u32::MAX), u32::try_from(bytes & 0xffff_ffff).unwrap_or(0));
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// Escapes a text for HTML; what is in backticks becomes code.
fn marked(text: &str) -> String {
    let mut parts = text.split('`').map(escaped);
    let mut marked = parts.next().unwrap_or_default();
    while let Some(code) = parts.next() {
        match parts.next() {
            Some(rest) => marked = marked + "<code>" + &code + "</code>" + &rest,
            None => marked = marked + "`" + &code,
        }
    }
    marked
}

/// Escapes a text for HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            _ => escaped.push(letter),
        }
    }
    escaped
}
