//! The SBOMs of both images, beside what the images themselves list.

use std::collections::BTreeSet;

use serde_json::Value;
use xtask::domain::image::Digest;
use xtask::domain::release::sbom::{SbomImage, SbomSources, is_wanted, sbom};
use xtask::effects::verify::layers;
use xtask::effects::{docker, runner};

use crate::parts::{docker as run_docker, engine, images, root};

/// The package URLs in the SBOM of an image; the document is the same twice.
fn urls(reference: &str, lock: Option<&str>) -> BTreeSet<String> {
    let runner = runner::below(root());
    let details = docker::image_details(&runner, reference).unwrap().unwrap();
    let lock = lock.map(|path| (path, std::fs::read(root().join(path)).unwrap()));
    let digest: Digest = details.facts.id.parse().unwrap();
    let (repository, version) = reference.split_once(':').unwrap();
    let image = SbomImage { repository, version, digest: &digest, pushed_to: None };
    let made = || {
        let layers = layers::contents(&runner, &details.facts.id, &details.layers, &is_wanted).unwrap();
        let lock = lock.as_ref().map(|(path, content)| (*path, content.as_slice()));
        sbom(&image, &SbomSources { lock, layers: &layers }, 0).unwrap()
    };
    let text = made();
    assert_eq!(text, made());
    let document: Value = serde_json::from_str(&text).unwrap();
    let components = document["components"].as_array().unwrap();
    components.iter().map(|component| component["purl"].as_str().unwrap().to_owned()).collect()
}

/// The package URLs of one type, without qualifiers.
fn of_type(urls: &BTreeSet<String>, start: &str) -> BTreeSet<String> {
    let own = urls.iter().filter(|url| url.starts_with(start));
    own.map(|url| url.split('?').next().unwrap().to_owned()).collect()
}

/// What a program in an image lists, a line each.
fn listed(reference: &str, program: &[&str]) -> BTreeSet<String> {
    let call = [&["run", "--rm", "--entrypoint", program[0], reference], &program[1..]].concat();
    run_docker(&call).lines().map(str::to_owned).collect()
}

#[test]
fn the_backend_has_all_its_distributions_and_those_of_its_base() {
    if !engine("the_backend_has_all_its_distributions_and_those_of_its_base") {
        return;
    }
    let reference = &images().backend;
    let urls = urls(reference, None);
    let script = "import importlib.metadata as m, re\n\
                  for d in m.distributions():\n    \
                      print('pkg:pypi/' + re.sub('[-_.]+', '-', d.metadata['Name']).lower() + '@' + d.version.replace('+', '%2B'))";
    let expected = listed(reference, &["python", "-c", script]);
    assert!(expected.iter().any(|url| url.starts_with("pkg:pypi/fastapi@")), "{expected:?}");
    let found = of_type(&urls, "pkg:pypi/");
    assert!(expected.is_subset(&found), "missing: {:?}", expected.difference(&found));
    assert!(urls.iter().all(|url| !url.starts_with("pkg:npm/")), "{urls:?}");
    let database = listed(reference, &["sh", "-c", "cat /var/lib/dpkg/status | sed -n 's/^Package: //p'"]);
    let packages: BTreeSet<String> = of_type(&urls, "pkg:deb/")
        .iter()
        .map(|url| url.rsplit('/').next().unwrap().split('@').next().unwrap().replace("%2B", "+"))
        .collect();
    assert_eq!(packages, database);
}

#[test]
fn the_frontend_has_the_packages_of_its_lock_file() {
    if !engine("the_frontend_has_the_packages_of_its_lock_file") {
        return;
    }
    let urls = urls(&images().frontend, Some("frontend/package-lock.json"));
    let npm = of_type(&urls, "pkg:npm/");
    for name in ["next", "react", "%40img/sharp-linuxmusl-x64"] {
        assert!(npm.iter().any(|url| url.starts_with(&format!("pkg:npm/{name}@"))), "{name}: {npm:?}");
    }
    assert!(!npm.iter().any(|url| url.starts_with("pkg:npm/eslint@")), "{npm:?}");
    // Every package in the image is in the lock file.
    let script = "const fs=require('fs');const walk=d=>{for(const e of fs.readdirSync(d,{withFileTypes:true})){if(!e.isDirectory())continue;\
                  const p=d+'/'+e.name;if(e.name[0]=='@'){walk(p);continue}\
                  if(fs.existsSync(p+'/package.json')){const j=JSON.parse(fs.readFileSync(p+'/package.json'));\
                  if(j.name&&j.version)console.log('pkg:npm/'+j.name.replace('@','%40')+'@'+j.version)}\
                  if(fs.existsSync(p+'/node_modules'))walk(p+'/node_modules')}};walk('/app/node_modules')";
    let installed = listed(&images().frontend, &["node", "-e", script]);
    assert!(installed.iter().any(|url| url.starts_with("pkg:npm/next@")), "{installed:?}");
    assert!(installed.is_subset(&npm), "not in the SBOM: {:?}", installed.difference(&npm));
}
