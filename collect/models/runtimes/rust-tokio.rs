// SPDX-License-Identifier: GPL-3.0-or-later
// A task of Tokio on its multi-threaded runtime.
//
// family: async
// summary: Tokio task in time::sleep
// work: sleep beat pass
// hand-off: tokio::sync::mpsc channel of one place
// crates: tokio(rt-multi-thread,macros,time,sync)
// package: cargo=command:cargo librust-tokio-dev=crate:tokio
mod contract;
#[cfg(feature = "work")]
mod work;

use tokio::{task, time};

#[tokio::main]
async fn main() {
    let tasks = contract::idle();
    #[cfg(feature = "work")]
    let mut further = further::Further::new();
    let mut all = Vec::new();

    for _ in 0..tasks {
        all.push(task::spawn(async {
            contract::started();
            time::sleep(contract::pause()).await;
            contract::finished();
        }));
    }
    while !contract::all_started() {
        time::sleep(contract::LOOK_AGAIN).await;
    }
    #[cfg(feature = "work")]
    further.start().await;
    contract::ready();
    #[cfg(feature = "work")]
    further.begin().await;
    for task in all {
        let _ = task.await;
    }
    #[cfg(feature = "work")]
    further.end().await;
    contract::done();
}

/// The further tasks of a work, beside those that sleep.
#[cfg(feature = "work")]
mod further {
    use std::sync::Arc;
    use tokio::sync::mpsc::{self, Receiver, Sender};
    use tokio::{task, task::JoinHandle, time};

    use crate::contract;
    use crate::work::{self, Beat, Ring, Work};

    pub struct Further {
        work: Work,
        all: Vec<JoinHandle<()>>,
        first: Option<Sender<i64>>, // to the first place of the ring
    }

    impl Further {
        pub fn new() -> Further {
            Further { work: Work::read(contract::pause()), all: Vec::new(), first: None }
        }

        pub async fn start(&mut self) {
            match &self.work {
                Work::Beat(beat) => {
                    beat.begin();
                    for place in 0..beat.probes {
                        self.all.push(task::spawn(probe(beat.clone(), place)));
                    }
                }
                Work::Pass(ring) => {
                    let (senders, receivers): (Vec<_>, Vec<_>) = (0..ring.size).map(|_| mpsc::channel(1)).unzip();
                    for (place, own) in receivers.into_iter().enumerate() {
                        let next = senders[ring.successor(place)].clone();
                        self.all.push(task::spawn(pass(ring.clone(), own, next)));
                    }
                    self.first = Some(senders[0].clone());
                }
            }
            while !work::all_started(self.all.len()) {
                time::sleep(contract::LOOK_AGAIN).await;
            }
        }

        pub async fn begin(&self) {
            if let (Work::Pass(ring), Some(first)) = (&self.work, &self.first) {
                contract::await_answer(); // the clocks were read
                first.send(ring.messages).await.expect("a receiver");
            }
        }

        pub async fn end(self) {
            for task in self.all {
                let _ = task.await;
            }
            self.work.tell();
        }
    }

    async fn probe(beat: Arc<Beat>, place: i64) {
        work::started();
        for due in beat.plan(place) {
            if let Some(left) = beat.left(due) {
                time::sleep(left).await;
            }
            beat.note(due);
        }
    }

    async fn pass(ring: Arc<Ring>, mut own: Receiver<i64>, next: Sender<i64>) {
        work::started();
        loop {
            let token = own.recv().await.expect("a token");
            if let Some(token) = ring.receive(token) {
                next.send(token).await.expect("a receiver");
            }
            if token <= 0 {
                return;
            }
        }
    }
}
