//! All styles of the output, and the decision whether colours are used, for all libraries that print.

use anstyle::{AnsiColor, Style};

use super::ColorChoice;

/// The style of status words.
pub(super) const STATUS: Style = AnsiColor::Green.on_default().bold();
/// The style of `error`.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The style of `warning`.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The style of `note` and `hint`.
pub(super) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// The style of less important text.
pub(super) const DIM: Style = Style::new().dimmed();

/// The styles of `--help`, which are cargo's.
pub const HELP: clap::builder::Styles = clap::builder::Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(ERROR)
    .valid(AnsiColor::Cyan.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default().bold());

/// Decides whether colours are used: by `--color`, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, then the terminal.
pub fn decide(choice: ColorChoice) {
    let wanted = match choice {
        ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stderr()),
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    if choice != ColorChoice::Auto {
        wanted.write_global();
    }
    let colored = !matches!(wanted, anstream::ColorChoice::Never);
    console::set_colors_enabled(colored);
    console::set_colors_enabled_stderr(colored);
}
