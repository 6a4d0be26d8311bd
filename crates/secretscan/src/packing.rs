//! Detects how a file is packed by its first bytes. Magic numbers of a few bytes occur in many files by chance, so the
//! bytes behind them are checked, too.

/// How many of the first bytes `Packing::of` needs: the header of a tar.
pub const START: usize = 512;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not packed, according to the first bytes.
    Plain,
    /// One packed file.
    Stream(Stream),
    /// A tar.
    Tar,
    /// A zip: files with a directory at the end.
    Zip,
    /// A Debian package: packed tars one after the other.
    Deb,
    /// A text in UTF-16 with a byte order mark.
    Utf16,
    /// A packed format that is not supported, by its name.
    Unread(&'static str),
}

/// The format of one packed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the name of a format")]
pub enum Stream {
    Gzip,
    Zlib,
    Bzip2,
    Xz,
    Lzma,
    Lzip,
    Zstd,
    Lz4,
    Brotli,
}

impl Stream {
    /// Whether other files begin with the same bytes by chance, so that only successful unpacking decides.
    pub fn is_guessed(self) -> bool {
        matches!(self, Self::Zlib | Self::Lzma | Self::Brotli)
    }
}

impl Packing {
    /// Detects the format of a file from its first bytes. Brotli has no magic number and is detected by the file's
    /// name.
    pub fn of(start: &[u8], name: &str) -> Self {
        if is_tar(start) {
            return Self::Tar;
        }
        if let Some(stream) = stream(start) {
            return Self::Stream(stream);
        }
        match start {
            [b'P', b'K', 7, 8, rest @ ..] | rest @ [b'P', b'K', 3, 4, ..] if is_zip_entry(rest) => Self::Zip,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Utf16,
            _ if start.starts_with(b"!<arch>\ndebian-binary") => Self::Deb,
            _ => match unread(start) {
                Some(format) => Self::Unread(format),
                None if is_brotli(name) && !is_text(start) => Self::Stream(Stream::Brotli),
                None => Self::Plain,
            },
        }
    }
}

fn stream(start: &[u8]) -> Option<Stream> {
    Some(match start {
        // Three bits of the flags are reserved; header and trailer have eighteen bytes.
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 && start.len() >= 18 => Stream::Gzip,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Stream::Xz,
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_bzip2_block(rest) => Stream::Bzip2,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Stream::Zstd,
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] if is_skipped_frame(rest) => Stream::Zstd,
        [b'L', b'Z', b'I', b'P', 0 | 1, ..] => Stream::Lzip,
        [0x04, 0x22, 0x4d, 0x18, flags, ..] if flags & 0xc2 == 0x40 => Stream::Lz4,
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, _, ..] => Stream::Zlib,
        _ if is_lzma(start) => Stream::Lzma,
        _ => return None,
    })
}

/// Whether a block begins behind the magic number, or the end of an empty file. The marks are the digits of pi and of
/// its square root.
fn is_bzip2_block(rest: &[u8]) -> bool {
    rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// Whether a skippable frame of Zstandard is followed by another frame.
fn is_skipped_frame(rest: &[u8]) -> bool {
    let Some((length, rest)) = rest.split_first_chunk() else { return false };
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    rest.get(length..).is_some_and(|rest| rest.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
}

/// The legacy format of LZMA: properties, the size of the dictionary, the size of the file, and a zero.
fn is_lzma(start: &[u8]) -> bool {
    let Some((properties, rest)) = start.split_first() else { return false };
    let Some((dictionary, rest)) = rest.split_first_chunk() else { return false };
    let Some((size, rest)) = rest.split_first_chunk() else { return false };
    let (dictionary, size) = (u32::from_le_bytes(*dictionary), u64::from_le_bytes(*size));
    // Every packer writes 2^n or 2^n + 2^(n-1) here.
    let lowest = 1_u32.checked_shl(dictionary.trailing_zeros()).unwrap_or_default();
    let known = dictionary == lowest || dictionary == lowest.saturating_mul(3);
    let sized = size == u64::MAX || size < 1 << 38;
    *properties < 225 && dictionary >= 4096 && known && sized && rest.first() == Some(&0)
}

/// Whether this is the header of a zip's first file: a version, a method, and a name in its place.
fn is_zip_entry(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"PK\x03\x04").unwrap_or_default();
    let number = |at: usize| {
        let bytes = start.get(at..at.checked_add(2)?)?;
        bytes.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
    };
    let (version, method, name) = (number(0).map(|version| version & 0xff), number(4), number(22));
    let known = matches!(method, Some(0..=20 | 93..=99));
    version.is_some_and(|version| version <= 63) && known && name.is_some_and(|name| (1..4096).contains(&name))
}

/// Whether this is the header of a file in a tar: its checksum is correct.
fn is_tar(start: &[u8]) -> bool {
    let Some(header) = start.get(..START) else { return false };
    let blank = |at: usize| (148..156).contains(&at);
    let bytes = header.iter().enumerate();
    let sum = bytes.map(|(at, byte)| if blank(at) { 32 } else { u32::from(*byte) }).fold(0, u32::saturating_add);
    let field = header.get(148..156).unwrap_or_default();
    let digits: String = field.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_digit).collect();
    // A header of zeros is not a file.
    u32::from_str_radix(&digits, 8) == Ok(sum) && header.first() != Some(&0)
}

/// Whether a file of this length ends with the directory of a zip, given its last bytes.
pub fn ends_as_zip(end: &[u8; 22], length: u64) -> bool {
    let [b'P', b'K', 5, 6, 0, 0, 0, 0, _, _, rest @ ..] = end else { return false };
    let [files @ .., 0, 0] = rest else { return false };
    let Some((files, sizes)) = files.split_first_chunk() else { return false };
    let number = |bytes: Option<&[u8; 4]>| u64::from(bytes.map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes)));
    let (size, offset) = (number(sizes.first_chunk()), number(sizes.last_chunk()));
    u16::from_le_bytes(*files) > 0 && size > 0 && size.saturating_add(offset) <= length.saturating_sub(22)
}

/// Returns the name of an unsupported format.
fn unread(start: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 16] = [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"MSCF\0\0\0\0", "CAB"),
        (b"MSWIM\0\0\0", "WIM"),
        (b"\x89LZO\0\r\n\x1a\n", "LZO"),
        (b"\x02\x21\x4c\x18", "LZ4"),
        (b"\xed\xab\xee\xdb", "RPM"),
        (b"xar!\0\x1c", "XAR"),
        (b"LRZI\0", "LRZIP"),
        (b"7kSt", "ZPAQ"),
        (b"\xff\x06\0\0sNaPpY", "Snappy"),
        (b"\xca\xfe\xd0\x0d", "Pack200"),
        (b"PACK\0\0\0\x02", "git's pack"),
        (b"PACK\0\0\0\x03", "git's pack"),
        (b"\x45\x3d\xcd\x28", "cramfs"),
        (b"SZDD\x88\xf0\x27\x33", "SZDD"),
    ];
    let marked = MARKS.iter().find(|(mark, _)| start.starts_with(mark)).map(|(_, format)| *format);
    marked.or_else(|| match start {
        [0x1f, 0x9d, bits, _, ..] if (9..=16).contains(&(bits & 0x1f)) && bits & 0x60 == 0 => Some("compress"),
        [_, _, b'-', b'l', b'h' | b'z', b'0'..=b'9' | b'd' | b's', b'-', ..] => Some("LHA"),
        [0x60, 0xea, size, high, header, ..] if (*size >= 30 && *high == 0) && (*header >= 30 && header < size) => {
            Some("ARJ")
        }
        [b'h', b's', b'q', b's', ..] if start.get(28..30) == Some(&[4, 0]) => Some("SquashFS"),
        _ => None,
    })
}

/// Whether a file has the extension of Brotli.
fn is_brotli(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("br"))
}

/// Whether a file begins with text, which no packer writes.
fn is_text(start: &[u8]) -> bool {
    let text = start.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    // A character may be cut off at the end.
    text.len().saturating_add(4) > start.len()
        && text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(start: &[u8]) -> Packing {
        Packing::of(start, "a")
    }

    #[test]
    fn a_mark_alone_is_no_format() {
        let near: [&[u8]; 20] = [
            b"",
            b"P",
            b"PK",
            b"PK\x03\x04",
            b"PK\x05\x06 and a text",
            b"PK is short for primary key, PK\x03\x04 begins a zip",
            b"PK\x03\x04 is how a zip begins, as everybody knows",
            b"\x1f\x8b",
            b"\x1f\x8b\x08",
            b"\x1f\x8b\x08\xff and flags that no packer writes",
            b"BZh9 is the beginning of bzip2",
            b"BZ",
            b"LZIP is a format",
            b"7z is a format, Rar! too",
            b"Rar!",
            b"MSCF is Microsoft's",
            b"PACK\0\0\0\x09",
            b"x squared",
            b"\x04\x22\x4d\x18 text",
            b"\x50\x2a\x4d\x18\0\0\0\0 not a frame",
        ];
        for start in near {
            assert_eq!(of(start), Packing::Plain, "{}", start.escape_ascii());
        }
        for length in 0..2000 {
            assert_eq!(of(&vec![0; length]), Packing::Plain, "{length} zeros");
        }
        assert_eq!(Packing::of(b"{\"pt\": 1}", "locale/pt.br"), Packing::Plain);
        assert_eq!(Packing::of(b"\x0b\x02\x80abc\x03", "a.js.br"), Packing::Stream(Stream::Brotli));
    }

    #[test]
    fn a_checksum_makes_a_tar() {
        let mut header = [0; START];
        header[..4].copy_from_slice(b"name");
        header[148..156].copy_from_slice(b"001241\0 ");
        assert_eq!(of(&header), Packing::Tar);
        header[257..262].copy_from_slice(b"ustar");
        assert_eq!(of(&header), Packing::Plain, "the mark without the checksum");
    }

    proptest! {
        #[test]
        fn any_bytes_are_something(start in proptest::collection::vec(any::<u8>(), 0..600), at in 0..37_usize, bits in any::<u8>()) {
            let _any_answer = of(&start);
            let mut lzma = [&[0x5d, 0, 0, 1, 0][..], &start].concat();
            if let Some(byte) = lzma.get_mut(at) {
                *byte ^= bits;
            }
            let _any_answer = of(&lzma);
            if let Some(end) = start.first_chunk() {
                let _any_answer = ends_as_zip(end, u64::from(bits));
            }
        }
    }
}
