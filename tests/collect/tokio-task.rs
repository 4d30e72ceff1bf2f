// SPDX-License-Identifier: GPL-3.0-or-later
// The allocations of a sleeping task of Tokio: the measurement behind the README's explanation of the model rust-tokio.
// Built like a model (collect/models/runtimes/build.sh), but it is none.
//
// crates: tokio(rt-multi-thread,macros,time,sync)
use std::alloc::{GlobalAlloc, Layout, System};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::{runtime, task, time};

/// The system's allocator, which notes the last request.
struct Watched;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static SIZE: AtomicUsize = AtomicUsize::new(0);
static ALIGNMENT: AtomicUsize = AtomicUsize::new(0);
static ADDRESS: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = System.alloc(layout);

        CALLS.fetch_add(1, SeqCst);
        SIZE.store(layout.size(), SeqCst);
        ALIGNMENT.store(layout.align(), SeqCst);
        ADDRESS.store(block as usize, SeqCst);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        System.dealloc(block, layout)
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

async fn sleeping() {
    time::sleep(Duration::from_millis(1)).await;
}

async fn yielding() {
    task::yield_now().await;
}

/// Spawns the future; returns the allocator's requests meanwhile.
fn weigh(future: impl std::future::Future<Output = ()> + Send + 'static) -> String {
    let before = CALLS.load(SeqCst);

    task::spawn(future);
    format!("{} bytes aligned to {}, allocations: {}", SIZE.load(SeqCst), ALIGNMENT.load(SeqCst), CALLS.load(SeqCst) - before)
}

/// How far apart the allocator puts the tasks, most of the time.
fn distance() -> usize {
    let mut address: Vec<usize> = Vec::with_capacity(1000);

    for _ in 0..address.capacity() {
        task::spawn(sleeping());
        address.push(ADDRESS.load(SeqCst));
    }
    let mut apart: Vec<usize> = address.windows(2).map(|two| two[0].abs_diff(two[1])).collect();
    apart.sort();
    apart[apart.len() / 2]
}

fn main() {
    let one_thread = runtime::Builder::new_current_thread().enable_time().build().unwrap();

    println!("Sleep: {} bytes aligned to {}", mem::size_of::<time::Sleep>(), mem::align_of::<time::Sleep>());
    println!("a future that sleeps: {} bytes", mem::size_of_val(&sleeping()));
    one_thread.block_on(async {
        println!("a task that yields: {}", weigh(yielding()));
        println!("a task that sleeps: {}", weigh(sleeping()));
        println!("a thousand of them: {} bytes apart", distance());
    });
}
