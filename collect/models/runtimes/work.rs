// SPDX-License-Identifier: GPL-3.0-or-later
// The further tasks of a work, as far as they are the same for all models in Rust: each model starts them, lets them sleep and
// passes their token. work.sh has read the work.
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

static STARTED: AtomicUsize = AtomicUsize::new(0);

pub enum Work {
    Beat(Arc<Beat>),
    Pass(Arc<Ring>),
}

impl Work {
    /// Called just before the first task that sleeps is started.
    pub fn read(pause: Duration) -> Work {
        let arguments: Vec<String> = std::env::args().skip(3).collect();
        let number = |i: usize| arguments[i].parse::<i64>().expect("a number");

        match arguments[0].as_str() {
            "beat" => Work::Beat(Arc::new(Beat::new(number(1), number(2), pause))),
            _ => Work::Pass(Arc::new(Ring::new(number(1), number(2), number(3)))),
        }
    }

    /// Once all tasks have ended.
    pub fn tell(&self) {
        if let Work::Beat(beat) = self {
            for (bucket, count) in beat.late.lock().unwrap().iter() {
                println!("late {bucket} {count}");
            }
        }
    }
}

/// Each further task counts itself in.
pub fn started() {
    STARTED.fetch_add(1, SeqCst);
}

pub fn all_started(count: usize) -> bool {
    STARTED.load(SeqCst) == count
}

/// All times are in nanoseconds since the origin, the moment before the first task that sleeps.
pub struct Beat {
    origin: Instant,
    epoch: AtomicI64,
    pub probes: i64,
    period: i64,
    end: i64,
    late: Mutex<BTreeMap<i64, u64>>, // how often, by the least lateness of a bucket
}

impl Beat {
    fn new(probes: i64, period: i64, window: Duration) -> Beat {
        let (origin, epoch, late) = (Instant::now(), AtomicI64::new(0), Mutex::new(BTreeMap::new()));
        Beat { origin, epoch, probes, period, end: window.as_nanos() as i64, late }
    }

    fn now(&self) -> i64 {
        self.origin.elapsed().as_nanos() as i64
    }

    /// Called just before the first probe is started.
    pub fn begin(&self) {
        self.epoch.store(self.now(), SeqCst);
    }

    /// The moments at which this probe wakes, from the first that is not over.
    pub fn plan(&self, place: i64) -> impl Iterator<Item = i64> + '_ {
        let first = self.epoch.load(SeqCst) + place * self.period / self.probes + self.period;
        let over = self.now() - first;
        let missed = if over >= 0 { over / self.period + 1 } else { 0 };
        (missed..).map(move |beat| first + beat * self.period).take_while(move |due| *due < self.end)
    }

    /// How long to sleep. A moment that is over is not slept for, but noted like the others.
    pub fn left(&self, due: i64) -> Option<Duration> {
        let left = due - self.now();
        (left > 0).then(|| Duration::from_nanos(left as u64))
    }

    pub fn note(&self, due: i64) {
        let bucket = least_of_bucket(self.now() - due);
        *self.late.lock().unwrap().entry(bucket).or_insert(0) += 1;
    }
}

/// Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
/// each number below 16. Those that are early, below 0, mirror them.
fn least_of_bucket(lateness: i64) -> i64 {
    let magnitude = lateness.abs();
    let shift = (i64::BITS - magnitude.leading_zeros()).saturating_sub(4);
    let least = magnitude >> shift << shift;
    if lateness < 0 {
        -(least + (1 << shift) - 1)
    } else {
        least
    }
}

pub struct Ring {
    pub size: usize,
    pub messages: i64,
    step: usize,
}

impl Ring {
    fn new(size: i64, messages: i64, step: i64) -> Ring {
        Ring { size: size as usize, messages, step: step as usize }
    }

    pub fn successor(&self, place: usize) -> usize {
        (place + self.step) % self.size
    }

    /// What is passed on by the place that has received this token: it is how many messages are left. From 0 on it is the end,
    /// which each place passes on but the last, the one that had the last message.
    pub fn receive(&self, token: i64) -> Option<i64> {
        if token == 1 {
            println!("passed {}", self.messages);
            crate::contract::await_answer();
        }
        (token > 1 - self.size as i64).then(|| token - 1)
    }
}
