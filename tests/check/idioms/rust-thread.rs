// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

static PAUSE: OnceLock<Duration> = OnceLock::new();

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let tasks: usize = arguments[1].parse().unwrap();
    PAUSE.set(Duration::from_secs_f64(arguments[2].parse().unwrap())).unwrap();
    println!("tasks: {tasks}");
    let mut all = Vec::new();
    for _ in 0..tasks {
        all.push(thread::spawn(|| {
            thread::sleep(*PAUSE.get().unwrap());
        }));
    }
    for thread in all {
        thread.join().unwrap();
    }
}
