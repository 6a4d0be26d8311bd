//! The lines of `verify`: a box for each rule.

use super::{Ui, style};
use crate::domain::contract::Verdict;
use crate::domain::contract::verify::verified::VerifiedImage;

impl Ui {
    /// Prints the boxes of images as the result of the command.
    pub fn boxes(&self, images: &[VerifiedImage]) {
        let rules = images.iter().flat_map(|image| &image.boxes).map(|judged| judged.judgement.rule.id.len());
        let width = rules.max().unwrap_or_default();
        for image in images {
            self.result(&image.title());
            for judged in &image.boxes {
                let (mark, style) = match judged.judgement.verdict {
                    Verdict::Held(_) => ("[x]", style::STATUS),
                    Verdict::Broken(_) => ("[ ]", style::ERROR),
                    Verdict::NotDecided(_) => ("[?]", style::WARNING),
                };
                let (id, text) = (judged.judgement.rule.id, judged.text());
                self.result(&format!("  {style}{mark}{style:#} {id:width$}  {text}"));
            }
        }
    }
}
