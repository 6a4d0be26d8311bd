//! Plans, and the commands that they print.

use super::*;
use crate::domain::minikube::images::WantedImage;
use crate::domain::minikube::node::NodeFacts;

fn image(name: &str, layers: &[&str]) -> ExpectedImage {
    let layers = layers.iter().map(|layer| (*layer).to_owned()).collect();
    let image = EngineImage {
        id: format!("sha256:{name}"),
        config: None,
        platform: "linux/amd64".to_owned(),
        least_bytes: 3_000_000,
        layers,
    };
    let reference = ImageReference { repository: name.parse().unwrap(), tag: "1".parse().unwrap() };
    let wanted = WantedImage { component: name.to_owned(), reference, image };
    ExpectedImage { wanted, digest: format!("sha256:config-{name}") }
}

fn node(name: &str, argument: Option<&str>, layers: &[&str]) -> Node {
    let layers = layers.iter().map(|layer| (*layer).to_owned()).collect();
    let facts = NodeFacts {
        images: Ok(Vec::new()),
        layers: [("sha256:old".to_owned(), layers)].into(),
        architecture: None,
        files: None,
        store: None,
        holders: Vec::new(),
        removed: None,
    };
    Node { name: name.to_owned(), argument: argument.map(str::to_owned), facts }
}

fn target(runtime: Runtime) -> LoadTarget {
    LoadTarget {
        profile: "p".to_owned(),
        runtime,
        export: PathBuf::from("/a b/p.export"),
        archive: PathBuf::from("/a b/app.tar"),
        limits: Limits::default(),
    }
}

/// The commands without the scripts that run on nodes.
fn short(plan: &LoadPlan) -> Vec<String> {
    let script = |command: String| match command.split_once(" -- ") {
        Some((call, script)) if script.contains("until") => format!("{call} -- WAIT"),
        Some((call, script)) if script.contains("@taskflow") => format!("{call} -- READ BACK"),
        _ => command,
    };
    plan.commands().into_iter().map(script).collect()
}

#[test]
fn one_node_is_waited_on_and_gets_only_what_it_lacks() {
    let (app, other) = (image("app", &["a", "b"]), image("other", &["c"]));
    let plan = LoadPlan::new(&target(Runtime::Docker), &[node("p", None, &["a", "x"])], &[&app, &other]);
    assert_eq!(
        short(&plan),
        [
            "mkdir -p '/a b' && docker save sha256:app sha256:other > '/a b/p.export'",
            "cargo xtask minikube-archive --export '/a b/p.export' --archive '/a b/app.tar' --without a app:1=sha256:app other:1=sha256:other",
            "minikube image load '/a b/app.tar' --profile p",
            "minikube ssh --profile p -- WAIT",
            "rm '/a b/p.export' '/a b/app.tar'",
        ]
    );
    let delivery = [&app, &other, &image("third", &[])].map(|image| plan.delivery(image));
    assert_eq!(delivery, [Delivery::Thin, Delivery::Full, Delivery::Present]);
}

#[test]
fn several_nodes_are_read_back_and_get_what_one_of_them_lacks() {
    let app = image("app", &["a", "b"]);
    let nodes = [node("p", Some("p"), &["a", "b"]), node("p-m02", Some("p-m02"), &["a"])];
    let plan = LoadPlan::new(&target(Runtime::Docker), &nodes, &[&app]);
    assert_eq!(
        short(&plan),
        [
            "mkdir -p '/a b' && docker save sha256:app > '/a b/p.export'",
            "cargo xtask minikube-archive --export '/a b/p.export' --archive '/a b/app.tar' --without a app:1=sha256:app",
            "minikube image load '/a b/app.tar' --profile p",
            "minikube ssh --node p --profile p -- READ BACK",
            "minikube ssh --node p-m02 --profile p -- READ BACK",
            "rm '/a b/p.export' '/a b/app.tar'",
        ]
    );
}

#[test]
fn the_fallback_sends_whole_images_to_one_node_after_the_other() {
    let app = image("app", &["a", "b"]);
    let plan = LoadPlan::fallback(&target(Runtime::Docker), &[node("p-m02", Some("p-m02"), &["a"])], &[&app]);
    assert_eq!(
        short(&plan),
        [
            "cargo xtask minikube-archive --export '/a b/p.export' --archive '/a b/app.tar' app:1=sha256:app",
            "minikube cp '/a b/app.tar' p-m02:/var/lib/minikube/images/app.tar --profile p",
            "minikube ssh --node p-m02 --profile p -- 'docker load --input /var/lib/minikube/images/app.tar'",
            "minikube ssh --node p-m02 --profile p -- READ BACK",
            "rm '/a b/p.export' '/a b/app.tar'",
        ]
    );
}

#[test]
fn containerd_gets_whole_images_and_nothing_to_load_is_no_step() {
    let app = image("app", &["a", "b"]);
    let nodes = [node("p", None, &["a"])];
    let plan = LoadPlan::new(&target(Runtime::Containerd), &nodes, &[&app]);
    assert_eq!(plan.delivery(&app), Delivery::Full);
    assert_eq!(LoadPlan::new(&target(Runtime::Docker), &nodes, &[]), LoadPlan::default());
}

#[test]
fn an_image_of_an_archive_is_read_as_it_is_printed() {
    let read: ArchivedImage = "app:1.0.0-main=sha256:aa".parse().unwrap();
    assert_eq!((read.reference.to_string().as_str(), read.id.as_str()), ("app:1.0.0-main", "sha256:aa"));
    for wrong in ["", "app:1", "app=sha256:aa", "app:1=", "A B:1=sha256:aa", "app:1 2=sha256:aa"] {
        assert!(wrong.parse::<ArchivedImage>().is_err(), "{wrong}");
    }
}
