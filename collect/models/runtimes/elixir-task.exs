# SPDX-License-Identifier: GPL-3.0-or-later
# A Task of Elixir, a process of the Erlang machine, that sleeps in Process.sleep and is awaited by Task.await_many.
#
# Each task counts itself in and out. It captures nothing for that, since what a function captures is copied into each process:
# the time is a constant of the module, which is compiled when the script runs, and the counters are a persistent term.
#
# Compiling is part of the baseline, so the module has only what tasks run; the rest is evaluated.
#
# family: actor
# summary: Task in Process.sleep
# work: sleep beat pass
# hand-off: send and receive
# package: elixir=command:elixir
defmodule Model do
  # No task ends early: a timer's clock ticks in milliseconds.
  @milliseconds System.argv() |> Enum.at(1) |> Float.parse() |> elem(0) |> Kernel.*(1000) |> ceil() |> Kernel.+(1)

  def start(tasks) do
    for _ <- 1..tasks//1 do
      Task.async(fn ->
        :counters.add(:persistent_term.get(:census), 1, 1)
        Process.sleep(@milliseconds)
        :counters.add(:persistent_term.get(:census), 2, 1)
      end)
    end
  end
end

[tasks, seconds | work] = System.argv()
tasks = String.to_integer(tasks)
if work != [], do: Code.require_file("work.exs", __DIR__)
census = :counters.new(2, [:atomics])
:persistent_term.put(:census, census)
IO.puts("idle")
IO.read(:line)
origin = if work != [], do: System.monotonic_time(:nanosecond)
all = Model.start(tasks)
# Each look is a millisecond after the one before.
Enum.find(Stream.interval(1), fn _ -> :counters.get(census, 1) == tasks end)
further = if work != [], do: Work.start(work, seconds, origin)
IO.puts("ready #{tasks - :counters.get(census, 2)}")
if further, do: Work.begin(work, further)
Task.await_many(all, :infinity)
if further, do: Work.tell(Task.await_many(further, :infinity))
IO.puts("done #{:counters.get(census, 2)}")
IO.read(:line)
