# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a work: further tasks beside those that sleep. work.sh has read the work.
defmodule Work do
  def run([tasks, seconds | work]) do
    tasks = String.to_integer(tasks)
    census = :persistent_term.get(:census)
    IO.puts("idle")
    IO.read(:line)
    origin = now()
    all = Model.start(tasks)
    Model.await_started(tasks)
    further = start(work, seconds, origin)
    IO.puts("ready #{tasks - :counters.get(census, 2)}")
    begin(work, further)
    Task.await_many(all, :infinity)
    tell(Task.await_many(further, :infinity))
    IO.puts("done #{:counters.get(census, 2)}")
    IO.read(:line)
  end

  # Returns the tasks once all have started. The origin is the moment before the first task that sleeps.
  defp start([kind | numbers], seconds, origin) do
    numbers = Enum.map(numbers, &String.to_integer/1)
    {seconds, _} = Float.parse(seconds)
    starter = self()

    live =
      case {kind, numbers} do
        {"beat", [_, period]} -> beat(period, now(), origin + round(seconds * 1.0e9), hd(numbers))
        {"pass", [size, messages, _]} -> fn _ -> await_successor(size, messages) end
      end

    tasks =
      for place <- 0..(hd(numbers) - 1) do
        Task.async(fn ->
          send(starter, :started)
          live.(place)
        end)
      end

    for _ <- tasks, do: receive(do: (:started -> :ok))
    if kind == "pass", do: join_in_a_ring(tasks, numbers)
    tasks
  end

  defp begin(["pass", _, messages, _], [first | _]) do
    IO.read(:line) # the clocks were read
    send(first.pid, String.to_integer(messages))
  end

  defp begin(["beat" | _], _), do: :ok

  # What probes returned is how often they were late, by the least lateness of a bucket in nanoseconds.
  defp tell(results) do
    results
    |> Enum.reduce(fn late, all -> Map.merge(all, late, fn _, a, b -> a + b end) end)
    |> Enum.sort()
    |> Enum.each(fn {bucket, count} -> IO.puts("late #{bucket} #{count}") end)
  end

  defp now, do: System.monotonic_time(:nanosecond)

  # --- beat ---

  defp beat(period, epoch, ending, probes) do
    fn place ->
      due = epoch + div(place * period, probes) + period
      over = now() - due
      due = if over >= 0, do: due + (div(over, period) + 1) * period, else: due
      wake(due, period, ending, %{})
    end
  end

  # Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others.
  defp wake(due, _, ending, late) when due >= ending, do: late

  defp wake(due, period, ending, late) do
    left = due - now()
    # A timer's clock ticks in milliseconds.
    if left > 0, do: Process.sleep(div(left + 999_999, 1_000_000))
    wake(due + period, period, ending, Map.update(late, least_of_bucket(now() - due), 1, &(&1 + 1)))
  end

  # Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
  # each number below 16. Those that are early, below 0, mirror them.
  defp least_of_bucket(lateness) do
    width = width_of_bucket(abs(lateness), 1)
    least = div(abs(lateness), width) * width
    if lateness < 0, do: -(least + width - 1), else: least
  end

  defp width_of_bucket(magnitude, width) when magnitude < 16 * width, do: width
  defp width_of_bucket(magnitude, width), do: width_of_bucket(magnitude, 2 * width)

  # --- pass ---

  defp join_in_a_ring(tasks, [size, _, step]) do
    places = List.to_tuple(tasks)
    for {task, place} <- Enum.with_index(tasks), do: send(task.pid, {:successor, elem(places, rem(place + step, size)).pid})
  end

  defp await_successor(size, messages) do
    receive do
      {:successor, successor} -> pass(successor, size, messages)
    end
  end

  # The token is how many messages are left. From 0 on it is the end, which each place passes on but the last, the one that had
  # the last message.
  defp pass(successor, size, messages) do
    receive do
      token ->
        if token == 1 do
          IO.puts("passed #{messages}")
          IO.read(:line)
        end

        if token > 1 - size, do: send(successor, token - 1)
        if token > 0, do: pass(successor, size, messages), else: %{}
    end
  end
end

Work.run(System.argv())
System.halt(0)
