# SPDX-License-Identifier: GPL-3.0-or-later
defmodule Idiom do
  @milliseconds System.argv() |> Enum.at(1) |> Float.parse() |> elem(0) |> Kernel.*(1000) |> round()

  def run(tasks) do
    IO.puts("tasks: #{tasks}")
    all = for _ <- 1..tasks, do: Task.async(fn -> Process.sleep(@milliseconds) end)
    Task.await_many(all, :infinity)
  end
end

System.argv() |> hd() |> String.to_integer() |> Idiom.run()
