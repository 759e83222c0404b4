using System.Diagnostics;

namespace Bench;

/// <summary>
/// The published program: from the start of a process to its first overdue webhook, in turn with an empty ASP.NET Core app and its first
/// answer; and how late the first timer of a fresh process is. With engines, the three programs of a cluster, until they are ready.
/// </summary>
internal static class StartScenario
{
    private const int Rounds = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        var build = await PublishAsync("Standalone");
        try
        {
            var empty = new List<double>();
            var overdue = new List<double>();
            var first = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                empty.Add(await EmptyAsync());
                overdue.Add(await OverdueAsync(build));
                first.Add(await FirstTimerAsync(build));
            }

            Figures.Rounds("start to the first overdue webhook", " ms", overdue);
            Figures.Rounds("  an empty app, to its first answer", " ms", empty);
            Figures.Times("  the one beside the other", overdue.Zip(empty, (one, other) => one / other));
            var sorted = first.Order().ToArray();
            Figures.Lateness("the first timer of a fresh process", sorted);
        }
        finally
        {
            Directory.Delete(build, recursive: true);
        }

        if (ClusterEngines.Missing is { } missing)
        {
            Figures.Print("  starts on a cluster", $"left out: {missing} names no engine");
            return;
        }

        foreach (var program in new[] { "Consumer", "Producer", "Runner" })
        {
            await ClusterAsync(program);
        }
    }

    /// <summary>From the start of a process until it is ready, with its engines up and the others of its installation gone.</summary>
    private static async Task ClusterAsync(string program)
    {
        var build = await PublishAsync(program);
        try
        {
            // The first one creates topics, collections and indexes.
            await using (await ServiceProcess.StartBuildAsync(build, program, ClusterEngines.Settings("start")))
            {
            }

            var empty = new List<double>();
            var ready = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                empty.Add(await EmptyAsync());
                await using var service = await ServiceProcess.StartBuildAsync(build, program, ClusterEngines.Settings("start"));
                ready.Add(service.StartTime.TotalMilliseconds);
            }

            Figures.Rounds($"{program}, start to ready", " ms", ready);
            Figures.Times("  beside an empty app's first answer", ready.Zip(empty, (one, other) => one / other));
        }
        finally
        {
            Directory.Delete(build, recursive: true);
        }
    }

    /// <summary>Publishes a program as an image does.</summary>
    /// <returns>The folder; the caller deletes it.</returns>
    private static async Task<string> PublishAsync(string program)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Timers.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The bench must run inside the checkout.");
        }

        var folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(root.FullName, program), "--configuration", "Release", "--output", folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? folder : throw new InvalidOperationException(output);
    }

    private static async Task<double> EmptyAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        return empty.StartTime.TotalMilliseconds;
    }

    /// <summary>A process that finds a timer that fell due while none ran.</summary>
    private static async Task<double> OverdueAsync(string build)
    {
        using var receiver = new BenchReceiver();
        await using var service = await ServiceProcess.StartBuildAsync(build, "Standalone");
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(700);
        await Load.CreateBatchesAsync(service.Port, 1, 1, _ => Load.Timer(receiver.Url, due));
        await service.StopAsync();
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > due.AddMilliseconds(200), Limit);

        await service.StartAsync();
        await Load.WaitForAsync(() => receiver.Count == 1, Limit);
        return (receiver.First - service.StartedAt).TotalMilliseconds;
    }

    private static async Task<double> FirstTimerAsync(string build)
    {
        using var receiver = new BenchReceiver();
        await using var service = await ServiceProcess.StartBuildAsync(build, "Standalone");
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(500);
        await Load.CreateBatchesAsync(service.Port, 1, 1, _ => Load.Timer(receiver.Url, due));
        await Load.WaitForAsync(() => receiver.Count == 1, Limit);
        return receiver.Lateness()[0];
    }
}
