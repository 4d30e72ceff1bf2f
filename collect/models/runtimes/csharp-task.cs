// SPDX-License-Identifier: GPL-3.0-or-later
// A Task of .NET that awaits Task.Delay, awaited by Task.WhenAll.
//
// Each task counts itself in and out. What it needs for that is static: a captured variable would need an object, and an argument
// a place in the task's state.
//
// family: async
// summary: Task in Task.Delay
// work: sleep beat pass
// hand-off: bounded channel of System.Threading.Channels
// package: mono-mcs=either:dotnet,mcs mono-runtime=either:dotnet,mono
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;

// The further tasks of a work.
abstract class Actors
{
    public abstract Task Start(); // and waits until all have started
    public abstract void Begin(); // once ready is said
    public abstract Task End();
}

static class Model
{
    static long wanted, started, finished;
    static TimeSpan pause;
    // Its continuation must not run on the stack of the last task, which has not slept yet.
    static readonly TaskCompletionSource<bool> allStarted =
        new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

    // Mono's compiler refuses an asynchronous Main.
    static void Main(string[] arguments)
    {
        double seconds = double.Parse(arguments[1], CultureInfo.InvariantCulture);

        pause = TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000) + 1);
        wanted = int.Parse(arguments[0]);
        Hold(arguments).GetAwaiter().GetResult();
    }

    static async Task Hold(string[] arguments)
    {
        Console.WriteLine("idle");
        AwaitAnswer();
        Actors further = null;
#if NET
        if (arguments.Length > 2)
            further = Work.Of(arguments);
#endif
        var all = new List<Task>();
        for (long i = 0; i < wanted; i++)
            all.Add(Task.Run(async () =>
            {
                if (Interlocked.Increment(ref started) == wanted)
                    allStarted.SetResult(true);
                await Task.Delay(pause);
                Interlocked.Increment(ref finished);
            }));
        if (wanted > 0)
            await allStarted.Task;
        if (further != null)
            await further.Start();
        Console.WriteLine("ready " + (Interlocked.Read(ref started) - Interlocked.Read(ref finished)));
        if (further != null)
            further.Begin();
        await Task.WhenAll(all);
        if (further != null)
            await further.End();
        Console.WriteLine("done " + Interlocked.Read(ref finished));
        AwaitAnswer();
    }

    internal static void AwaitAnswer()
    {
        var input = Console.OpenStandardInput();
        for (int octet = input.ReadByte(); octet >= 0 && octet != '\n';)
            octet = input.ReadByte();
    }
}
