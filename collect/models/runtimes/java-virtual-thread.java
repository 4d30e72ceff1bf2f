// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual thread of Java.
//
// family: fiber
// summary: virtual thread in Thread.sleep
// work: sleep beat pass
// hand-off: SynchronousQueue
// release: 21
// package: default-jdk-headless=model:java-virtual-thread
final class Model {
    public static void main(String[] arguments) throws Exception {
        Contract.hold(arguments, Thread::startVirtualThread);
    }
}
