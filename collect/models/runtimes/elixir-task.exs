# SPDX-License-Identifier: GPL-3.0-or-later
# A Task of Elixir, a process of the Erlang machine, that sleeps in Process.sleep and is awaited by Task.await_many.
#
# Each task counts itself in and out. It captures nothing for that, since what a function captures is copied into each process:
# the time is a constant of the module, which is compiled when the script runs, and the counters are a persistent term.
#
# Compiling is part of the baseline, and so is what is evaluated: works have all of theirs in work.exs.
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

  def await_started(tasks) do
    if :counters.get(:persistent_term.get(:census), 1) < tasks do
      Process.sleep(1)
      await_started(tasks)
    end
  end
end

tasks = System.argv() |> hd() |> String.to_integer()
census = :counters.new(2, [:atomics])
:persistent_term.put(:census, census)
if length(System.argv()) > 2, do: Code.require_file("work.exs", __DIR__) # and that is all
IO.puts("idle")
IO.read(:line)
all = Model.start(tasks)
Model.await_started(tasks)
IO.puts("ready #{tasks - :counters.get(census, 2)}")
Task.await_many(all, :infinity)
IO.puts("done #{:counters.get(census, 2)}")
IO.read(:line)
