// SPDX-License-Identifier: GPL-3.0-or-later
// A thread of Rust's standard library.
//
// family: thread
// summary: std::thread in thread::sleep
// package: cargo=command:cargo
mod contract;

use std::sync::mpsc::{sync_channel, SyncSender};
use std::sync::Mutex;
use std::thread;

static ALL_STARTED: Mutex<Option<SyncSender<()>>> = Mutex::new(None);

fn live() {
    if contract::started() {
        let _ = ALL_STARTED.lock().unwrap().take().unwrap().send(());
    }
    thread::sleep(contract::pause());
    contract::finished();
}

fn main() {
    let (sender, all_started) = sync_channel(1);
    let mut threads = Vec::new();

    *ALL_STARTED.lock().unwrap() = Some(sender);
    for _ in 0..contract::idle() {
        match thread::Builder::new().spawn(live) {
            Ok(thread) => threads.push(thread),
            Err(error) => contract::failed(&format!("thread::spawn: {error}")),
        }
    }
    let _ = all_started.recv();
    contract::ready();
    for thread in threads {
        let _ = thread.join();
    }
    contract::done();
}
