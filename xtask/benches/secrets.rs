//! `cargo bench --bench secrets`: the parts of the secret ban that need no engine: the search of an archive, the judging
//! of rows, and what every command pays to begin. Goals: 200 MB/s on two cores, 10,000 rows in less than 1 s, the check of
//! both components before a build in less than 50 ms.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark talks to the outside, and its helpers may fail by panic"
)]

use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use secretscan::{Detector, Scanner};
use secretscan::{archive, search};
use serde_json::Value;

#[path = "../../crates/secretscan/tests/support/image_archives.rs"]
mod image_archives;
#[path = "../../crates/secretscan/tests/support/samples.rs"]
mod samples;

use image_archives::{classic, gzip, layout, tar_of, zip};
use samples::{Chance, expand};

const ROWS: &str = include_str!("../../crates/secretscan/tests/detection/data/rows-secret.tsv");
const CLEAN: &str = include_str!("../../crates/secretscan/tests/detection/data/rows-clean.tsv");

fn detector() -> Detector {
    Detector::new(&["DATABASE_URL".to_owned()], Scanner::new(Vec::new()))
}

/// A layer of some 64 MB: source code, binaries, and packed files, as images have them.
fn layer() -> Vec<u8> {
    let source = include_str!("../../crates/secretscan/src/scan.rs").repeat(3);
    let mut chance = Chance::new(7);
    let binary: Vec<u8> = (0..300_000).map(|_| u8::try_from(chance.below(256)).unwrap()).collect();
    let packed = gzip(source.as_bytes());
    let wheel = zip("a/b.py", source.as_bytes());
    let mut names = Vec::new();
    for at in 0..180 {
        names.extend([format!("app/{at}.py"), format!("lib/{at}.so"), format!("doc/{at}.gz"), format!("{at}.whl")]);
    }
    let contents: [&[u8]; 4] = [source.as_bytes(), &binary, &packed, &wheel];
    let files: Vec<(&str, &[u8])> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), contents[at % 4])).collect();
    tar_of(&files)
}

fn archives(criterion: &mut Criterion) {
    let detector = detector();
    let layers = [layer()];
    let mut group = criterion.benchmark_group("archive");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for (name, archive) in
        [("of docker save", classic(&layers, &Value::Null)), ("OCI layout, gzip", layout(&layers, gzip, false))]
    {
        group.throughput(Throughput::Bytes(u64::try_from(layers[0].len()).unwrap()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let searched = search(&detector, |feeder| archive::read_tar(feeder, Cursor::new(&archive), &|_| false));
                black_box(searched.found.len())
            });
        });
    }
    group.finish();
}

fn rows(criterion: &mut Criterion) {
    let templates: Vec<(&str, &str)> =
        ROWS.lines().chain(CLEAN.lines()).filter_map(|line| line.split_once('\t')).collect();
    let rows: Vec<(&str, String)> = (0..10_000)
        .map(|at| {
            let (name, template) = templates[at % templates.len()];
            (name, expand(template, u64::try_from(at).unwrap()))
        })
        .collect();
    let detector = detector();
    let mut group = criterion.benchmark_group("rows");
    group.sample_size(10);
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 names with values", |bencher| {
        bencher.iter(|| rows.iter().filter(|(name, value)| detector.judge(name, Some(value)).is_some()).count());
    });
    group.finish();
}

fn start(criterion: &mut Criterion) {
    criterion.bench_function("start/the search", |bencher| bencher.iter(|| black_box(detector())));
}

/// The whole process that looks at both components and stops where it would ask docker: no tool is on its PATH.
fn before_a_build(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut group = criterion.benchmark_group("before a build");
    group.sample_size(20);
    for (name, args) in [("xtask tags", &["tags"][..]), ("xtask build, both components", &["build", "--dry-run"])] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
                command.args(args).current_dir(root).env("PATH", "/nowhere");
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, archives, rows, start, before_a_build);
criterion_main!(benches);
