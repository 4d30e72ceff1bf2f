// SPDX-License-Identifier: GPL-3.0-or-later
// A Task of .NET that awaits Task.Delay, awaited by Task.WhenAll.
//
// family: async
// summary: Task in Task.Delay
// package: mono-mcs=either:dotnet,mcs mono-runtime=either:dotnet,mono
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;

static class Model
{
    static long started, finished;
    static readonly TaskCompletionSource<bool> allStarted = new TaskCompletionSource<bool>();

    // Mono's compiler refuses an asynchronous Main.
    static void Main(string[] arguments)
    {
        int tasks = int.Parse(arguments[0]);
        double seconds = double.Parse(arguments[1], CultureInfo.InvariantCulture);

        Hold(tasks, TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000) + 1)).GetAwaiter().GetResult();
    }

    static async Task Hold(int tasks, TimeSpan pause)
    {
        Say("idle");
        Console.ReadLine();
        var all = new List<Task>();
        for (int i = 0; i < tasks; i++)
            all.Add(Task.Run(() => Live(tasks, pause)));
        await allStarted.Task;
        Say("ready " + (Interlocked.Read(ref started) - Interlocked.Read(ref finished)));
        await Task.WhenAll(all);
        Say("done " + Interlocked.Read(ref finished));
        Console.ReadLine();
    }

    static async Task Live(int tasks, TimeSpan pause)
    {
        if (Interlocked.Increment(ref started) == tasks)
            allStarted.SetResult(true);
        await Task.Delay(pause);
        Interlocked.Increment(ref finished);
    }

    static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
