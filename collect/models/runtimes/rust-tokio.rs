// SPDX-License-Identifier: GPL-3.0-or-later
// A task of Tokio on its multi-threaded runtime.
//
// family: async
// summary: Tokio task in time::sleep
// crates: tokio(rt-multi-thread,macros,time,sync)
// package: cargo=command:cargo librust-tokio-dev=crate:tokio
mod contract;

use std::sync::Mutex;
use tokio::sync::oneshot;
use tokio::{task, time};

static ALL_STARTED: Mutex<Option<oneshot::Sender<()>>> = Mutex::new(None);

async fn live() {
    if contract::started() {
        let _ = ALL_STARTED.lock().unwrap().take().unwrap().send(());
    }
    time::sleep(contract::pause()).await;
    contract::finished();
}

#[tokio::main]
async fn main() {
    let (sender, all_started) = oneshot::channel();
    let mut tasks = Vec::new();

    *ALL_STARTED.lock().unwrap() = Some(sender);
    for _ in 0..contract::idle() {
        tasks.push(task::spawn(live()));
    }
    let _ = all_started.await;
    contract::ready();
    for task in tasks {
        let _ = task.await;
    }
    contract::done();
}
