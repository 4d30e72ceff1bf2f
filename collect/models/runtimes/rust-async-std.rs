// SPDX-License-Identifier: GPL-3.0-or-later
// A task of async-std.
//
// family: async
// summary: async-std task in task::sleep
// crates: async-std()
// package: cargo=command:cargo librust-async-std-dev=crate:async-std
mod contract;

use async_std::channel::{bounded, Sender};
use async_std::task;
use std::sync::Mutex;

static ALL_STARTED: Mutex<Option<Sender<()>>> = Mutex::new(None);

async fn live() {
    if contract::started() {
        let _ = ALL_STARTED.lock().unwrap().take().unwrap().try_send(());
    }
    task::sleep(contract::pause()).await;
    contract::finished();
}

async fn hold() {
    let (sender, all_started) = bounded(1);
    let mut tasks = Vec::new();

    *ALL_STARTED.lock().unwrap() = Some(sender);
    for _ in 0..contract::idle() {
        tasks.push(task::spawn(live()));
    }
    let _ = all_started.recv().await;
    contract::ready();
    for task in tasks {
        task.await;
    }
    contract::done();
}

fn main() {
    task::block_on(hold());
}
