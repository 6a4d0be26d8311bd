//! A release that is made: what it says, and what it leaves.

use snapbox::str;

use super::world::World;
use crate::harness::stateful_engine::When;

#[test]
fn a_release_says_what_it_does_and_prints_the_images() {
    let world = World::new();
    // The other build is done before this one says anything.
    world.engine.fault("later", "buildx build *./b", When::Before, "sleep 0.3");
    world.released("1.0.0").stdout(str![[r#"
tiny-a:1.0.0
tiny-b:1.0.0

"#]]).stderr(str![[r#"
          ok git.tree            the working tree is clean
          ok git.history         the history is complete
          ok git.branch          branch `main`
          ok git.submodules      no submodule is missing
          ok git.tag             `v1.0.0` is free here
          ok git.identity        git knows who commits
     skipped git.signature       git is not set to sign
     skipped git.remote          there is no remote
     skipped git.push            git is not pushed without `--push`
          ok project.files       the release commit changes `CHANGELOG.md`; 1 commit since the release before touch the components
          ok project.check       the Dockerfiles and build contexts keep the contract
          ok engine              engine 26.1.5, BuildKit through buildx 0.16.2
          ok engine.names        no image has a name of the release yet
          ok engine.base-images  all base images are there
     skipped registry            images are not pushed without `--push`
     skipped sign                no `sign` under `[release]`
     skipped minikube            images are not loaded without `--minikube`
        Plan git commit-tree -p [ID-1] -F <message> <tree>
        Plan git tag --annotate --cleanup=verbatim --file <section> v1.0.0 <commit>
        Plan git checkout-index --all --prefix=<export>/
        Plan docker build --tag tiny-a:1.0.0-g<commit> ./<context>
        Plan docker build --tag tiny-b:1.0.0-g<commit> ./<context>
        Plan cargo xtask verify a --tag 1.0.0-g<commit>
        Plan cargo xtask verify b --tag 1.0.0-g<commit>
        Plan docker tag tiny-a:1.0.0-g<commit> tiny-a:1.0.0
        Plan docker tag tiny-b:1.0.0-g<commit> tiny-b:1.0.0
        Plan git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.0.0 to <tag>, both or none
  Committing the release commit and tag `v1.0.0`
   Preparing `tiny-a:1.0.0-g[ID-2]` and `tiny-b:1.0.0-g[ID-2]`
    Building `tiny-a:1.0.0-g[ID-2]` and `tiny-b:1.0.0-g[ID-2]` with BuildKit through buildx 0.16.2
a | [2/2] COPY . .
b | [2/2] COPY . .
       Built tiny-a:1.0.0-g[ID-2]  [ID-3]  0.0 MB
       Built tiny-b:1.0.0-g[ID-2]  [ID-4]  0.0 MB
   Verifying the candidates against the contract
   Verifying tiny-a:1.0.0-g[ID-2] ([ID-3])
   Verifying tiny-b:1.0.0-g[ID-2] ([ID-4])
  Publishing 1.0.0 as git tag `v1.0.0`
    Released 1.0.0 at [ID-2] in [TIME]
      Record `target/xtask/releases/1.0.0`

"#]]);
}
