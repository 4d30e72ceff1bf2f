// SPDX-License-Identifier: GPL-3.0-or-later
// A thread of Rust's standard library.
//
// family: thread
// summary: std::thread in thread::sleep
// work: sleep beat pass
// hand-off: std::sync::mpsc channel of one place
// package: cargo=command:cargo
mod contract;
#[cfg(feature = "work")]
mod work;

use std::thread;

fn live() {
    contract::started();
    thread::sleep(contract::pause());
    contract::finished();
}

fn spawn(live: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    match thread::Builder::new().spawn(live) {
        Ok(thread) => thread,
        Err(error) => contract::failed(&format!("thread::spawn: {error}")),
    }
}

fn main() {
    let tasks = contract::idle();
    #[cfg(feature = "work")]
    let mut further = further::Further::new();
    let mut all = Vec::new();

    for _ in 0..tasks {
        all.push(spawn(live));
    }
    while !contract::all_started() {
        thread::sleep(contract::LOOK_AGAIN);
    }
    #[cfg(feature = "work")]
    further.start();
    contract::ready();
    #[cfg(feature = "work")]
    further.begin();
    for thread in all {
        let _ = thread.join();
    }
    #[cfg(feature = "work")]
    further.end();
    contract::done();
}

/// The further tasks of a work, beside those that sleep.
#[cfg(feature = "work")]
mod further {
    use std::sync::mpsc::{self, Receiver, SyncSender};
    use std::sync::Arc;
    use std::thread::{self, JoinHandle};

    use crate::work::{self, Beat, Ring, Work};
    use crate::{contract, spawn};

    pub struct Further {
        work: Work,
        all: Vec<JoinHandle<()>>,
        first: Option<SyncSender<i64>>, // to the first place of the ring
    }

    impl Further {
        pub fn new() -> Further {
            Further { work: Work::read(contract::pause()), all: Vec::new(), first: None }
        }

        pub fn start(&mut self) {
            match &self.work {
                Work::Beat(beat) => {
                    beat.begin();
                    for place in 0..beat.probes {
                        let beat = beat.clone();
                        self.all.push(spawn(move || probe(beat, place)));
                    }
                }
                Work::Pass(ring) => {
                    let (senders, receivers): (Vec<_>, Vec<_>) = (0..ring.size).map(|_| mpsc::sync_channel(1)).unzip();
                    for (place, own) in receivers.into_iter().enumerate() {
                        let (ring, next) = (ring.clone(), senders[ring.successor(place)].clone());
                        self.all.push(spawn(move || pass(ring, own, next)));
                    }
                    self.first = Some(senders[0].clone());
                }
            }
            while !work::all_started(self.all.len()) {
                thread::sleep(contract::LOOK_AGAIN);
            }
        }

        pub fn begin(&self) {
            if let (Work::Pass(ring), Some(first)) = (&self.work, &self.first) {
                contract::await_answer(); // the clocks were read
                first.send(ring.messages).expect("a receiver");
            }
        }

        pub fn end(self) {
            for thread in self.all {
                let _ = thread.join();
            }
            self.work.tell();
        }
    }

    fn probe(beat: Arc<Beat>, place: i64) {
        work::started();
        for due in beat.plan(place) {
            if let Some(left) = beat.left(due) {
                thread::sleep(left);
            }
            beat.note(due);
        }
    }

    fn pass(ring: Arc<Ring>, own: Receiver<i64>, next: SyncSender<i64>) {
        work::started();
        loop {
            let token = own.recv().expect("a token");
            if let Some(token) = ring.receive(token) {
                next.send(token).expect("a receiver");
            }
            if token <= 0 {
                return;
            }
        }
    }
}
