//! Readers that are slower than their child, and descendants that keep writing.

use std::io::{Read, Write};
use std::time::Duration;

use process::{Log, Stream};

use crate::{LONG, end, shell, soon, world};

/// Longer than the time for which the output of descendants is read after the child's end.
const TOO_LATE: Duration = Duration::from_millis(1300);

/// Reads nothing for a while, then slowly, in pieces; returns the number of bytes.
fn slowly(mut stream: Stream<'_>) -> usize {
    let mut buffer = vec![0; 70_000];
    let mut total = stream.read(buffer.get_mut(..1000).unwrap()).unwrap();
    std::thread::sleep(TOO_LATE);
    loop {
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return total;
        }
        total += count;
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_a_child_wrote_waits_for_a_slow_reader() {
    let (_folder, runner) = world();
    let (total, code, _) = runner.stream(&shell("exec head -c 300000 /dev/zero"), Some(LONG), slowly).unwrap();
    assert_eq!((total, code), (300_000, Some(0)));

    // A descendant that holds the pipe and writes nothing changes nothing.
    let (folder, runner) = world();
    let call = shell("sleep 600 & echo $! >kept; exec head -c 300000 /dev/zero");
    let (total, code, _) = runner.stream(&call, Some(LONG), slowly).unwrap();
    assert_eq!((total, code), (300_000, Some(0)));
    end(folder.path(), "kept");
}

/// A writer whose first write is slow.
struct Slow(Vec<u8>);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            std::thread::sleep(TOO_LATE);
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_a_child_wrote_waits_for_a_slow_log() {
    let (folder, runner) = world();
    let mut log = Slow(Vec::new());
    // More than one read takes, and less than a pipe holds.
    let call = shell("exec seq 10000");
    let to = Log { writer: &mut log, path: folder.path() };
    assert_eq!(runner.follow(&call, Some(to), |_, _| ()).unwrap(), Some(0));
    assert_eq!(log.0.len(), 48_894);
}

#[test]
fn a_descendant_that_writes_for_ever_holds_no_slow_reader_up() {
    let (folder, runner) = world();
    let call = shell("yes & echo $! >kept");
    let (total, code, _) = soon(|| {
        runner.stream(&call, None, |mut stream| {
            std::thread::sleep(TOO_LATE);
            let (mut buffer, mut total) = (vec![0; 70_000], 0);
            loop {
                // The writer is faster, so there is always more to read.
                std::thread::sleep(Duration::from_millis(5));
                match stream.read(&mut buffer).unwrap() {
                    0 => return total,
                    count => total += count,
                }
            }
        })
    })
    .unwrap();
    assert_eq!(code, Some(0));
    assert!(total < 3 * 1024 * 1024, "{total}");
    end(folder.path(), "kept");
}
