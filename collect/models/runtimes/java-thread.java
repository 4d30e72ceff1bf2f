// SPDX-License-Identifier: GPL-3.0-or-later
// A platform thread of Java: a thread of the operating system.
//
// family: thread
// summary: platform thread in Thread.sleep
// work: sleep beat pass
// hand-off: SynchronousQueue
// release: 21
// package: default-jdk-headless=model:java-thread
final class Model {
    public static void main(String[] arguments) throws Exception {
        Contract.hold(arguments, task -> {
            Thread thread = new Thread(task);
            thread.start();
            return thread;
        });
    }
}
