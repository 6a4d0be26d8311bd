//! Runs the cases of a table on all processors.

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// Runs a test for each case; the first case that fails ends the test with its message.
#[track_caller]
pub(crate) fn each<T: Send>(cases: Vec<T>, test: impl Fn(T) + Sync) {
    let many = thread::available_parallelism().map_or(2, NonZero::get);
    let cases = Mutex::new(cases.into_iter());
    let next = || cases.lock().unwrap().next();
    thread::scope(|scope| {
        let run = || {
            while let Some(case) = next() {
                test(case);
            }
        };
        let workers: Vec<_> = (0..many).map(|_| scope.spawn(run)).collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}
