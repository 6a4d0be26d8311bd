//! A secret in every way to write a text and to pack a file, alone and in each other: found, or said not to be searched.

use std::io::Write;

use lzma_rust2::{LzipOptions, LzipWriter, LzmaOptions, LzmaWriter, XzOptions, XzWriter};
use proptest::prelude::*;
use secretscan::rules::NOT_SEARCHED;
use secretscan::{Origin, Reading, SearchResult, search};
use snapbox::{Assert, str};

use crate::archive_forms::zstd;
use crate::image_archives::{gzip, tar_of, zip};
use crate::rules::detector;
use crate::samples::{Chance, expand};

/// What is said of a file: the place and the rule, or why it was not searched.
fn said(name: &str, bytes: &[u8]) -> Vec<String> {
    let SearchResult { result, found, .. } =
        search(&detector(), |feeder| feeder.file(Origin::of_file(name), &mut &*bytes));
    result.unwrap();
    let said = |path: &str, rule: &str, reason: &str| {
        if rule == NOT_SEARCHED { format!("{path}: {reason}") } else { format!("{path} {rule}") }
    };
    let mut said: Vec<String> =
        found.iter().map(|found| said(&found.origin.path, found.verdict.rule, &found.verdict.reason)).collect();
    said.dedup();
    said
}

fn token() -> String {
    format!("Registry Editor\r\n\"Token\"=\"{}\"\r\n", expand("ghp_{crc}", 3))
}

/// A text in each way to write it.
fn texts() -> Vec<(&'static str, Vec<u8>)> {
    let text = token();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![
        ("plain", text.clone().into_bytes()),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("little end first", little.clone()),
        ("big end first", big.clone()),
        ("little end first, with a mark", [b"\xff\xfe", little.as_slice()].concat()),
        ("big end first, with a mark", [b"\xfe\xff", big.as_slice()].concat()),
        ("behind a plain line", [b"plain line\n", little.as_slice()].concat()),
        ("behind an odd number of bytes", [b"odd", big.as_slice(), b"plain"].concat()),
        ("in a program", [&[0x7f, b'E', b'L', b'F', 2, 0, 0, 0], little.as_slice(), &[0; 64]].concat()),
        ("a plain line behind a text with a mark", [b"\xff\xfea\0b\0\n", text.as_bytes()].concat()),
    ]
}

type Packer = fn(&[u8]) -> Vec<u8>;

/// Every packer of one file.
const STREAMS: [(&str, Packer); 9] = [
    ("gz", gzip),
    ("zz", zlib),
    ("bz2", bzip2),
    ("xz", xz),
    ("lzma", lzma),
    ("lz", lzip),
    ("zst", zstd),
    ("lz4", lz4),
    ("br", brotli),
];

/// Every packer of several files.
const ARCHIVES: [(&str, Packer); 3] = [
    ("tar", |bytes| tar_of(&[("dir/a.txt", b"clean"), ("dir/b.txt", bytes)])),
    ("zip", |bytes| zip("dir/b.txt", bytes)),
    ("deb", deb),
];

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = LzmaOptions::with_preset(1);
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = LzipWriter::new(Vec::new(), LzipOptions::with_preset(1));
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Blocks of Brotli that are stored, RFC 7932, section 9.2.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (index, chunk) in bytes.chunks(0x1_0000).enumerate() {
        let length = u32::try_from(chunk.len()).unwrap() - 1;
        // The first block stands behind the size of the window, which is one bit.
        let header = if index == 0 { length << 4 | 1 << 20 } else { length << 3 | 1 << 19 };
        stream.extend_from_slice(&header.to_le_bytes()[..3]);
        stream.extend_from_slice(chunk);
    }
    stream.push(3);
    stream
}

/// A package with one member behind its mark.
fn deb(bytes: &[u8]) -> Vec<u8> {
    let mut package = b"!<arch>\n".to_vec();
    for (name, member) in [("debian-binary", &b"2.0\n"[..]), ("data.tar", bytes)] {
        let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, member.len());
        package.extend_from_slice(header.as_bytes());
        package.extend_from_slice(member);
        package.extend_from_slice(&b"\n"[..member.len() % 2]);
    }
    package
}

#[test]
fn a_text_is_found_however_it_is_written_and_packed() {
    for (writing, text) in texts() {
        let found = |name: &str, bytes: &[u8]| {
            let said = said(name, bytes);
            assert!(
                said.iter().all(|said| said.ends_with(" github-token")) && !said.is_empty(),
                "{writing} in {name}: {said:?}"
            );
        };
        found("a", &text);
        for (end, pack) in STREAMS.iter().chain(&ARCHIVES) {
            found(&format!("a.{end}"), &pack(&text));
            for (outer, pack_again) in STREAMS.iter().chain(&ARCHIVES).filter(|_| writing == "plain") {
                let inner = if *end == "br" { tar_of(&[("a.br", &pack(&text))]) } else { pack(&text) };
                found(&format!("a.{end}.{outer}"), &pack_again(&inner));
            }
        }
    }
}

#[test]
fn what_is_packed_in_too_many_others_is_said() {
    let mut nested = token().into_bytes();
    for depth in 1..=9 {
        nested = gzip(&nested);
        let said = said("a.gz", &nested);
        if depth <= 8 {
            assert_eq!(said, ["a.gz github-token"], "{depth}");
        } else {
            let snapshot = str!["a.gz: it is packed in more than 8 others"];
            Assert::new().action_env("SNAPSHOTS").eq(said.join("\n"), snapshot);
        }
    }
    let mut nested = token().into_bytes();
    for _ in 0..30 {
        nested = zip("a.zip", &nested);
    }
    assert!(said("a.zip", &nested).iter().any(|said| said.ends_with("it is packed in more than 8 others")));
}

#[test]
fn a_format_that_is_not_read_is_said() {
    let marks: [&[u8]; 12] = [
        b"7z\xbc\xaf\x27\x1c\0\x04",
        b"Rar!\x1a\x07\x01\0",
        b"MSCF\0\0\0\0",
        b"\x1f\x9d\x90\x67\xe2",
        b"\x89LZO\0\r\n\x1a\n",
        b"\xed\xab\xee\xdb\x03",
        b"xar!\0\x1c\0\x01",
        b"PACK\0\0\0\x02\0\0\0\x01",
        b"  -lh5-    ",
        b"\x60\xea\x2e\0\x1e\x01",
        b"MSWIM\0\0\0",
        b"LRZI\0\x06",
    ];
    let mut lines: Vec<String> = marks.iter().flat_map(|mark| said("a", mark)).collect();
    // In what is read, too.
    lines.extend(said("a.tar.xz", &xz(&tar_of(&[("b.7z", marks[0])]))));
    Assert::new().action_env("SNAPSHOTS").eq(
        lines.join("\n"),
        str![[r#"
a: it is packed as 7z, which is not unpacked
a: it is packed as RAR, which is not unpacked
a: it is packed as CAB, which is not unpacked
a: it is packed as compress, which is not unpacked
a: it is packed as LZO, which is not unpacked
a: it is packed as RPM, which is not unpacked
a: it is packed as XAR, which is not unpacked
a: it is packed as git's pack, which is not unpacked
a: it is packed as LHA, which is not unpacked
a: it is packed as ARJ, which is not unpacked
a: it is packed as WIM, which is not unpacked
a: it is packed as LRZIP, which is not unpacked
a.tar.xz!/b.7z: it is packed as 7z, which is not unpacked
"#]],
    );
}

#[test]
fn what_only_begins_like_an_archive_is_searched_as_it_is() {
    let text = token();
    let fronts: [&[u8]; 16] = [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"PK\x03\x04 begins a zip ",
        b"\x1f\x8b\x08 begins a gzip",
        b"BZh9 begins a bzip2",
        b"7z Rar! MSCF PACK ",
        b"LZIP ",
        b"x\x9c begins a zlib ",
        b"x^2 + y^2 ",
        b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0 by chance ",
        b"#!/bin/sh\n",
        b"MZ\0\0",
        b"!<arch>\n",
        b"{\"a\":",
        b"ustar",
    ];
    for front in fronts {
        let bytes = [front, text.as_bytes()].concat();
        for name in ["a", "a.br", "a.gz", "a.zip"] {
            assert_eq!(said(name, &bytes), [format!("{name} github-token")], "{}", front.escape_ascii());
        }
    }
    for zeros in [1, 100, 511, 512, 513, 1024, 2000, 10_240, 1_000_000, 1_100_000] {
        let zeros = vec![0; zeros];
        assert_eq!(said("a", &zeros), Vec::<String>::new());
        assert_eq!(said("a.gz", &gzip(&zeros)), Vec::<String>::new());
        let bytes = [&zeros, text.as_bytes()].concat();
        assert_eq!(said("a", &bytes), ["a github-token"], "{} zeros", zeros.len());
        assert_eq!(said("a.gz", &gzip(&bytes)), ["a.gz github-token"], "{} zeros", zeros.len());
        if zeros.len() % 512 == 0 {
            let bytes = [zeros.as_slice(), &tar_of(&[("b", text.as_bytes())])].concat();
            assert_eq!(said("a", &bytes), ["a!/b github-token"], "{} zeros", zeros.len());
        }
    }
}

/// Whether the bytes at a place are the secret's, one or two bytes a letter.
fn stands_at(bytes: &[u8], place: u64, secret: &str) -> bool {
    let rest = &bytes[usize::try_from(place).unwrap()..];
    [1, 2].iter().any(|step| rest.iter().step_by(*step).take(secret.len()).eq(secret.as_bytes()))
}

#[test]
fn a_place_is_one_of_the_file_itself_or_of_what_came_out_of_it() {
    use Reading::{AsStored, Decoded, Unpacked};
    let secret = expand("ghp_{crc}", 3);
    let text = format!("a line\n\nanother line\n{secret}\n");
    let script = b"#!/bin/sh\nexec tail -n +4 \"$0\" | gunzip\n# behind this line\n";
    let mut files: Vec<(&str, Vec<u8>, Reading)> =
        texts().into_iter().map(|(case, bytes)| (case, bytes, AsStored)).collect();
    // What is in UTF-16 and has a mark is read as a whole, and its places are those of the text.
    files.iter_mut().filter(|(case, ..)| case.ends_with("first, with a mark")).for_each(|file| file.2 = Decoded);
    files.extend(STREAMS.iter().map(|(end, pack)| (*end, pack(text.as_bytes()), Unpacked)));
    files.push(("a script with a packed text", [script, gzip(text.as_bytes()).as_slice()].concat(), Unpacked));
    files.push(("a script", [b"#!/bin/sh\n", text.as_bytes()].concat(), AsStored));
    files.push(("text behind a gzip", [gzip(b"clean"), text.clone().into_bytes()].concat(), Unpacked));
    files.push(("text behind a package", [deb(b"clean"), text.clone().into_bytes()].concat(), Unpacked));
    files.push(("text behind a tar", [tar_of(&[("b", b"clean")]), text.clone().into_bytes()].concat(), AsStored));
    files.push(("text before a zip", [text.clone().into_bytes(), zip("b", b"clean")].concat(), AsStored));
    for (case, bytes, reading) in files {
        let name = format!("a.{case}");
        let search = search(&detector(), |feeder| feeder.file(Origin::of_file(&name), &mut bytes.as_slice()));
        let found: Vec<_> = search.found.iter().filter(|found| found.verdict.rule == "github-token").collect();
        assert_eq!(found.len(), 1, "{case}: {:?}", search.found);
        assert_eq!(found[0].origin.reading, reading, "{case}");
        assert!(reading != AsStored || stands_at(&bytes, found[0].offset, &secret[4..]), "{case}: {:?}", found[0]);
    }
}

#[test]
fn what_a_file_is_called_is_told_once() {
    let name = format!("{}.txt", expand("ghp_{crc}", 3));
    for (case, bytes) in texts().into_iter().chain(STREAMS.iter().map(|(end, pack)| (*end, pack(b"clean")))) {
        let SearchResult { found, .. } =
            search(&detector(), |feeder| feeder.file(Origin::of_file(&name), &mut bytes.as_slice()));
        assert_eq!(found.iter().filter(|found| found.verdict.is_in_name()).count(), 1, "{case}: {found:?}");
    }
}

#[test]
fn two_things_in_one_file_are_both_searched() {
    let text = token();
    let (secret, clean) = (text.as_bytes(), &b"nothing to see here"[..]);
    let script = [b"#!/bin/sh\nexec tail -n +3 \"$0\" | tar xz\n", gzip(&tar_of(&[("b", secret)])).as_slice()].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("text behind a gzip", [gzip(clean).as_slice(), secret].concat(), "a github-token"),
        ("a gzip behind a gzip", [gzip(clean), gzip(secret)].concat(), "a github-token"),
        (
            "text before a zip that Python runs",
            [b"#!/usr/bin/python3\n", secret, &zip("b", clean)].concat(),
            "a github-token",
        ),
        ("a zip that Python runs", [b"#!/usr/bin/python3\n", clean, &zip("b", secret)].concat(), "a!/b github-token"),
        ("a script with its archive", script, "a!/b github-token"),
        ("text behind a tar", [tar_of(&[("b", clean)]).as_slice(), secret].concat(), "a github-token"),
        ("text behind a text with a mark", [b"\xff\xfe", secret].concat(), "a github-token"),
    ];
    for (case, bytes, expected) in cases {
        let said = said("a", &bytes);
        assert!(said.contains(&expected.to_owned()), "{case}: {said:?}");
    }
    // Zeros that fill up the last block of a tape say nothing.
    assert_eq!(said("a", &[gzip(clean), vec![0; 10_000]].concat()), Vec::<String>::new());
}

#[test]
fn what_cannot_be_unpacked_is_said_with_its_reason() {
    let clean = b"nothing to see here, again and again, again and again";
    let bytes = Chance::new(5).text("0123456789abcdef", 9000).into_bytes();
    let cut = |packed: Vec<u8>| packed[..packed.len() - 30].to_vec();
    let behind = [b"\x89PNG\r\n\x1a\n", zip("b", clean).as_slice()].concat();
    let large = [b"LZIP\x01\x1d".as_slice(), &lzip(clean)[6..]].concat();
    let mut lines = said("behind.png", &behind);
    lines.extend(said("large.lz", &large));
    lines.extend(said("cut.deb", &deb(clean)[..110]));
    lines.extend(said("half.tar", &tar_of(&[("b", &bytes)])[..4096]));
    lines.extend(said("tail.tar", &[tar_of(&[("b", clean)]), vec![7; 600]].concat()));
    Assert::new().action_env("SNAPSHOTS").eq(
        lines.join("\n"),
        str![[r#"
behind.png: a zip follows other data in it
large.lz: it needs more than 64 MiB of memory to be unpacked
cut.deb: a file in it ends early
half.tar: it ends in the middle of a file
tail.tar: it goes on as something that is no archive
"#]],
    );
    for (end, pack) in STREAMS {
        let said = said(&format!("cut.{end}"), &cut(pack(&bytes)));
        assert_eq!(said.len(), 1, "cut.{end}: {said:?}");
        assert!(said[0].starts_with(&format!("cut.{end}: ")), "{said:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_has_an_answer(kind in 0..12_usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
        let all: Vec<_> = STREAMS.iter().chain(&ARCHIVES).collect();
        let (name, pack) = all[kind];
        let mut packed = pack(&[token().as_bytes(), &[b'-'; 700]].concat());
        let at = at.index(packed.len());
        packed[at] = byte;
        packed.truncate(end.index(packed.len()).max(at));
        let _any_answer = said(&format!("a.{name}"), &packed);
    }
}
