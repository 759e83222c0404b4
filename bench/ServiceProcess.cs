using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Bench;

/// <summary>A program in its own process, with its own data folder.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    /// <summary>The log line in which the service says that it starts to poll for due timers (docs/telemetry.md).</summary>
    private const string Firing = "ClaimGate[3003]";

    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private readonly string[] command;
    private Process? process;
    private DateTimeOffset? firingSince;

    private ServiceProcess(params string[] command) => this.command = [.. command, "--urls", $"http://127.0.0.1:{Port}"];

    public int Port { get; } = FreePort();

    public int Id => process!.Id;

    /// <summary>When the current process was started.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>How long the current process took from its start to its first answer, within 2 ms.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>When the current process logged that it started to poll for due timers.</summary>
    public DateTimeOffset FiringSince => firingSince ?? throw new InvalidOperationException("It has not said so.");

    /// <summary>What is published brings its own runtime and starts by itself.</summary>
    private bool IsPublished => File.Exists(Path.Combine(Path.GetDirectoryName(command[0])!, "libcoreclr.so"));

    private string Host => IsPublished ? Path.ChangeExtension(command[0], null) : "dotnet";

    private string[] Arguments => IsPublished ? command[1..] : command;

    /// <summary>Starts the whole service in one process, synced to disk.</summary>
    public static Task<ServiceProcess> StartNewAsync() => StartProgramAsync("Standalone");

    /// <summary>Starts one of the programs, as built along with the bench.</summary>
    public static Task<ServiceProcess> StartProgramAsync(string program, params string[] settings) =>
        StartBuildAsync(AppContext.BaseDirectory, program, settings);

    /// <summary>Starts one of the programs of a build.</summary>
    /// <param name="build">Output folder of that build's bench.</param>
    /// <param name="program">Name of the program.</param>
    /// <param name="settings">Arguments for it.</param>
    public static async Task<ServiceProcess> StartBuildAsync(string build, string program, params string[] settings)
    {
        var service = new ServiceProcess([Path.Combine(build, $"{program}.dll"), .. settings]);
        await service.StartAsync();
        return service;
    }

    /// <summary>Starts a handler that does nothing, in place of the service.</summary>
    public static async Task<ServiceProcess> StartEmptyHandlerAsync()
    {
        var service = new ServiceProcess(typeof(Ceilings).Assembly.Location, Ceilings.EmptyHandler);
        await service.StartAsync();
        return service;
    }

    public async Task StartAsync()
    {
        firingSince = null;
        using var http = new HttpClient();
        StartedAt = TimeProvider.System.GetUtcNow();
        process = Process.Start(new ProcessStartInfo(Host, [.. Arguments, "--Storage:Path", Path.Combine(folder, "data")])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        for (var i = 0; i < 5_000; i++)
        {
            try
            {
                using var ready = await http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health/ready"));
                if (ready.IsSuccessStatusCode)
                {
                    StartTime = TimeProvider.System.GetUtcNow() - StartedAt;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not ready yet.
            }

            await Task.Delay(2);
        }

        throw new InvalidOperationException("The service did not start.");
    }

    public long ResidentBytes()
    {
        process!.Refresh();
        return process.WorkingSet64;
    }

    public TimeSpan ProcessorTime()
    {
        process!.Refresh();
        return process.TotalProcessorTime;
    }

    public long StoredBytes() => new DirectoryInfo(Path.Combine(folder, "data")).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Suspends the process until it is resumed or killed; completes when all of its threads have stopped.</summary>
    /// <remarks>
    /// A thread limited to part of a core stops only when it is next scheduled: some took 0.4 s, and claimed timers meanwhile.
    /// </remarks>
    public Task PauseAsync()
    {
        Signal("STOP");
        return Load.WaitForAsync(() => Directory.EnumerateDirectories($"/proc/{Id}/task").All(IsStopped), TimeSpan.FromSeconds(10));
    }

    public void Resume() => Signal("CONT");

    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Judges by the thread's state, which follows the name in parentheses (proc(5)).</summary>
    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[stat.LastIndexOf(')')..].StartsWith(") T", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The thread has just ended; the next poll does not find it.
            return false;
        }
    }

    private void Note(string? line)
    {
        if (line?.Contains(Firing, StringComparison.Ordinal) == true)
        {
            firingSince = DateTimeOffset.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
