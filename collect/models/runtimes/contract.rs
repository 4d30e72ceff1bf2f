// SPDX-License-Identifier: GPL-3.0-or-later
// The contract with collect, shared by the models in Rust. The state is static, so that tasks do not carry it; each counts
// itself in and out.
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

static TASKS: AtomicU64 = AtomicU64::new(0);
static PAUSE_NANOSECONDS: AtomicU64 = AtomicU64::new(0);
static STARTED: AtomicU64 = AtomicU64::new(0);
static FINISHED: AtomicU64 = AtomicU64::new(0);

/// Between two looks at whether all tasks have started.
pub const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// Reads TASKS and SECONDS, says that the runtime is up, and waits for the go. Returns TASKS.
pub fn idle() -> u64 {
    let arguments: Vec<String> = std::env::args().collect();
    let pause = Duration::from_secs_f64(arguments[2].parse().expect("SECONDS"));

    TASKS.store(arguments[1].parse().expect("TASKS"), SeqCst);
    PAUSE_NANOSECONDS.store(pause.as_nanos() as u64, SeqCst);
    println!("idle");
    await_answer();
    TASKS.load(SeqCst)
}

pub fn pause() -> Duration {
    Duration::from_nanos(PAUSE_NANOSECONDS.load(SeqCst))
}

pub fn started() {
    STARTED.fetch_add(1, SeqCst);
}

pub fn finished() {
    FINISHED.fetch_add(1, SeqCst);
}

pub fn all_started() -> bool {
    STARTED.load(SeqCst) == TASKS.load(SeqCst)
}

pub fn ready() {
    println!("ready {}", STARTED.load(SeqCst) - FINISHED.load(SeqCst));
}

pub fn done() {
    println!("done {}", FINISHED.load(SeqCst));
    await_answer();
}

#[allow(dead_code)] // only threads are refused
pub fn failed(reason: &str) -> ! {
    println!("failed {} {}", STARTED.load(SeqCst), reason);
    await_answer(); // collect finds out which limit was hit
    std::process::exit(1);
}

pub fn await_answer() {
    for octet in std::io::stdin().lock().bytes() {
        if !matches!(octet, Ok(octet) if octet != b'\n') {
            break;
        }
    }
}
