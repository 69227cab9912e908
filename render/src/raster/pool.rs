use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use crossbeam_channel as jobs;

use super::{CpuOptions, CpuRaster, ImageStore, Raster};
use crate::{IntRect, Picture, Pixmap};

/// Rasterisers on threads of their own, made when there is work for them, and
/// one on the caller's thread.
#[derive(Debug)]
pub(crate) struct Pool {
    options: CpuOptions,
    images: Arc<ImageStore>,
    local: CpuRaster,
    workers: Option<Workers>,
}

#[derive(Debug)]
struct Workers {
    sender: jobs::Sender<Job>,
    receiver: jobs::Receiver<Job>,
}

/// A rectangle of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) picture: Arc<Picture>,
    pub(crate) area: IntRect,
    pub(crate) scale: f64,
    /// Pixels whose memory may be used again.
    pub(crate) reuse: Option<Pixmap>,
}

struct Job {
    index: usize,
    task: Task,
    done: Sender<(usize, Pixmap)>,
}

/// Fewer px than this are drawn faster than a thread wakes up.
const WORTH_A_THREAD: u64 = 64 * 1024;

/// Pictures nest without recursion; the stack is for what the rasteriser does
/// with a single path.
const STACK: usize = 2 << 20;

impl Pool {
    pub(crate) fn new(options: CpuOptions) -> Self {
        let images = Arc::<ImageStore>::default();
        let local = CpuRaster::sharing(options, Arc::clone(&images));
        Self { options, images, local, workers: None }
    }

    /// The rasteriser of the caller's thread.
    pub(crate) fn local(&mut self) -> &mut CpuRaster {
        &mut self.local
    }

    /// The pixels of each task, in order.
    pub(crate) fn run(&mut self, tasks: Vec<Task>) -> Vec<Pixmap> {
        let pixels: u64 = tasks.iter().map(|task| task.area.area()).sum();
        let threads = self.options.threads.unwrap_or_else(|| {
            thread::available_parallelism().map_or(1, |count| count.get().min(4))
        });
        if threads < 2 || tasks.len() < 2 || pixels < WORTH_A_THREAD {
            return tasks.into_iter().map(|task| self.draw(task)).collect();
        }
        let (options, images) = (self.options, Arc::clone(&self.images));
        let workers =
            self.workers.get_or_insert_with(|| Workers::start(threads - 1, options, &images));
        let (done, results) = channel();
        let count = tasks.len();
        for (index, task) in tasks.into_iter().enumerate() {
            let job = Job { index, task, done: done.clone() };
            if workers.sender.send(job).is_err() {
                // Cannot happen: a receiver is ours.
                tracing::error!("the raster threads are gone");
            }
        }
        drop(done);
        let receiver = workers.receiver.clone();
        while let Ok(job) = receiver.try_recv() {
            let pixmap = self.draw(job.task);
            // The channel is open as long as `results` is.
            let _ = job.done.send((job.index, pixmap));
        }
        collect(&results, count)
    }

    fn draw(&mut self, task: Task) -> Pixmap {
        draw(&mut self.local, self.options, &self.images, task)
    }
}

impl Workers {
    fn start(count: usize, options: CpuOptions, images: &Arc<ImageStore>) -> Self {
        let (sender, receiver) = jobs::unbounded::<Job>();
        for index in 0..count {
            let receiver = receiver.clone();
            let images = Arc::clone(images);
            let work = move || {
                let mut raster = CpuRaster::sharing(options, Arc::clone(&images));
                while let Ok(job) = receiver.recv() {
                    let pixmap = draw(&mut raster, options, &images, job.task);
                    // Nobody waits for it if the compositor is gone.
                    let _ = job.done.send((job.index, pixmap));
                }
            };
            let builder = thread::Builder::new().name(format!("raster {index}")).stack_size(STACK);
            if let Err(error) = builder.spawn(work) {
                // The caller's thread does the work then.
                tracing::warn!("no thread for drawing: {error}");
            }
        }
        Self { sender, receiver }
    }
}

fn collect(results: &Receiver<(usize, Pixmap)>, count: usize) -> Vec<Pixmap> {
    let mut pixmaps = vec![Pixmap::default(); count];
    while let Ok((index, pixmap)) = results.recv() {
        pixmaps[index] = pixmap;
    }
    pixmaps
}

/// Draws a task. A rasteriser that panics is replaced, and the tile stays
/// empty: one drawing that cannot be drawn must not take the app with it.
fn draw(
    raster: &mut CpuRaster,
    options: CpuOptions,
    images: &Arc<ImageStore>,
    task: Task,
) -> Pixmap {
    let Task { picture, area, scale, reuse } = task;
    let mut pixmap = reuse.unwrap_or_default();
    let result =
        catch_unwind(AssertUnwindSafe(|| raster.raster(&picture, area, scale, &mut pixmap)));
    match result {
        Ok(Ok(())) => pixmap,
        Ok(Err(error)) => {
            tracing::error!("a tile at {area:?} stays empty: {error}");
            Pixmap::new(area.width(), area.height())
        }
        Err(_) => {
            tracing::error!("a tile at {area:?} stays empty: the rasteriser panicked");
            *raster = CpuRaster::sharing(options, Arc::clone(images));
            Pixmap::new(area.width(), area.height())
        }
    }
}
