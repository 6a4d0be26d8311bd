//! Renders the table of changes as a page of documentation in Markdown.

use super::row::ChangeRow;
use super::rows::ROWS;

/// The first lines of the page.
const HEAD: &str = "\
# Changes of the contract

<!-- Made from xtask/src/domain/contract/change/ with `cargo xtask contract changes --format markdown`. Do not edit. -->

`cargo xtask contract diff` compares the contracts of taskflow.toml with those of the last release in the history of
HEAD. Each change needs a step of the version, and a release needs the largest step of all changes of all components.
Without a change, a patch step is enough. A larger step than needed is always allowed. Below 1.0.0, a change that needs a
major step needs a minor one, and every other change a patch step. The first release can have any version.

*Source* says who wants the step: `contract` stands for the container contract's own words, `derived` for what follows
from the way in which deployments use an image. *Refused* means that no release can have the change.

A change with a *yes* under *accept* can be accepted with a smaller step, for one version and with a reason:

```toml
[[release.accept]]
finding = \"a3f8c21b9d04\"
version = \"1.2.0\"
reason = \"no deployment sets this variable\"
```

The finding is the fingerprint in the last column of `contract diff`. It depends on the row, the component, and both
sides of the change, so it is the same in every run. An entry for the version that is released must match a change.
Entries for other versions have no effect.

A key that is not declared promises nothing. So a key that appears is a stronger promise, and a key that goes is a weaker
one. `max-size-mb`, the limits in seconds, and `resources` count as endless if they are not declared.

The step of a new required variable is a setting: `required-variable = \"major\"` under `[release]` in taskflow.toml makes
it a major step.
";

/// The last lines of the page.
const TAIL: &str = "
## What is not compared

| what | why |
|---|---|
| architectures of the images | the engine has the image of one architecture, which depends on the machine |
| deprecation of variables | taskflow.toml cannot declare it, so a removed variable needs the same step in any case |
| renamed variables | a new name cannot be told from a removed and an added variable; both rows are reported |
| labels, layers, and files of the image | deployments do not rely on them, so a patch step is enough |
| defaults of build args in Dockerfiles | only taskflow.toml is read from the release |
| `load-path`, `drain-request`, and `example` | they are settings of `verify`, and no promises |

Rows with *both images* in the third column need the image of the release and the present one in the engine. Without
them, `contract diff` says so, and compares only taskflow.toml.
";

/// Renders the page.
pub fn page() -> String {
    let columns =
        "| change | step | found in | accept | source | what has changed | why |\n|---|---|---|---|---|---|---|\n";
    let rows = ROWS.iter().map(row).collect::<Vec<_>>().join("\n");
    format!("{HEAD}\n## The rows\n\n{columns}{rows}\n{TAIL}")
}

fn row(row: &ChangeRow) -> String {
    let ChangeRow { id, what, needs, can_be_accepted, source, why, found_in, warning } = row;
    let accept = if *can_be_accepted { "yes" } else { "" };
    let warning = warning.map_or(String::new(), |warning| format!(" Warning: {warning}."));
    let (needs, source, found_in) = (needs.name(), source.name(), found_in.words());
    format!("| {id} | {needs} | {found_in} | {accept} | {source} | {what} | {why}{warning} |")
}
