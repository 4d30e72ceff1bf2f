// SPDX-License-Identifier: GPL-3.0-or-later
// The further tasks of a work, beside those that sleep; work.sh has read the work. These classes are loaded only for a work.
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Function;

abstract class Work {
    private final Function<Runnable, Thread> start;
    private final List<Thread> threads = new ArrayList<>();

    Work(Function<Runnable, Thread> start) {
        this.start = start;
    }

    /** Called just before the first task that sleeps is started; each further task is started by `start`, too. */
    static Work of(String[] arguments, Function<Runnable, Thread> start) {
        long first = Long.parseLong(arguments[3]), second = Long.parseLong(arguments[4]);

        if (arguments[2].equals("beat"))
            return new Beat(start, first, second, Math.round(Double.parseDouble(arguments[1]) * 1e9));
        return new Ring(start, Math.toIntExact(first), second, Integer.parseInt(arguments[5]));
    }

    interface Life {
        void live(int place) throws InterruptedException, IOException;
    }

    /** Starts so many tasks, and waits until each has started. */
    final void startAll(long count, Life life) throws Exception {
        CountDownLatch toStart = new CountDownLatch(Math.toIntExact(count));

        for (int i = 0; i < count; i++) {
            int place = i;
            threads.add(Contract.startOrFail(start, () -> {
                toStart.countDown();
                try {
                    life.live(place);
                } catch (InterruptedException | IOException error) {
                    throw new IllegalStateException(error);
                }
            }));
        }
        toStart.await();
    }

    abstract void start() throws Exception;

    /** Once ready is said. */
    void begin() throws IOException, InterruptedException {
    }

    void end() throws InterruptedException {
        for (Thread thread : threads)
            thread.join();
    }
}

final class Beat extends Work {
    private final long probes, period, end; // in nanoseconds
    /** How often, by the least lateness of a bucket in nanoseconds. */
    private final ConcurrentSkipListMap<Long, Long> late = new ConcurrentSkipListMap<>();
    private long epoch;

    Beat(Function<Runnable, Thread> start, long probes, long period, long window) {
        super(start);
        this.probes = probes;
        this.period = period;
        end = System.nanoTime() + window;
    }

    @Override
    void start() throws Exception {
        epoch = System.nanoTime();
        startAll(probes, this::probe);
    }

    /** Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others. */
    private void probe(int place) throws InterruptedException {
        long due = epoch + place * period / probes + period, over = System.nanoTime() - due;

        if (over >= 0)
            due += (over / period + 1) * period;
        for (; due < end; due += period) {
            long left = due - System.nanoTime();
            if (left > 0)
                Thread.sleep(Duration.ofNanos(left));
            late.merge(leastOfBucket(System.nanoTime() - due), 1L, Long::sum);
        }
    }

    /**
     * Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
     * each number below 16. Those that are early, below 0, mirror them.
     */
    private static long leastOfBucket(long lateness) {
        long magnitude = Math.abs(lateness);
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(magnitude) - 4);
        long least = magnitude >> shift << shift;

        return lateness < 0 ? -(least + (1L << shift) - 1) : least;
    }

    @Override
    void end() throws InterruptedException {
        super.end();
        late.forEach((bucket, count) -> Contract.say("late ", bucket + " " + count));
    }
}

/**
 * Its hand-off is SynchronousQueue, which the platform's documentation names for "handoff designs, in which an object running in
 * one thread must sync up with an object running in another thread in order to hand it some information".
 */
final class Ring extends Work {
    /**
     * One object goes round, so that no number is boxed for each message. It says how many are left; from 0 on it is the end,
     * which each place passes on but the last, the one that had the last message.
     */
    private static final class Token {
        long left;
    }

    private final List<SynchronousQueue<Token>> places = new ArrayList<>();
    private final long messages;
    private final int step;

    Ring(Function<Runnable, Thread> start, int size, long messages, int step) {
        super(start);
        this.messages = messages;
        this.step = step;
        for (int i = 0; i < size; i++)
            places.add(new SynchronousQueue<>());
    }

    @Override
    void start() throws Exception {
        startAll(places.size(), this::pass);
    }

    private void pass(int place) throws InterruptedException, IOException {
        SynchronousQueue<Token> own = places.get(place), next = places.get((int) (((long) place + step) % places.size()));

        for (long left = 1; left > 0;) {
            Token token = own.take();
            left = token.left--;
            if (left == 1) {
                Contract.say("passed ", messages);
                Contract.awaitAnswer();
            }
            if (left > 1 - places.size())
                next.put(token);
        }
    }

    @Override
    void begin() throws IOException, InterruptedException {
        Token token = new Token();

        Contract.awaitAnswer(); // the clocks were read
        token.left = messages;
        places.get(0).put(token);
    }
}
