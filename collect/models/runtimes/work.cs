// SPDX-License-Identifier: GPL-3.0-or-later
// The further tasks of a work, beside those that sleep. work.sh has read the work.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

static class Work
{
    // Called just before the first task that sleeps is started.
    public static Actors Of(string[] arguments)
    {
        double seconds = double.Parse(arguments[1], CultureInfo.InvariantCulture);
        long[] numbers = arguments.Skip(3).Select(long.Parse).ToArray();

        if (arguments[2] == "beat")
            return new Beat(numbers[0], numbers[1], (long)(seconds * 1e9));
        return new Ring(numbers[0], numbers[1], numbers[2]);
    }

    // Starts so many tasks, and waits until each has started.
    public static async Task<Task> StartAll(long count, Func<long, Task> live)
    {
        var all = new List<Task>();
        var allStarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long started = 0;

        for (long i = 0; i < count; i++)
        {
            long place = i;
            all.Add(Task.Run(async () =>
            {
                if (Interlocked.Increment(ref started) == count)
                    allStarted.SetResult();
                await live(place);
            }));
        }
        await allStarted.Task;
        return Task.WhenAll(all);
    }
}

sealed class Beat : Actors
{
    readonly long probes, period, end;                  // in nanoseconds
    readonly SortedDictionary<long, long> late = new(); // how often, by the least lateness of a bucket in nanoseconds
    long epoch;
    Task all;

    public Beat(long probes, long period, long window)
    {
        this.probes = probes;
        this.period = period;
        end = Now() + window;
    }

    static long Now()
    {
        return Stopwatch.GetTimestamp() * (1000000000 / Stopwatch.Frequency); // which Linux has in nanoseconds
    }

    public override async Task Start()
    {
        epoch = Now();
        all = await Work.StartAll(probes, Probe);
    }

    // Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others.
    async Task Probe(long place)
    {
        long due = epoch + place * period / probes + period, over = Now() - due;

        if (over >= 0)
            due += (over / period + 1) * period;
        for (; due < end; due += period)
        {
            long left = due - Now();
            if (left > 0)
                await Task.Delay((int)((left + 999999) / 1000000)); // it knows whole milliseconds only
            Note(Now() - due);
        }
    }

    void Note(long lateness)
    {
        long bucket = LeastOfBucket(lateness);

        lock (late)
            late[bucket] = late.GetValueOrDefault(bucket) + 1;
    }

    // Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
    // each number below 16. Those that are early, below 0, mirror them.
    static long LeastOfBucket(long lateness)
    {
        long magnitude = Math.Abs(lateness);
        int shift = Math.Max(0, BitOperations.Log2((ulong)magnitude) - 3);
        long least = magnitude >> shift << shift;

        return lateness < 0 ? -(least + (1L << shift) - 1) : least;
    }

    public override void Begin()
    {
    }

    public override async Task End()
    {
        await all;
        foreach (var bucket in late)
            Console.WriteLine("late " + bucket.Key + " " + bucket.Value);
    }
}

sealed class Ring : Actors
{
    readonly long messages, step;
    readonly Channel<long>[] places;
    Task all;

    public Ring(long size, long messages, long step)
    {
        this.messages = messages;
        this.step = step;
        places = new Channel<long>[size];
    }

    public override async Task Start()
    {
        for (long i = 0; i < places.Length; i++)
            places[i] = Channel.CreateBounded<long>(1); // there is but one token
        all = await Work.StartAll(places.Length, Pass);
    }

    // The token is how many messages are left. From 0 on it is the end, which each place passes on but the last, the one that had
    // the last message.
    async Task Pass(long place)
    {
        ChannelReader<long> own = places[place].Reader;
        ChannelWriter<long> next = places[(place + step) % places.Length].Writer;

        for (long token = 1; token > 0;)
        {
            token = await own.ReadAsync();
            if (token == 1)
            {
                Console.WriteLine("passed " + messages);
                Model.AwaitAnswer();
            }
            if (token > 1 - places.Length)
                await next.WriteAsync(token - 1);
        }
    }

    public override void Begin()
    {
        Model.AwaitAnswer(); // the clocks were read
        places[0].Writer.TryWrite(messages);
    }

    public override Task End()
    {
        return all;
    }
}
