using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Tests.Support.Containers;

/// <summary>The Docker engine of this machine, probed once; one on another machine is not used, since tests connect to loopback.</summary>
/// <remarks>
/// Does what Testcontainers does not offer: finds out without delay whether there is an engine at all and whether it has an image, and
/// kills and restarts a container. https://docs.docker.com/reference/api/engine/
/// </remarks>
internal sealed class LocalDocker : IDisposable
{
    /// <summary>Label that names the run of a container: the test process's id.</summary>
    public const string RunLabel = "timers.test-run";

    private const string DefaultSocket = "/var/run/docker.sock";
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time-outs. A registry that does not respond must not slow a run down; one that does may take its time with the layers.
    /// </summary>
    private static readonly TimeSpan Registry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pull = TimeSpan.FromMinutes(5);
    private static readonly Lazy<LocalDocker?> Found = new(Find);

    private readonly HttpClient http;
    private readonly Dictionary<string, bool> images = new(StringComparer.Ordinal);

    private LocalDocker(string socket) => http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stopping) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), stopping);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://docker/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Null if none answers.</summary>
    public static LocalDocker? Instance => Found.Value;

    /// <summary>The newest API version that it supports.</summary>
    public string ApiVersion { get; private set; } = string.Empty;

    /// <summary>Path of its socket; null if DOCKER_HOST names something else.</summary>
    public static string? SocketOf(string? host) => host switch
    {
        null or "" => DefaultSocket,
        _ when host.StartsWith("unix://", StringComparison.Ordinal) => host["unix://".Length..],
        _ => null,
    };

    /// <summary>Connects to it; null if nothing answers within two seconds.</summary>
    public static LocalDocker? Connect(string? socket)
    {
        if (!File.Exists(socket))
        {
            return null;
        }

        var docker = new LocalDocker(socket);
        try
        {
            using var limit = new CancellationTokenSource(Answer);
            var version = docker.http.GetFromJsonAsync<JsonElement>(new Uri("version", UriKind.Relative), limit.Token)
                .GetAwaiter().GetResult();
            docker.ApiVersion = version.GetProperty(nameof(ApiVersion)).GetString()!;
            return docker;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or JsonException)
        {
            docker.Dispose();
            return null;
        }
    }

    /// <summary>Whether it has an image, or can pull it now. Tried once per image.</summary>
    public bool HasOrPulls(string image)
    {
        lock (images)
        {
            if (!images.TryGetValue(image, out var has))
            {
                images[image] = has = HasOrPullsAsync(image).GetAwaiter().GetResult();
            }

            return has;
        }
    }

    /// <summary>Acts on a container: kill, pause, unpause, start, or stop.</summary>
    public void Do(string verb, string container)
    {
        using var answer = http.PostAsync(new Uri($"containers/{container}/{verb}", UriKind.Relative), content: null)
            .GetAwaiter().GetResult();

        // A conflict means that it is not running, or not paused: then there is nothing to do, as with the script.
        Assert.That(answer.IsSuccessStatusCode
            || answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.Conflict, Is.True, $"{verb}: {answer}");
    }

    /// <summary>Removes the containers of runs that did not finish.</summary>
    public void RemoveLeft()
    {
        var ours = Uri.EscapeDataString($$"""{"label":["{{RunLabel}}"]}""");
        var containers = http.GetFromJsonAsync<JsonElement>(new Uri($"containers/json?all=true&filters={ours}", UriKind.Relative))
            .GetAwaiter().GetResult();
        foreach (var container in containers.EnumerateArray().Where(
            container => HasEnded(container.GetProperty("Labels").GetProperty(RunLabel).GetString()!)))
        {
            using var answer = http.DeleteAsync(
                new Uri($"containers/{container.GetProperty("Id").GetString()}?force=true&v=true", UriKind.Relative))
                .GetAwaiter().GetResult();
        }
    }

    public void Dispose() => http.Dispose();

    private static bool HasEnded(string run) => !Directory.Exists($"/proc/{run}");

    private static LocalDocker? Find() => Connect(SocketOf(Environment.GetEnvironmentVariable("DOCKER_HOST")));

    private async Task<bool> HasOrPullsAsync(string image)
    {
        using (var known = await http.GetAsync(new Uri($"images/{image}/json", UriKind.Relative)))
        {
            if (known.IsSuccessStatusCode)
            {
                return true;
            }
        }

        try
        {
            // The first line comes when the registry has answered; an error is a line, too.
            using var registry = new CancellationTokenSource(Registry);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"images/create?fromImage={Uri.EscapeDataString(image)}");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, registry.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return false;
            }

            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(registry.Token));
            var line = await lines.ReadLineAsync(registry.Token);
            using var pull = new CancellationTokenSource(Pull);
            while (line is not null && !line.Contains("\"error\"", StringComparison.Ordinal))
            {
                line = await lines.ReadLineAsync(pull.Token);
            }

            return line is null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
