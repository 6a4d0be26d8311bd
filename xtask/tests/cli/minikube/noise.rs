//! What the client says besides its answers, and what it says instead of one.

use snapbox::str;

use super::failing::{client, failed};
use crate::harness::fakes::on;
use crate::harness::minikube::{ROOMY, answer, images, sandbox, working};

/// Notices of real clients: where they are printed, and what they say.
const NOISE: [(bool, &str); 9] = [
    (true, "W1127 10:00:00.000000    1234 main.go:291] Unable to resolve the current Docker CLI context \"default\"\n"),
    (
        false,
        "* minikube 1.39.0 is available! Download it: https://example.org/\n* To disable this notice, run: minikube config set WantUpdateNotification false\n\n",
    ),
    (true, "E1127 10:00:00.000000    1234 cache.go:222] error updating something: status code 403\n"),
    (false, "E1127 10:00:00.000000    1234 logFile.go:53] failed to close the audit log: invalid argument\n"),
    (false, "! [warning] {\"a\": 1} is deprecated\n[kubelet] something\n"),
    (false, "[1]\n{\"id\":1}\n[\"x\"]\n"),
    (true, "X Exiting due to GUEST_IMAGE_LIST: list images: {\"x\":\n"),
    (true, "\u{1b}[33m! Executing \"docker container inspect\" took an unusually long time: 2.1s\u{1b}[0m\n"),
    (false, "null\n{}\n[]\n"),
];

#[test]
fn noise_around_answers_changes_nothing() {
    let [frontend, backend] = images();
    let both = [&frontend, &backend];
    for (on_stderr, noise) in NOISE {
        let sandbox = sandbox(&both);
        let rules = working(&[], &both).into_iter().map(|rule| rule.with_noise(noise, on_stderr));
        sandbox.fake("minikube", rules);
        let run = sandbox.xtask(&["minikube-load", "--json"]).code(0);
        let document = run.document();
        for image in document["images"].as_array().unwrap() {
            assert_eq!((&image["outcome"], &image["nodes"][0]["proven"]), (&"loaded".into(), &true.into()), "{noise}");
        }
        let word = noise.split_whitespace().max_by_key(|word| word.len()).unwrap();
        assert!(!run.stderr.contains(word), "{noise}: {}", run.stderr);
    }
}

#[test]
fn a_real_failure_is_told_in_the_clients_words() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let said = "X Exiting due to MK_CONFIG: something is wrong with the settings\n* Suggestion: look into them\n";
    let fails = on("*").with_noise(NOISE[0].1, true).complains(said).exits(78);
    sandbox.fake("minikube", [fails]);
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: cannot read the answer of `minikube profile list --light --output json`
caused by: X Exiting due to MK_CONFIG: something is wrong with the settings
hint: run it alone to see its output: `minikube profile list --light --output json`

"#]]);
}

#[test]
fn files_of_another_user_are_named_with_what_gives_them_back() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let said =
        "X Exiting due to HOST_HOME_PERMISSION: open /h/u/.minikube/profiles/minikube/config.json: permission denied\n";
    sandbox.fake("minikube", [on("*").complains(said).exits(37)]);
    sandbox.xtask(&["minikube-load"]).code(2).stdout("").stderr(str![[r#"
error: cannot read the answer of `minikube profile list --light --output json`
caused by: X Exiting due to HOST_HOME_PERMISSION: open /h/u/.minikube/profiles/minikube/config.json: permission denied
note: files of the profile belong to another user, as after a start with `sudo`
hint: give them back to this user: `sudo chown -R "$(id -u)" /h/u/.minikube`
hint: run it alone to see its output: `minikube profile list --light --output json`

"#]]);
}

#[test]
fn an_image_under_the_name_that_podman_gives_it_is_no_proof() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    let mut local = frontend.clone();
    local.reference = format!("localhost/{}", frontend.reference);
    failed(&sandbox, client(&answer(&[&local], ROOMY))).stderr(str![[r#"
     Loading `taskflow-frontend:1.0.0-main` into profile `minikube` (docker, 1 node)
warning: the load did not take effect; trying once more, step by step, with whole images
error: loading `taskflow-frontend:1.0.0-main` into profile `minikube` did not take effect on node `minikube`
  expected  sha256:efe8b06da184   the image of this machine's engine
  found     no image under this tag
note: the node has `localhost/taskflow-frontend:1.0.0-main`, which a pod that asks for `taskflow-frontend:1.0.0-main` does not find
note: `minikube image load` exited with 0
note: it said: ! Failed to cache
note: the runtime of node `minikube` said: open x: no space left on device
hint: give it the name that pods ask for: `minikube image tag localhost/taskflow-frontend:1.0.0-main docker.io/library/taskflow-frontend:1.0.0-main --profile minikube`
hint: look into the node with `minikube logs --profile minikube`, then run the command again

"#]]);
}
