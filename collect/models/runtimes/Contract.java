// SPDX-License-Identifier: GPL-3.0-or-later
// The contract with collect, shared by the models in Java. What a task needs is static: a lambda that captures nothing is one
// object, whatever the number of tasks, and a task has no frame but its own and those of Thread.sleep.
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

final class Contract {
    private static final AtomicLong started = new AtomicLong(), finished = new AtomicLong();
    private static Duration pause;

    private Contract() {
    }

    /** Starts the tasks, each by `start`, and speaks the contract. */
    static void hold(String[] arguments, Function<Runnable, Thread> start) throws Exception {
        int tasks = Integer.parseInt(arguments[0]);
        pause = Duration.ofNanos(Math.round(Double.parseDouble(arguments[1]) * 1e9));

        say("idle", "");
        awaitAnswer();
        Work further = arguments.length > 2 ? Work.of(arguments, start) : null;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < tasks; i++)
            threads.add(startOrFail(start, () -> {
                started.incrementAndGet();
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException error) {
                    return; // and so is not counted as finished
                }
                finished.incrementAndGet();
            }));
        while (started.get() < tasks)
            Thread.sleep(1);
        if (further != null)
            further.start();
        say("ready ", started.get() - finished.get());
        if (further != null)
            further.begin();
        for (Thread thread : threads)
            thread.join();
        if (further != null)
            further.end();
        say("done ", finished.get());
        awaitAnswer();
    }

    static Thread startOrFail(Function<Runnable, Thread> start, Runnable task) throws IOException {
        try {
            return start.apply(task);
        } catch (OutOfMemoryError error) {
            say("failed ", started.get() + " " + error.getMessage());
            awaitAnswer(); // collect finds out which limit was hit
            Runtime.getRuntime().halt(1);
            throw error;
        }
    }

    /** Without +, which would load the classes that concatenate strings: 300 KiB beside the tasks. */
    static void say(String event, Object detail) {
        System.out.print(event);
        System.out.println(detail);
        System.out.flush();
    }

    static void awaitAnswer() throws IOException {
        for (int octet = System.in.read(); octet >= 0 && octet != '\n';)
            octet = System.in.read();
    }
}
