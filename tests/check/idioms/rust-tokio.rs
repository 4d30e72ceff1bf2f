// SPDX-License-Identifier: GPL-3.0-or-later
// crates: tokio(rt-multi-thread,macros,time)
use std::sync::OnceLock;
use std::time::Duration;
use tokio::{task, time};

static PAUSE: OnceLock<Duration> = OnceLock::new();

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let tasks: usize = arguments[1].parse().unwrap();
    PAUSE.set(Duration::from_secs_f64(arguments[2].parse().unwrap())).unwrap();
    println!("tasks: {tasks}");
    let mut all = Vec::new();
    for _ in 0..tasks {
        all.push(task::spawn(async {
            time::sleep(*PAUSE.get().unwrap()).await;
        }));
    }
    for task in all {
        task.await.unwrap();
    }
}
