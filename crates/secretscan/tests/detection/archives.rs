//! Image archives of every form, with a secret planted on every surface: each is found, and what cannot be read is said.

use std::io::{Cursor, Read};
use std::slice::from_ref;

use secretscan::archive::{Content, read_tar};
use secretscan::rules::NOT_SEARCHED;
use secretscan::{Origin, SearchResult, search};
use serde_json::{Value, json};
use snapbox::{Assert, str};

use crate::archive_forms::{archive_forms, zstd};
use crate::image_archives::{classic, gzip, layout, tar_of, zip};
use crate::rules::detector;
use crate::samples::expand;

fn read(archive: impl Read) -> (Content, Vec<String>) {
    let SearchResult { result, found, .. } = search(&detector(), |feeder| read_tar(feeder, archive, &|_| false));
    let found = found.into_iter().map(|found| format!("{} {}", found.origin.path, found.verdict.rule)).collect();
    (result.unwrap(), found)
}

/// Two layers; the second one deletes a file of the first, which stays there.
fn layers(secret: &str) -> Vec<Vec<u8>> {
    let text = format!("token = \"{secret}\"\n");
    let compiled = [b"\xa7\r\r\n\0\0\0\0\xe3\0\0\0z(", text.as_bytes(), b"\0\0N)"].concat();
    let filler = vec![b'a'; 3_000_000];
    let large = [&filler, text.as_bytes(), &filler].concat();
    vec![
        tar_of(&[
            ("app/deleted.py", text.as_bytes()),
            ("app/__pycache__/a.pyc", &compiled),
            ("usr/local/lib/python3.13/site-packages/a.py", text.as_bytes()),
            ("app/node_modules/a/test/a.md", text.as_bytes()),
            ("var/a.log.gz", &gzip(text.as_bytes())),
            ("a.whl", &zip("a/b.py", text.as_bytes())),
            ("large.bin", &large),
            ("app/clean.py", b"print('hello')\n"),
        ]),
        tar_of(&[("app/.wh.deleted.py", b"")]),
    ]
}

const EXPECTED: [&str; 7] = [
    "/a.whl!/a/b.py github-token",
    "/app/__pycache__/a.pyc github-token",
    "/app/deleted.py github-token",
    "/app/node_modules/a/test/a.md github-token",
    "/large.bin github-token",
    "/usr/local/lib/python3.13/site-packages/a.py github-token",
    "/var/a.log.gz github-token",
];

#[test]
fn every_file_of_every_layer_is_searched_in_every_form_of_archive() {
    let layers = layers(&expand("ghp_{crc}", 3));
    for (name, archive) in archive_forms(&layers) {
        let (content, mut found) = read(Cursor::new(archive));
        found.sort();
        assert_eq!(found, EXPECTED, "{name}");
        assert_eq!(content.layers.len(), 2, "{name}");
    }
}

#[test]
fn a_layer_that_stands_for_another_is_found_through_its_link() {
    let layer = tar_of(&[("a", b"x")]);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(u64::try_from(layer.len()).unwrap());
    tar.append_data(&mut header, "one/layer.tar", layer.as_slice()).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "two/layer.tar", "../one/layer.tar").unwrap();
    let (content, _) = read(Cursor::new(tar.into_inner().unwrap()));
    assert_eq!(content.links["two/layer.tar"], "one/layer.tar");
    assert!(content.layers.contains_key("one/layer.tar"));
}

#[test]
fn what_is_inside_a_damaged_archive_is_said_to_be_unseen() {
    let text = format!("token = \"{}\"", expand("ghp_{crc}", 3));
    let packed = gzip(&[text.as_bytes(), &vec![b'x'; 100_000]].concat());
    let layer = tar_of(&[("a.gz", &packed[..packed.len() - 20]), ("b.zip", &zip("b", &[1; 5000])[..60])]);
    let (_, found) = read(Cursor::new(classic(&[layer], &Value::Null)));
    for path in ["/a.gz", "/b.zip"] {
        assert!(found.contains(&format!("{path} {NOT_SEARCHED}")), "{found:?}");
    }
}

#[test]
fn layers_that_are_known_are_not_searched_again() {
    let archive = classic(&layers(&expand("ghp_{crc}", 3)), &Value::Null);
    let SearchResult { result, found, bytes } =
        search(&detector(), |feeder| read_tar(feeder, Cursor::new(archive), &|name| name.ends_with("layer.tar")));
    assert!(found.is_empty(), "{found:?}");
    assert!(bytes < 10_000, "{bytes}");
    assert_eq!(result.unwrap().skipped.len(), 2);
}

#[test]
fn what_a_builder_attests_is_searched_too() {
    let statement = json!({ "predicate": { "parameters": { "args": { "build-arg:X": expand("ghp_{crc}", 3) } } } });
    let archive = tar_of(&[("blobs/sha256/00", statement.to_string().as_bytes())]);
    let (_, found) = read(Cursor::new(archive));
    assert_eq!(found, ["blobs/sha256/00 github-token"]);
}

#[test]
fn an_archive_is_read_to_the_end_of_its_stream() {
    // Docker ends with a failure when what it writes behind the end of the archive is not read.
    let mut stream = Cursor::new([classic(&layers("nothing"), &Value::Null), vec![0; 1_048_576]].concat());
    let end = u64::try_from(stream.get_ref().len()).unwrap();
    let searched = search(&detector(), |feeder| read_tar(feeder, &mut stream, &|_| false));
    assert_eq!(searched.result.unwrap().layers.len(), 2);
    assert_eq!(stream.position(), end);
}

#[test]
fn every_frame_and_everything_behind_an_end_is_read() {
    let text = format!("token = \"{}\"", expand("ghp_{crc}", 3));
    let (clean, secret) = (tar_of(&[("clean", b"x")]), tar_of(&[("secret", text.as_bytes())]));
    let both = [clean.as_slice(), &secret].concat();
    let skipped = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";
    let frames = [zstd(&both[..1536]).as_slice(), skipped, &zstd(&both[1536..])].concat();
    for (name, blob) in [("behind the end", both.clone()), ("frames", frames)] {
        let (content, found) = read(Cursor::new(layout(from_ref(&both), |_| blob.clone(), false)));
        assert_eq!(found, ["/secret github-token"], "{name}");
        assert!(content.broken.is_empty(), "{name}: {:?}", content.broken);
    }
    // The archive itself may have another one behind it.
    let whole = [classic(from_ref(&clean), &Value::Null), tar_of(&[("more.txt", text.as_bytes())])].concat();
    assert_eq!(read(Cursor::new(whole)).1, ["more.txt github-token"]);
    // Garbage is no archive, and one that is cut off between two files has no end.
    let garbage = [clean.as_slice(), &[b'x'; 512]].concat();
    let cut = secret[..secret.len() - 1024].to_vec();
    let mut reasons = Vec::new();
    for blob in [garbage, cut, [gzip(&clean), b"garbage".to_vec()].concat()] {
        let (content, _) = read(Cursor::new(layout(from_ref(&clean), |_| blob.clone(), false)));
        assert_eq!(content.broken.len(), 1, "{:?}", content.layers);
        reasons.extend(content.broken.into_values());
    }
    Assert::new().action_env("SNAPSHOTS").eq(
        reasons.join("\n"),
        str![[r#"
it goes on as something that is no archive
it ends without the mark of an archive's end
other data follows its end
"#]],
    );
    // Zeros that fill up a block are no garbage.
    let padded = [gzip(&clean), vec![0; 700]].concat();
    let (content, _) = read(Cursor::new(layout(from_ref(&clean), |_| padded.clone(), false)));
    assert_eq!((content.broken.len(), content.layers.len()), (0, 1));
}

#[test]
fn hard_links_are_judged_by_their_names() {
    let mut layer = tar::Builder::new(Vec::new());
    let mut entry = |name: &str, kind: tar::EntryType, target: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        if target.is_empty() {
            layer.append_data(&mut header, name, std::io::empty()).unwrap();
        } else {
            layer.append_link(&mut header, name, target).unwrap();
        }
    };
    entry("app/plain", tar::EntryType::Regular, "");
    for name in ["app/id_rsa", "app/notes"] {
        entry(name, tar::EntryType::Link, "app/plain");
    }
    let archive = layer.into_inner().unwrap();
    let found = search(&detector(), |feeder| feeder.file(Origin::of_file("a.tar"), &mut archive.as_slice())).found;
    let found: Vec<_> = found.iter().map(|found| (found.origin.path.as_str(), found.verdict.rule)).collect();
    assert_eq!(found, [("a.tar!/app/id_rsa", "secret-file")]);
}
