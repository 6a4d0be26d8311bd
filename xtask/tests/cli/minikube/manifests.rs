//! Manifests of the repository that would not run what is loaded.

use snapbox::str;

use crate::harness::encodings::utf16;
use crate::harness::minikube::{images, sandbox, working};

#[test]
fn manifests_that_would_not_run_the_loaded_images_are_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    let manifest = |kind: &str, container: &str| {
        format!(
            "apiVersion: apps/v1\nkind: {kind}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n{container}"
        )
    };
    let latest = "          image: taskflow-frontend:latest\n";
    sandbox.write("k8s/a.yaml", &manifest("Deployment", latest));
    sandbox.write("k8s/b.yml", &manifest("StatefulSet", &format!("{latest}          imagePullPolicy: Never\n")));
    let always = "          image: taskflow-backend:1.0.0-main\n          imagePullPolicy: Always\n";
    sandbox.write("k8s/c.yaml", &manifest("DaemonSet", always));
    sandbox.write("k8s/good.yaml", &manifest("Deployment", &always.replace("Always", "Never")));
    sandbox.write("node_modules/x/a.yaml", &manifest("Deployment", latest));
    sandbox.commit();
    sandbox.xtask(&["minikube-load", "-q"]).code(0).stderr(str![[r#"
warning: a manifest would not run what is loaded: `taskflow-frontend:latest` without a pull policy is asked of a registry
  --> k8s/a.yaml:8
hint: use `image: taskflow-frontend:1.0.0-main` with `imagePullPolicy: Never`

warning: a manifest uses `taskflow-frontend:latest`, which does not say what runs
  --> k8s/b.yml:8
hint: use `image: taskflow-frontend:1.0.0-main` with `imagePullPolicy: Never`

warning: a manifest would not run what is loaded: it always asks a registry for `taskflow-backend:1.0.0-main`
  --> k8s/c.yaml:9
hint: use `image: taskflow-backend:1.0.0-main` with `imagePullPolicy: Never`

"#]]);
}

#[test]
fn manifests_that_kubectl_cannot_read_are_named_with_their_encoding() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    let manifest = |image: &str| format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: {image}\n");
    let text = manifest("taskflow-backend:latest");
    let wide = |text: &str| utf16(text, u16::to_le_bytes);
    sandbox.write("k8s/good.yaml", "");
    let files: [(&str, Vec<u8>); 5] = [
        ("marked.yaml", [b"\xff\xfe", wide(&text).as_slice()].concat()),
        ("unmarked.yaml", wide(&text)),
        ("latin.yaml", [b"# caf\xe9\n", text.as_bytes()].concat()),
        // A mark in front of UTF-8 is read past, and what uses none of our images is not ours.
        ("mark.yaml", ["\u{feff}", &text].concat().into_bytes()),
        ("other.yaml", [b"\xff\xfe", wide(&manifest("nginx:latest")).as_slice()].concat()),
    ];
    for (name, bytes) in files {
        std::fs::write(sandbox.root.join("k8s").join(name), bytes).unwrap();
    }
    sandbox.commit();
    sandbox.xtask(&["minikube-load", "-q"]).code(0).stderr(str![[r#"
warning: `k8s/latin.yaml` is not in UTF-8, but in an encoding such as ISO 8859-1, and kubectl reads text in UTF-8
  --> k8s/latin.yaml:1
hint: convert it with `iconv -f ISO-8859-1 -t UTF-8 k8s/latin.yaml > k8s/latin.yaml.new && mv k8s/latin.yaml.new k8s/latin.yaml`

warning: a manifest would not run what is loaded: `taskflow-backend:latest` without a pull policy is asked of a registry
  --> k8s/mark.yaml:5
hint: use `image: taskflow-backend:1.0.0-main` with `imagePullPolicy: Never`

warning: `k8s/marked.yaml` is in UTF-16, little endian, and kubectl reads text in UTF-8
  --> k8s/marked.yaml
hint: convert it with `iconv -f UTF-16 -t UTF-8 k8s/marked.yaml > k8s/marked.yaml.new && mv k8s/marked.yaml.new k8s/marked.yaml`

warning: `k8s/unmarked.yaml` is in UTF-16, little endian, and kubectl reads text in UTF-8
  --> k8s/unmarked.yaml
hint: convert it with `iconv -f UTF-16LE -t UTF-8 k8s/unmarked.yaml > k8s/unmarked.yaml.new && mv k8s/unmarked.yaml.new k8s/unmarked.yaml`

"#]]);
}

#[test]
fn yaml_files_that_are_too_large_to_be_checked_are_named() {
    let [frontend, backend] = images();
    let sandbox = sandbox(&[&frontend, &backend]);
    sandbox.fake("minikube", working(&[&frontend, &backend], &[]));
    sandbox.write("k8s/a.yaml", &"# large\n".repeat(140_000));
    sandbox.write("k8s/small.yaml", "");
    sandbox.commit();
    sandbox.xtask(&["minikube-load"]).code(0).stderr(str![[r#"
note: `k8s/a.yaml` was not checked for images that would not run: it has more than 1 MiB
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send

"#]]);
    sandbox.write("k8s/b.yml", &"# large\n".repeat(140_000));
    sandbox.commit();
    sandbox.xtask(&["minikube-load"]).code(0).stderr(str![[r#"
note: `k8s/a.yaml` and `k8s/b.yml` were not checked for images that would not run: they have more than 1 MiB
     Present taskflow-frontend:1.0.0-main  efe8b06da184
     Present taskflow-backend:1.0.0-main   b62f9a88856a
    Finished 2 images on 1 node in [TIME], nothing to send

"#]]);
}
