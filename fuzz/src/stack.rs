//! One thread with a stack as large as an app's, for all runs of a target.

use std::sync::{
    LazyLock, Mutex,
    mpsc::{Receiver, Sender, channel},
};

type Job = Box<dyn FnOnce() + Send>;

static THREAD: LazyLock<Mutex<(Sender<Job>, Receiver<()>)>> = LazyLock::new(|| {
    let (jobs, job) = channel::<Job>();
    let (done, answers) = channel();
    let run = move || {
        while let Ok(job) = job.recv() {
            job();
            if done.send(()).is_err() {
                return;
            }
        }
    };
    // Without optimisation frames are several times as large.
    std::thread::Builder::new().stack_size(1 << 30).spawn(run).expect("a thread");
    Mutex::new((jobs, answers))
});

/// Runs `job` there.
pub fn run(job: impl FnOnce() + Send + 'static) {
    let thread = THREAD.lock().expect("no panic");
    thread.0.send(Box::new(job)).expect("a thread");
    thread.1.recv().expect("no panic");
}
