// SPDX-License-Identifier: GPL-3.0-or-later
// The contract with collect, shared by the models in Java.
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

final class Contract {
    private static final AtomicLong started = new AtomicLong(), finished = new AtomicLong();

    private Contract() {
    }

    /** Starts the tasks, each by `start`, and speaks the contract. */
    static void hold(String[] arguments, Function<Runnable, Thread> start) throws Exception {
        int tasks = Integer.parseInt(arguments[0]);
        Duration pause = Duration.ofNanos(Math.round(Double.parseDouble(arguments[1]) * 1e9));
        CountDownLatch allStarted = new CountDownLatch(1);

        say("idle");
        awaitAnswer();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < tasks; i++)
            threads.add(startOrFail(start, () -> live(tasks, pause, allStarted)));
        allStarted.await();
        say("ready " + (started.get() - finished.get()));
        for (Thread thread : threads)
            thread.join();
        say("done " + finished.get());
        awaitAnswer();
    }

    private static Thread startOrFail(Function<Runnable, Thread> start, Runnable task) throws IOException {
        try {
            return start.apply(task);
        } catch (OutOfMemoryError error) {
            say("failed " + started.get() + " " + error.getMessage());
            awaitAnswer(); // collect finds out which limit was hit
            Runtime.getRuntime().halt(1);
            throw error;
        }
    }

    private static void live(int tasks, Duration pause, CountDownLatch allStarted) {
        if (started.incrementAndGet() == tasks)
            allStarted.countDown();
        try {
            Thread.sleep(pause);
        } catch (InterruptedException error) {
            return; // and so is not counted as finished
        }
        finished.incrementAndGet();
    }

    private static void say(String event) {
        System.out.println(event);
        System.out.flush();
    }

    private static void awaitAnswer() throws IOException {
        for (int octet = System.in.read(); octet >= 0 && octet != '\n';)
            octet = System.in.read();
    }
}
