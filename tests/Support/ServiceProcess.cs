using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Tests.Support;

/// <summary>One of the real programs in its own process, to be stopped, killed and restarted.</summary>
public partial class ServiceProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;

    private readonly string folder;
    private readonly string assembly;
    private readonly string[] arguments;
    private readonly int port = Ports.Take();
    private readonly ConcurrentQueue<string> output = new();
    private Process? process;

    /// <param name="assembly">The program.</param>
    /// <param name="arguments">Further arguments, such as settings.</param>
    public ServiceProcess(string assembly, params string[] arguments)
    {
        this.assembly = assembly;
        this.arguments = arguments;
        folder = Directory.CreateTempSubdirectory("timers-test-").FullName;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public string Folder => folder;

    public string Output => string.Join('\n', output);

    public int Id => process!.Id;

    public bool HasExited => process is null || process.HasExited;

    public int ExitCode => process!.ExitCode;

    /// <summary>A program's assembly, built along with the tests.</summary>
    public static string AssemblyOf(string program) => Path.Combine(TestContext.CurrentContext.TestDirectory, $"{program}.dll");

    /// <summary>Starts it, or restarts it on the same data, and waits until it serves.</summary>
    public async Task StartAsync(bool wait = true, params string[] launcher)
    {
        string[] command =
        [
            .. launcher, "dotnet", assembly, "--urls", $"http://127.0.0.1:{port}", "--Storage:Path", Path.Combine(folder, "data"),
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (wait)
        {
            await ReadyAsync();
        }
    }

    public Task ReadyAsync() => Eventually.That(
        async () =>
        {
            Assert.That(HasExited, Is.False, () => $"The program has ended:\n{Output}");
            try
            {
                using var answer = await Http.GetAsync("/health/ready");
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(90),
        () => $"the program serves\n{Output}");

    /// <summary>Waits until it has ended by itself and all of its output has been read, which happens a little later.</summary>
    public async Task ExitedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process!.WaitForExitAsync(limit.Token);
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => SignalAsync(Kill);

    /// <summary>Sends SIGTERM, and waits for the end.</summary>
    public Task TerminateAsync() => SignalAsync(Terminate);

    /// <summary>Sends SIGTERM to the program behind a tracer, which ends with it.</summary>
    public async Task TerminateTracedAsync()
    {
        var children = await File.ReadAllTextAsync($"/proc/{process!.Id}/task/{process.Id}/children");
        _ = SendSignal(int.Parse(children.Split(' ')[0]), Terminate);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
    }

    public void Signal(int signal) => _ = SendSignal(process!.Id, signal);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
        Http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task SignalAsync(int signal)
    {
        Signal(signal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process!.WaitForExitAsync(limit.Token);
    }

    private void Keep(string? line)
    {
        if (line is not null && output.Count < 1_000)
        {
            output.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
