// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;

static class Idiom
{
    static TimeSpan pause;

    static async Task Main(string[] arguments)
    {
        int tasks = int.Parse(arguments[0]);
        pause = TimeSpan.FromSeconds(double.Parse(arguments[1], CultureInfo.InvariantCulture));
        Console.WriteLine("tasks: " + tasks);
        var all = new List<Task>();
        for (int i = 0; i < tasks; i++)
            all.Add(Task.Run(async () => { await Task.Delay(pause); }));
        await Task.WhenAll(all);
    }
}
