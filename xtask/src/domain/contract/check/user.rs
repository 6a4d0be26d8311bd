//! The user that the container runs as.

use dockerfile::{Base, ImageConfig, Instruction};

use super::accounts::{Accounts, Created, Uid, accounts, has_busybox};
use super::base::is_one_of;
use super::check_rule::CheckRule;
use super::subject::{Subject, at_file};
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::image::Reference;

/// Holds the rule `non-root`.
pub(super) const NON_ROOT: CheckRule = CheckRule {
    text: RuleText {
        id: "non-root",
        severity: Severity::Error,
        what: "image that runs as root",
        section: "Non-Root User, \"All containers MUST run as non-root user\"",
        scope: Scope::Advised,
        command: JudgedBy::Check,
        why: "A process that runs as root can do more harm when it breaks out of its container. The user of the final \
              stage counts; build stages may run as root.",
        good: "FROM node:20-alpine\nUSER node\n",
        bad: "FROM node:20-alpine\nUSER 0\n",
        remedy: "Create a user in the final stage, and end the stage with `USER` and its name or ID.",
        page: "docs/contract/non-root.md",
    },
    applies: |_| true,
    judge: non_root,
};

/// Holds the rule `user`.
pub(super) const USER: CheckRule = CheckRule {
    text: RuleText {
        id: "user",
        severity: Severity::Error,
        what: "image that runs as another user than the declared one",
        section: "Non-Root User",
        scope: Scope::Declared("user"),
        command: JudgedBy::Check,
        why: "Permissions of volumes and the `runAsUser` of manifests depend on the user ID.",
        good: "FROM node:20-alpine\nRUN adduser -S nextjs -u 1001\nUSER nextjs\n",
        bad: "FROM node:20-alpine\nRUN adduser -S nextjs -u 1001\nUSER node\n",
        remedy: "End the final stage with `USER` and the declared name or ID. With a name, manifests that set \
                 `runAsNonRoot` must also set `runAsUser`.",
        page: "docs/contract/user.md",
    },
    applies: |subject| subject.contract.user.is_some() || subject.contract.uid.is_some(),
    judge: user,
};

/// Holds the rule `user-created`.
pub(super) const USER_CREATED: CheckRule = CheckRule {
    text: RuleText {
        id: "user-created",
        severity: Severity::Error,
        what: "declared user that the final stage does not create, or creates with another ID",
        section: "Non-Root User, \"adduser -S nextjs -u 1001\"",
        scope: Scope::Declared("user"),
        command: JudgedBy::Check,
        why: "A container whose user is not in /etc/passwd does not start, or has no name for its user. Users of other \
              stages are not in the image. Debian's slim images have `useradd`, and no `adduser` with BusyBox's \
              options; Alpine has the opposite.",
        good: "FROM python:3.13-slim\nRUN groupadd --gid 1000 appuser && useradd --uid 1000 --gid appuser appuser\nUSER appuser\n",
        bad: "FROM python:3.13-slim\nRUN adduser -S appuser -u 1000\nUSER appuser\n",
        remedy: "Create the user in the final stage with the declared name and ID: `adduser -S NAME -u ID` in Alpine, \
                 `useradd --uid ID NAME` in Debian.",
        page: "docs/contract/user-created.md",
    },
    applies: |subject| subject.contract.user.is_some(),
    judge: user_created,
};

/// Official images without a user of their own, which run as root.
const RUN_AS_ROOT: [&str; 43] = [
    "alpine",
    "almalinux",
    "amazonlinux",
    "amazoncorretto",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "caddy",
    "centos",
    "clojure",
    "composer",
    "dart",
    "debian",
    "docker",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "golang",
    "haskell",
    "httpd",
    "ibmjava",
    "julia",
    "mariadb",
    "maven",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "redis",
    "ruby",
    "rust",
    "swift",
    "ubuntu",
];

/// Users that a base image brings.
const USERS_OF_BASES: [(&str, &str, u32); 3] =
    [("node", "node", 1000), ("nginx", "nginx", 101), ("httpd", "www-data", 33)];

/// The user of an image.
enum RunsAs<'a> {
    /// The superuser, because of an instruction; none if no instruction sets a user.
    Root(Option<&'a Instruction>),
    /// A user, by name or ID.
    User(String, &'a Instruction),
    /// Not known, for this reason.
    Unknown(String),
}

fn runs_as<'a>(image: &ImageConfig<'a>, accounts: &Accounts<'a>) -> RunsAs<'a> {
    let Some(user) = &image.user else {
        return match image.base {
            Base::Scratch => RunsAs::Root(None),
            Base::Image(name) if runs_as_root(name) => RunsAs::Root(None),
            Base::Image(name) => RunsAs::Unknown(format!("the user is that of `{name}`, which is not known")),
            Base::Stage(_) | Base::Unknown => RunsAs::Unknown("the user is that of the base image".to_owned()),
        };
    };
    let Some(text) = user.value.known() else {
        let line = user.by.first_line;
        return RunsAs::Unknown(format!("the user in line {line} depends on a build arg without a known value"));
    };
    let name = text.split(':').next().unwrap_or_default().trim();
    let is_zero = name.parse::<u32>() == Ok(0);
    let is_superuser = accounts.of(name).is_some_and(|created| created.uid == Uid::Is(0));
    if name.is_empty() || name == "root" || is_zero || is_superuser {
        return RunsAs::Root(Some(user.by));
    }
    RunsAs::User(name.to_owned(), user.by)
}

fn runs_as_root(image: &str) -> bool {
    let reference = image.parse::<Reference>().ok().filter(|reference| reference.registry.is_none());
    let is_rootless = image.contains("rootless") || image.contains("nonroot");
    reference.is_some_and(|reference| RUN_AS_ROOT.contains(&reference.repository.to_string().as_str())) && !is_rootless
}

fn non_root(subject: &Subject<'_>) -> Verdict {
    let rule = &NON_ROOT.text;
    let image = match subject.image() {
        Ok(image) => image,
        Err(verdict) => return verdict,
    };
    let name = subject.contract.user.as_ref().map_or("NAME", |user| user.value.as_str());
    let finding = match runs_as(&image, &accounts(&image)) {
        RunsAs::User(..) => return Verdict::Held(None),
        RunsAs::Unknown(reason) => return Verdict::NotDecided(reason),
        RunsAs::Root(Some(by)) => subject.at_all(rule, by, "the image runs as root".to_owned()),
        RunsAs::Root(None) => {
            let what = "no `USER` in the final stage, so the image runs as root".to_owned();
            match (&subject.contract.user, &subject.contract.uid) {
                (Some(user), _) => subject.at_key(rule, "contract.user", user.line, what),
                (None, Some(uid)) => subject.at_key(rule, "contract.uid", uid.line, what),
                (None, None) => at_file(rule, &subject.file.path, None, what),
            }
        }
    };
    let remedy = format!("end the final stage with `USER {name}`, after the steps that need root");
    Verdict::Broken(vec![Finding { remedies: vec![remedy], ..finding }])
}

fn user(subject: &Subject<'_>) -> Verdict {
    let rule = &USER.text;
    let image = match subject.image() {
        Ok(image) => image,
        Err(verdict) => return verdict,
    };
    let accounts = accounts(&image);
    let (text, by) = match runs_as(&image, &accounts) {
        RunsAs::User(text, by) => (text, by),
        RunsAs::Unknown(reason) => return Verdict::NotDecided(reason),
        RunsAs::Root(_) => return Verdict::NotDecided("the image runs as root".to_owned()),
    };
    let contract = subject.contract;
    let fits = match (text.parse::<u32>(), &contract.user, &contract.uid) {
        (Ok(number), _, Some(uid)) => number == uid.value,
        (Ok(number), Some(user), None) => accounts.of(&user.value).is_none_or(|created| created.uid == Uid::Is(number)),
        (Err(_), Some(user), _) => text == user.value,
        (Err(_), None, Some(uid)) => match accounts.of(&text).map(|created| created.uid.clone()) {
            Some(Uid::Is(number)) => number == uid.value,
            _ => return Verdict::NotDecided(format!("the ID of user `{text}` is not known")),
        },
        (_, None, None) => true,
    };
    if fits {
        return Verdict::Held(None);
    }
    let wanted = match (&contract.user, &contract.uid) {
        (Some(user), Some(uid)) => format!("`{}` or {}", user.value, uid.value),
        (Some(user), None) => format!("`{}`", user.value),
        (None, uid) => uid.as_ref().map_or(String::new(), |uid| uid.value.to_string()),
    };
    let finding = subject.at_all(rule, by, format!("the image runs as `{text}`, and the contract wants {wanted}"));
    let name = contract.user.as_ref().map(|user| user.value.clone());
    let name = name.or_else(|| contract.uid.as_ref().map(|uid| uid.value.to_string())).unwrap_or_default();
    Verdict::Broken(vec![Finding { remedies: vec![format!("end the final stage with `USER {name}`")], ..finding }])
}

/// Returns the user ID that the base image has for a name.
fn uid_of_base(image: &ImageConfig<'_>, name: &str) -> Option<u32> {
    let Base::Image(base) = image.base else { return None };
    let repository = base.parse::<Reference>().ok()?.repository.to_string();
    USERS_OF_BASES.iter().find(|(image, user, _)| *image == repository && *user == name).map(|(_, _, uid)| *uid)
}

fn user_created(subject: &Subject<'_>) -> Verdict {
    let rule = &USER_CREATED.text;
    let (image, declared) = match (subject.image(), &subject.contract.user) {
        (Ok(image), Some(declared)) => (image, declared),
        (Err(verdict), _) => return verdict,
        (_, None) => return Verdict::Held(None),
    };
    let name = declared.value.as_str();
    let accounts = accounts(&image);
    let uid = subject.contract.uid.as_ref().map(|uid| uid.value);
    let tool = match (accounts.base.as_deref().and_then(has_busybox), uid) {
        (Some(true), Some(uid)) => format!("write `RUN adduser -S {name} -u {uid}`"),
        (_, Some(uid)) => format!("write `RUN useradd --uid {uid} {name}`"),
        (_, None) => format!("create the user `{name}` in the final stage"),
    };
    let finish = |finding: Finding| Verdict::Broken(vec![Finding { remedies: vec![tool.clone()], ..finding }]);
    // `base-image` reports another base; the steps are for the declared one.
    let declared_bases = subject.contract.base_images.as_ref();
    let is_other_base =
        declared_bases.is_some_and(|bases| !accounts.base.as_deref().is_some_and(|base| is_one_of(&bases.value, base)));
    if let Some((by, span, what)) = accounts.faults.first().filter(|_| !is_other_base) {
        return finish(subject.at(rule, by, span.clone(), what.clone()));
    }
    let Some(Created { uid: found, by, span }) = accounts.of(name) else {
        if let Some(reason) = &accounts.undecided {
            return Verdict::NotDecided(reason.clone());
        }
        if let Some(of_base) = uid_of_base(&image, name).filter(|of_base| uid.is_none_or(|uid| uid == *of_base)) {
            return Verdict::Held(Some(format!("user ID {of_base} of the base image")));
        }
        let what = format!("no step of the final stage creates the user `{name}`");
        return finish(subject.at_key(rule, "contract.user", declared.line, what));
    };
    match (found, uid) {
        // `non-root` reports it.
        (Uid::Is(0), _) => Verdict::NotDecided("the image runs as root".to_owned()),
        (Uid::Is(found), Some(uid)) if *found != uid => {
            let what = format!("the user `{name}` gets the ID {found}, and the contract wants {uid}");
            finish(subject.at(rule, by, span.clone(), what))
        }
        (Uid::Next, Some(uid)) => {
            let what = format!("the user `{name}` gets the next free ID, and the contract wants {uid}");
            finish(subject.at(rule, by, span.clone(), what))
        }
        (Uid::Unknown, Some(_)) => Verdict::NotDecided(format!("the ID of user `{name}` depends on a variable")),
        (_, None) | (Uid::Is(_), Some(_)) => Verdict::Held(None),
    }
}
