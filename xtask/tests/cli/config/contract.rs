//! What is wrong in the contract of a component.

use snapbox::str;

use super::refused;
use crate::harness::sandbox::CONFIG;

#[test]
fn values_that_are_not_valid() {
    let contract = "\
[component.frontend.contract]
base-images = [\"node\"]
stages = [\"Builder\"]
port = 0
protocol = \"sctp\"
workdir = \"app\"
user = \"root\"
uid = 4294967295
ignore = [\"!a\", \"a[\"]
stop-signal = \"TERM\"
[component.frontend.contract.health]
path = \"health\"
method = \"get\"
healthy-status = 99
[component.frontend.contract.drain-request]
path = \"/a\"
content-type = \" \"
[component.frontend.contract.database]
engine = \"mysql\"
variable = \"A-1\"
[component.backend.contract]
user = \"1000\"
";
    refused(
        &format!("{CONFIG}\n{contract}"),
        str![[r#"
error: invalid `base-images`: `node` has no tag
  --> taskflow.toml:14:16

error: invalid `stages`: `Builder` is not the name of a stage in lower case
  --> taskflow.toml:15:11

error: `port` must be between 1 and 65535, not 0
  --> taskflow.toml:16:8
   |
16 | port = 0
   |        ^

error: invalid `protocol`: `sctp` is none of `http`, `tcp`, and `udp`
  --> taskflow.toml:17:12
   |
17 | protocol = "sctp"
   |            ^^^^^^

error: invalid `workdir`: `app` is not an absolute path
  --> taskflow.toml:18:11
   |
18 | workdir = "app"
   |           ^^^^^

error: invalid `user`: containers must not run as root
  --> taskflow.toml:19:8
   |
19 | user = "root"
   |        ^^^^^^

error: `uid` must be between 1 and 4294967294, not 4294967295
  --> taskflow.toml:20:7
   |
20 | uid = 4294967295
   |       ^^^^^^^^^^

error: invalid `ignore`: `!a` excludes nothing
  --> taskflow.toml:21:11

error: invalid `ignore`: `a[`: the character class is malformed: it needs members, ranges from low to high, and a `]`
  --> taskflow.toml:21:17

error: invalid `stop-signal`: `TERM` is not the name of a signal, such as SIGTERM
  --> taskflow.toml:22:15
   |
22 | stop-signal = "TERM"
   |               ^^^^^^

error: invalid `path`: `health` is not an absolute path
  --> taskflow.toml:24:8
   |
24 | path = "health"
   |        ^^^^^^^^

error: invalid `method`: `get` is not a method, such as GET
  --> taskflow.toml:25:10
   |
25 | method = "get"
   |          ^^^^^

error: `healthy-status` must be between 100 and 599, not 99
  --> taskflow.toml:26:18
   |
26 | healthy-status = 99
   |                  ^^

error: invalid `content-type`: it is empty
  --> taskflow.toml:29:16
   |
29 | content-type = " "
   |                ^^^

error: invalid `engine`: `mysql` is not `postgresql`, the only kind that xtask knows
  --> taskflow.toml:31:10
   |
31 | engine = "mysql"
   |          ^^^^^^^

error: invalid `variable`: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:32:12
   |
32 | variable = "A-1"
   |            ^^^^^

error: invalid `user`: `1000` is not the name of a user
  --> taskflow.toml:34:8
   |
34 | user = "1000"
   |        ^^^^^^

"#]],
    );
}

#[test]
fn variables_that_are_not_valid() {
    let variables = "\
[component.frontend.contract.env.\"A-1\"]
from = \"secret\"
[component.frontend.contract.env.B]
from = \"vault\"
[component.frontend.contract.env.C]
from = \"secret\"
default = \"pl4nted\"
[component.frontend.contract.env.D]
from = \"image\"
[component.frontend.contract.env.E]
from = \"config-map\"
default = \"pl4nted\"
allowed = [\"a\", \"b\"]
";
    refused(
        &format!("{CONFIG}\n{variables}"),
        str![[r#"
error: invalid variable of the contract: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:13:34

error: `from` of variable `B` is none of `config-map`, `secret`, and `image`
  --> taskflow.toml:16:8

error: variable `C` comes from a Secret, so it has no default
  --> taskflow.toml:18:8

error: variable `D` comes from the image, so it needs a default
  --> taskflow.toml:21:8

error: the default of variable `E` is not one of its allowed values
  --> taskflow.toml:24:11

"#]],
    );
}

#[test]
fn keys_that_are_missing() {
    let contract = "\
[component.frontend.contract.env.A]
[component.frontend.contract.health]
[component.frontend.contract.drain-request]
[component.frontend.contract.database]
[component.backend.contract.database]
engine = \"postgresql\"
";
    refused(
        &format!("{CONFIG}\n{contract}"),
        str![[r#"
error: `component.frontend.contract.env.A.from` is missing
  --> taskflow.toml:13:1
hint: add where the value comes from, as in `from = "config-map"`

error: `component.frontend.contract.health.path` is missing
  --> taskflow.toml:14:1
   |
14 | [component.frontend.contract.health]
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `path`
hint: add the path of the health check, as in `path = "/health"`

error: `component.frontend.contract.drain-request.path` is missing
  --> taskflow.toml:15:1
   |
15 | [component.frontend.contract.drain-request]
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `path`
hint: add the path of the request, as in `path = "/tasks"`

error: `component.frontend.contract.database.engine` is missing
  --> taskflow.toml:16:1
   |
16 | [component.frontend.contract.database]
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `engine`
hint: add the kind of the database: `engine = "postgresql"`

error: `component.frontend.contract.database.variable` is missing
  --> taskflow.toml:16:1
   |
16 | [component.frontend.contract.database]
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `variable`
hint: add the variable with the address, as in `variable = "DATABASE_URL"`

error: `component.backend.contract.database.variable` is missing
  --> taskflow.toml:17:1
   |
17 | [component.backend.contract.database]
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `variable`
hint: add the variable with the address, as in `variable = "DATABASE_URL"`

"#]],
    );
}
