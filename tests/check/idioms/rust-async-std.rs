// SPDX-License-Identifier: GPL-3.0-or-later
// crates: async-std(attributes)
use async_std::task;
use std::sync::OnceLock;
use std::time::Duration;

static PAUSE: OnceLock<Duration> = OnceLock::new();

#[async_std::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let tasks: usize = arguments[1].parse().unwrap();
    PAUSE.set(Duration::from_secs_f64(arguments[2].parse().unwrap())).unwrap();
    println!("tasks: {tasks}");
    let mut all = Vec::new();
    for _ in 0..tasks {
        all.push(task::spawn(async {
            task::sleep(*PAUSE.get().unwrap()).await;
        }));
    }
    for task in all {
        task.await;
    }
}
