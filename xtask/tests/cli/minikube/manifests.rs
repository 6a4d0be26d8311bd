//! Manifests of the repository that would not run what is loaded.

use snapbox::str;

use super::world::{images, sandbox, working};

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

warning: a manifest uses `taskflow-frontend:latest`, which says nothing of what runs
  --> k8s/b.yml:8
hint: use `image: taskflow-frontend:1.0.0-main` with `imagePullPolicy: Never`

warning: a manifest would not run what is loaded: it always asks a registry for `taskflow-backend:1.0.0-main`
  --> k8s/c.yaml:9
hint: use `image: taskflow-backend:1.0.0-main` with `imagePullPolicy: Never`

"#]]);
}
