# SPDX-License-Identifier: GPL-3.0-or-later
# A Task of Elixir, a process of the Erlang machine, that sleeps in Process.sleep and is awaited by Task.await.
#
# family: actor
# summary: Task in Process.sleep
# package: elixir=command:elixir
defmodule Model do
  @started 1
  @finished 2

  def run(tasks, seconds) do
    say("idle")
    IO.read(:line)
    census = :counters.new(2, [:atomics])
    # No task ends early: a timer's clock ticks in milliseconds.
    milliseconds = ceil(seconds * 1000) + 1
    all = for _ <- 1..tasks, do: Task.async(fn -> live(census, milliseconds) end)
    await_all_started(census, tasks)
    say("ready #{:counters.get(census, @started) - :counters.get(census, @finished)}")
    for task <- all, do: Task.await(task, :infinity)
    say("done #{:counters.get(census, @finished)}")
    IO.read(:line)
  end

  defp live(census, milliseconds) do
    :counters.add(census, @started, 1)
    Process.sleep(milliseconds)
    :counters.add(census, @finished, 1)
  end

  defp await_all_started(census, tasks) do
    if :counters.get(census, @started) < tasks do
      Process.sleep(1)
      await_all_started(census, tasks)
    end
  end

  defp say(event), do: IO.puts(event)
end

[tasks, seconds] = System.argv()
{seconds, _} = Float.parse(seconds)
Model.run(String.to_integer(tasks), seconds)
