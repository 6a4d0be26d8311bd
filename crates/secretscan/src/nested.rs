//! Searches packed files, archives, and archives in archives, within limits. Reports what exceeds the limits and what
//! cannot be unpacked; the latter is searched as it is.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use super::feeder::{Feeder, Part};
use super::start::Peeked;
use super::tail::Tail;
use super::tar_files;
use super::unpack::{Gzip, Limited, Zip, unpacked};
use crate::{Origin, Packing, Reader, Stream, ends_as_zip, utf16};
use shown::printable;

/// Size limit up to which a packed file is kept in memory, so that a damaged one can be searched as it is.
const KEPT: u64 = 64 * 1024 * 1024;

/// Limit on the unpacked size of one file and everything in it, in bytes.
const UNPACKED: u64 = 1024 * 1024 * 1024;

/// Limit on the nesting of packed files.
const DEPTH: usize = 8;

/// A file that only looks packed yields at most this many bytes before unpacking fails.
const BY_CHANCE: u64 = 4096;

/// The limits of a file and everything in it.
struct Limits {
    unpacked: Cell<u64>,
    kept: Cell<u64>,
}

/// A file in memory.
struct Kept<'a> {
    bytes: &'a [u8],
    /// The rest of a file that exceeds the limit, which is not in memory.
    rest: Option<&'a mut dyn Read>,
}

impl<'a> Kept<'a> {
    fn whole(self) -> Reader<'a> {
        match self.rest {
            Some(rest) => Box::new(self.bytes.chain(rest)),
            None => Box::new(self.bytes),
        }
    }
}

impl Feeder<'_> {
    /// Takes a file and, if it is an archive, the files in it.
    ///
    /// # Errors
    ///
    /// An error of the reader. The part before it is searched.
    pub fn file(&mut self, origin: Origin, content: &mut dyn Read) -> io::Result<()> {
        let limits = Limits { unpacked: Cell::new(UNPACKED), kept: Cell::new(KEPT) };
        Nested { feeder: self, limits: &limits, depth: DEPTH }.file(&Arc::new(origin), content)
    }
}

/// The search at one depth.
struct Nested<'a, 'f> {
    feeder: &'a mut Feeder<'f>,
    limits: &'a Limits,
    depth: usize,
}

impl<'f> Nested<'_, 'f> {
    fn file(&mut self, origin: &Arc<Origin>, content: &mut dyn Read) -> io::Result<()> {
        self.feeder.judge_name(origin);
        let peeked = Peeked::of(Box::new(content))?;
        let packing = peeked.packing(&origin.path);
        let program = peeked.start().starts_with(b"#!") || peeked.start().starts_with(b"MZ");
        let mut whole = peeked.whole();
        let told = match packing {
            Packing::Plain if program => return self.kept(origin, &mut whole, Self::program),
            Packing::Plain => return self.plain(origin, &mut whole),
            Packing::Utf16 => return self.kept(origin, &mut whole, Self::marked),
            Packing::Unread(format) => format!("it is packed as {format}, which is not unpacked"),
            _ if self.depth == 0 => format!("it is packed in more than {DEPTH} others"),
            Packing::Stream(stream) => {
                return self.kept(origin, &mut whole, |nested, origin, kept| nested.stream(origin, stream, kept));
            }
            Packing::Zip => return self.kept(origin, &mut whole, Self::zip),
            Packing::Tar => return self.tar(origin, &mut whole),
            Packing::Deb => return self.deb(origin, &mut whole),
        };
        self.report(origin, told);
        self.feeder.text(origin, &mut whole, Part::WHOLE)
    }

    /// Returns the search for the files inside.
    fn inside(&mut self) -> Nested<'_, 'f> {
        Nested { feeder: self.feeder, limits: self.limits, depth: self.depth.saturating_sub(1) }
    }

    fn report(&mut self, origin: &Arc<Origin>, reason: String) {
        self.feeder.not_searched.push((Arc::clone(origin), reason));
    }

    /// Searches a file that is not packed; an archive may stand behind it.
    fn plain(&mut self, origin: &Arc<Origin>, whole: &mut dyn Read) -> io::Result<()> {
        let mut end = Tail::new(Box::new(whole));
        self.feeder.text(origin, &mut end, Part::WHOLE)?;
        if end.last().is_some_and(|last| ends_as_zip(last, end.length())) {
            self.report(origin, "a zip follows other data in it".to_owned());
        }
        Ok(())
    }

    /// Reads a file into memory, up to the limit.
    fn kept(
        &mut self,
        origin: &Arc<Origin>,
        whole: &mut dyn Read,
        take: impl FnOnce(&mut Self, &Arc<Origin>, Kept<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let limit = self.limits.kept.get();
        let mut bytes = Vec::new();
        whole.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        let left = limit.checked_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.limits.kept.set(left.unwrap_or_default());
        let taken = take(self, origin, Kept { bytes: &bytes, rest: left.is_none().then_some(&mut *whole) });
        self.limits.kept.set(limit);
        // The reader must be read to its end, even if unpacking stops earlier.
        taken.and_then(|()| io::copy(whole, &mut io::sink()).map(drop))
    }

    /// Searches a program, which may have an archive behind it.
    fn program(&mut self, origin: &Arc<Origin>, kept: Kept<'_>) -> io::Result<()> {
        let bytes = kept.bytes;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.depth > 0 && kept.rest.is_none() && bytes.last_chunk().is_some_and(|end| ends_as_zip(end, length)) {
            return self.zip(origin, kept);
        }
        // In a script that unpacks itself, the archive begins on a line of its own.
        let packed = |at: &usize| match Packing::of(bytes.get(*at..).unwrap_or_default(), "") {
            Packing::Plain | Packing::Utf16 => false,
            Packing::Stream(stream) => !stream.is_guessed(),
            _ => true,
        };
        let script = self.depth > 0 && bytes.starts_with(b"#!") && bytes.contains(&0);
        let ends = bytes.iter().enumerate().filter(|(_, byte)| script && **byte == b'\n');
        if let Some(at) = ends.map(|(at, _)| at.saturating_add(1)).find(packed) {
            let (front, behind) = bytes.split_at_checked(at).unwrap_or_default();
            self.feeder.text(origin, &mut &*front, Part::WHOLE)?;
            let inner = Arc::new(origin.inside(""));
            return self.inside().file(&inner, &mut *Kept { bytes: behind, rest: kept.rest }.whole());
        }
        self.plain(origin, &mut *kept.whole())
    }

    /// Searches a text in UTF-16 with a byte order mark. It may have another format after all.
    fn marked(&mut self, origin: &Arc<Origin>, kept: Kept<'_>) -> io::Result<()> {
        if kept.rest.is_some() {
            return self.feeder.text(origin, &mut *kept.whole(), Part::WHOLE);
        }
        let text = utf16(kept.bytes).unwrap_or_default();
        self.feeder.text(&Arc::new(origin.decoded()), &mut text.as_bytes(), Part::WHOLE)?;
        self.feeder.text(origin, &mut &*kept.bytes, Part { at: 0, wide: false })
    }

    /// Unpacks and searches one packed file.
    fn stream(&mut self, origin: &Arc<Origin>, stream: Stream, kept: Kept<'_>) -> io::Result<()> {
        let (bytes, small) = (kept.bytes, kept.rest.is_none());
        let before = self.limits.unpacked.get();
        let Err(error) = self.unpacked(origin, stream, kept.whole()) else { return Ok(()) };
        let came = before.saturating_sub(self.limits.unpacked.get());
        if !(small && stream.is_guessed() && came < BY_CHANCE) {
            let ends_early = error.kind() == io::ErrorKind::UnexpectedEof;
            self.report(origin, if ends_early { "it ends early".to_owned() } else { error.to_string() });
        }
        if small { self.feeder.text(origin, &mut &*bytes, Part::WHOLE) } else { Ok(()) }
    }

    fn unpacked(&mut self, origin: &Arc<Origin>, stream: Stream, packed: Reader<'_>) -> io::Result<()> {
        let inner = Arc::new(origin.inside(""));
        let left = &self.limits.unpacked;
        if stream != Stream::Gzip {
            return self.inside().file(&inner, &mut Limited::new(unpacked(stream, packed)?, left));
        }
        let mut gzip = Limited::new(Gzip::new(packed), left);
        self.inside().file(&inner, &mut gzip)?;
        let at = gzip.taken().max(1);
        match gzip.into_inner().into_rest() {
            Some(mut rest) => self.feeder.text(&inner, &mut rest, Part { at, wide: true }),
            None => Ok(()),
        }
    }

    /// Searches a zip, in memory or as a stream.
    fn zip(&mut self, origin: &Arc<Origin>, kept: Kept<'_>) -> io::Result<()> {
        let (bytes, small) = (kept.bytes, kept.rest.is_none());
        let unpacked = if small { self.zip_of(origin, bytes) } else { self.zip_stream(origin, kept.whole()) };
        let Err(error) = unpacked else { return Ok(()) };
        self.report(origin, error.to_string());
        if small { self.feeder.text(origin, &mut &*bytes, Part::WHOLE) } else { Ok(()) }
    }

    /// Searches every file in the directory of a zip, and the bytes before the first one.
    fn zip_of(&mut self, origin: &Arc<Origin>, packed: &[u8]) -> io::Result<()> {
        let mut archive = zip::ZipArchive::new(Zip::Kept(Cursor::new(packed))).map_err(io::Error::other)?;
        let front = usize::try_from(archive.offset()).unwrap_or(usize::MAX);
        let (front, _) = packed.split_at_checked(front).unwrap_or_default();
        if !front.is_empty() {
            self.feeder.text(origin, &mut &*front, Part::WHOLE)?;
        }
        let comment = archive.comment().to_vec();
        if !comment.is_empty() {
            let at = u64::try_from(packed.len().saturating_sub(comment.len())).unwrap_or(u64::MAX).max(1);
            self.feeder.text(origin, &mut comment.as_slice(), Part { at, wide: true })?;
        }
        for index in 0..archive.len() {
            let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
            match archive.by_index(index) {
                Ok(entry) => self.zip_entry(origin, entry)?,
                // A file that is encrypted, or packed in an unknown way, does not stop the search of the others.
                Err(error) => {
                    self.report(&Arc::new(origin.inside(&printable(name.unwrap_or_default()))), error.to_string());
                }
            }
        }
        Ok(())
    }

    /// Searches the files of a zip that is too large for memory as a stream; its directory stands at the end.
    fn zip_stream(&mut self, origin: &Arc<Origin>, packed: Reader<'_>) -> io::Result<()> {
        let mut packed = Zip::Coming(packed);
        while let Some(entry) = zip::read::read_zipfile_from_stream(&mut packed).map_err(io::Error::other)? {
            self.zip_entry(origin, entry)?;
        }
        Ok(())
    }

    /// Searches one file of a zip to its end. Fails at the limit of the zip.
    fn zip_entry(&mut self, origin: &Arc<Origin>, entry: zip::read::ZipFile<'_, Zip<'_>>) -> io::Result<()> {
        let size = entry.size();
        let inner = Arc::new(origin.inside(&printable(entry.name_raw())));
        let mut limited = Limited::new(entry, &self.limits.unpacked);
        let read = self.inside().file(&inner, &mut limited);
        limited.check()?;
        match read {
            Ok(()) if limited.taken() == size => {}
            Ok(()) => self.report(&inner, "a file in it ends early".to_owned()),
            Err(error) => self.report(&inner, error.to_string()),
        }
        Ok(())
    }

    /// Searches every file of a tar, and the targets of links. Data that continues in another format is searched as it
    /// is.
    fn tar(&mut self, origin: &Arc<Origin>, whole: &mut dyn Read) -> io::Result<()> {
        let mut archive = tar_files::opened(Box::new(whole));
        let read = tar_files::each_file(&mut archive, &mut |name, content| {
            self.inside().file(&Arc::new(origin.inside(name)), content)
        });
        let mut tail = archive.into_inner();
        let Err(error) = read else { return io::copy(&mut tail, &mut io::sink()).map(drop) };
        let error = tail.reason(error);
        let (at, mut rest) = tail.resumed();
        self.feeder.text(origin, &mut rest, Part { at, wide: true })?;
        self.report(origin, error.to_string());
        Ok(())
    }

    /// Searches every member of a Debian package.
    fn deb(&mut self, origin: &Arc<Origin>, whole: &mut dyn Read) -> io::Result<()> {
        const MARK: usize = 8;
        let mut mark = [0; MARK];
        whole.read_exact(&mut mark)?;
        let mut header = Vec::new();
        loop {
            header.clear();
            whole.take(60).read_to_end(&mut header)?;
            let text = String::from_utf8_lossy(&header);
            let (name, size) = (text.get(..16).unwrap_or_default().trim(), text.get(48..58).unwrap_or_default().trim());
            let Ok(size) = size.parse::<u64>() else { break };
            let inner = Arc::new(origin.inside(&printable(name.trim_end_matches('/'))));
            let mut member = whole.take(size);
            self.inside().file(&inner, &mut member)?;
            io::copy(&mut member, &mut io::sink())?;
            // Members begin at even offsets.
            whole.take(size % 2).read_to_end(&mut Vec::new())?;
        }
        if !header.is_empty() {
            self.report(origin, "a file in it ends early".to_owned());
        }
        self.feeder.text(&Arc::new(origin.inside("")), &mut header.chain(whole), Part { at: 1, wide: true })
    }
}
