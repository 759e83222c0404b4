using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bench;

/// <summary>The service in a process of its own, on a data folder of its own, synced to disk.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("timers-bench-").FullName;
    private Process? process;

    public int Port { get; } = FreePort();

    public static async Task<ServiceProcess> StartNewAsync()
    {
        var service = new ServiceProcess();
        await service.StartAsync();
        return service;
    }

    /// <summary>A handler that does nothing, in the service's place.</summary>
    public static async Task<ServiceProcess> StartEmptyHandlerAsync()
    {
        var service = new ServiceProcess();
        await service.StartAsync(typeof(Ceilings).Assembly.Location, Ceilings.EmptyHandler, $"http://127.0.0.1:{service.Port}");
        return service;
    }

    public Task StartAsync() => StartAsync(
        typeof(Standalone.StandaloneMarker).Assembly.Location,
        "--urls", $"http://127.0.0.1:{Port}", "--Storage:Path", Path.Combine(folder, "data"));

    private async Task StartAsync(params string[] command)
    {
        process = Process.Start(new ProcessStartInfo("dotnet", command)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();

        using var http = new HttpClient();
        for (var i = 0; i < 1_000; i++)
        {
            try
            {
                using var ready = await http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health/ready"));
                if (ready.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(10);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
