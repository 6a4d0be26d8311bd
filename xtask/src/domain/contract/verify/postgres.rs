//! The calls that provide a PostgreSQL for the containers. It listens on a socket in a folder only, which the containers
//! mount, so that it has no address on any network.

use std::path::Path;

use process::{HiddenValue, Invocation, User};

use super::argv::ContainerRequest;
use super::run_label::RunLabel;

/// The name of the role, which is a superuser of this database server only.
pub const ROLE: &str = "verify";

/// The folder of the socket in the containers of the application.
pub const SOCKET_FOLDER: &str = "/run/taskflow-verify";

/// The folder of the socket in a container of the official image.
const SOCKET_FOLDER_OF_IMAGE: &str = "/var/run/postgresql";

/// The image repository of PostgreSQL.
pub const REPOSITORY: &str = "postgres";

/// The settings of a server without a network that is thrown away.
const SETTINGS: [&str; 3] = ["listen_addresses=", "fsync=off", "unix_socket_permissions=0777"];

/// Returns the address of the database for a container that mounts the socket's folder.
pub fn address(password: &str) -> HiddenValue {
    HiddenValue::new(format!("postgresql://{ROLE}:{password}@/postgres?host={SOCKET_FOLDER}"))
}

/// Returns an address at which no database answers.
pub fn address_of_nothing(password: &str) -> HiddenValue {
    HiddenValue::new(format!("postgresql://{ROLE}:{password}@127.0.0.1:1/postgres"))
}

/// Returns the call that makes a cluster in `folder`; the password is in a file there.
pub fn initdb(programs: &Path, folder: &Path, user: Option<User>) -> Invocation {
    let call =
        Invocation::new(programs.join("initdb"), ["--username", ROLE, "--auth=scram-sha-256", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pwfile=password", "--pgdata=data"]);
    as_user(call.within(folder), user)
}

/// Returns the call of the server of that cluster.
pub fn server(programs: &Path, folder: &Path, user: Option<User>) -> Invocation {
    let mut socket = std::ffi::OsString::from("unix_socket_directories=");
    socket.push(folder.join("run"));
    let call = Invocation::new(programs.join("postgres"), ["-D", "data"]);
    let call = SETTINGS.iter().fold(call, |call, setting| call.arg("-c").arg(*setting));
    as_user(call.arg("-c").arg(socket).within(folder), user)
}

/// Returns the call that ends a server at once: SIGQUIT makes it end without writing its data.
pub fn end(process: u32) -> Invocation {
    Invocation::new("kill", ["-QUIT".to_owned(), process.to_string()])
}

fn as_user(call: Invocation, user: Option<User>) -> Invocation {
    match user {
        Some(User { uid, gid }) => call.as_user(uid, gid),
        None => call,
    }
}

/// Returns the container of a local image of PostgreSQL, with its socket in a volume.
pub fn container(name: &str, image: &str, volume: &str, password: &HiddenValue, run: &RunLabel) -> ContainerRequest {
    let settings = SETTINGS.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]);
    ContainerRequest {
        name: name.to_owned(),
        image: image.to_owned(),
        run: run.clone(),
        port: None,
        plain: vec![("POSTGRES_USER".to_owned(), ROLE.to_owned()), ("POSTGRES_DB".to_owned(), "postgres".to_owned())],
        secret: vec![("POSTGRES_PASSWORD".to_owned(), password.clone())],
        volumes: vec![format!("{volume}:{SOCKET_FOLDER_OF_IMAGE}")],
        options: ["--network", "none"].map(str::to_owned).to_vec(),
        command: std::iter::once("postgres".to_owned()).chain(settings).collect(),
    }
}

/// Returns the shell command that succeeds in such a container once the server is ready. The image starts a server for
/// its set-up before, as a child of its entry point.
pub fn readiness() -> [&'static str; 3] {
    ["sh", "-c", "[ \"$(cat /proc/1/comm)\" = postgres ] && pg_isready --quiet"]
}

/// Returns the reason of a box that needs a database on a machine without one.
pub fn none_there() -> String {
    format!("there is no local image `{REPOSITORY}` and no PostgreSQL on this machine")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "snapbox looks for its own file")]
mod tests {
    use super::*;
    use crate::domain::contract::verify::argv;

    #[test]
    fn a_machine_without_a_database_is_told_what_it_needs() {
        snapbox::assert_data_eq!(
            none_there(),
            snapbox::str!["there is no local image `postgres` and no PostgreSQL on this machine"]
        );
        snapbox::assert_data_eq!(
            argv::exec("a", &readiness()).to_string(),
            snapbox::str![[r#"docker exec a sh -c '[ "$(cat /proc/1/comm)" = postgres ] && pg_isready --quiet'"#]]
        );
    }

    #[test]
    fn the_server_has_no_address_on_a_network() {
        let (programs, folder) = (Path::new("/usr/lib/postgresql/17/bin"), Path::new("/tmp/taskflow-verify-1"));
        let user = Some(User { uid: 101, gid: 104 });
        assert_eq!(
            server(programs, folder, user).to_string(),
            "cd /tmp/taskflow-verify-1 && setpriv --reuid=101 --regid=104 --clear-groups \
             /usr/lib/postgresql/17/bin/postgres -D data -c listen_addresses= -c fsync=off \
             -c unix_socket_permissions=0777 -c unix_socket_directories=/tmp/taskflow-verify-1/run"
        );
        assert_eq!(
            initdb(programs, folder, None).to_string(),
            "cd /tmp/taskflow-verify-1 && /usr/lib/postgresql/17/bin/initdb --username verify --auth=scram-sha-256 \
             --encoding=UTF8 --locale=C --no-sync --pwfile=password --pgdata=data"
        );
        let run = "ab-1-2-3".parse().unwrap();
        let container = container("taskflow-verify-1-database", "sha256:01", "v", &HiddenValue::new("planted"), &run);
        assert_eq!(
            argv::run(&container).to_string(),
            "POSTGRES_PASSWORD=*** docker run --detach --pull never --name taskflow-verify-1-database \
             --label dev.taskflow.verify=ab-1-2-3 --volume v:/var/run/postgresql --env POSTGRES_USER=verify \
             --env POSTGRES_DB=postgres --env POSTGRES_PASSWORD --network none sha256:01 postgres -c listen_addresses= \
             -c fsync=off -c unix_socket_permissions=0777"
        );
    }
}
