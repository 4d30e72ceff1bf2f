// SPDX-License-Identifier: GPL-3.0-or-later
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class Idiom {
    private static Duration pause;

    public static void main(String[] arguments) throws Exception {
        int tasks = Integer.parseInt(arguments[0]);
        pause = Duration.ofMillis(Math.round(Double.parseDouble(arguments[1]) * 1000));
        System.out.println(tasks);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            Thread thread = new Thread(() -> {
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException error) {
                    return;
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads)
            thread.join();
    }
}
