using System.Net;
using System.Net.Http.Json;

namespace Tests.Support;

/// <summary>Connections between services and engines that can be cut, slowed down and left half-open.</summary>
/// <remarks>
/// Programs reach an engine through it without knowing: a library that overrides libc's <c>connect</c> changes the port. Kafka tells its
/// clients its own address, so an address in a connection string would not be enough.
/// </remarks>
public sealed class Toxiproxy : IAsyncDisposable
{
    private const string Redirect = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <netinet/in.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        int connect(int socket, const struct sockaddr *to, socklen_t size)
        {
            static int (*real)(int, const struct sockaddr *, socklen_t);
            if (!real) real = dlsym(RTLD_NEXT, "connect");
            struct sockaddr_storage there;
            if (size > sizeof there || (to->sa_family != AF_INET && to->sa_family != AF_INET6)) return real(socket, to, size);
            memcpy(&there, to, size);
            in_port_t *port = to->sa_family == AF_INET
                ? &((struct sockaddr_in *)&there)->sin_port : &((struct sockaddr_in6 *)&there)->sin6_port;
            for (const char *at = getenv("TEST_REDIRECT"); at && *at; at = strchr(at, ','), at = at ? at + 1 : at)
            {
                int from, into;
                if (sscanf(at, "%d:%d", &from, &into) == 2 && ntohs(*port) == from) { *port = htons(into); break; }
            }
            return real(socket, (struct sockaddr *)&there, size);
        }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly OwnEngine engine;
    private readonly HttpClient http;
    private readonly Dictionary<string, (int From, int Into)> ports = [];
    private string[] launcher = [];

    private Toxiproxy()
    {
        engine = Engine.StartOwn("toxiproxy");
        http = new HttpClient { BaseAddress = new Uri(engine.Uri) };
    }

    /// <summary>The command to start a program with, so that its connections go through the proxy.</summary>
    public IReadOnlyList<string> Launcher => launcher;

    /// <param name="lines">Names of the connections, and the ports that they lead to.</param>
    public static async Task<Toxiproxy> StartAsync(params (string Name, int Port)[] lines)
    {
        var proxy = new Toxiproxy();
        var library = await Preloaded.CompileAsync(proxy.folder, Redirect);
        foreach (var (name, port) in lines)
        {
            proxy.ports[name] = (port, Ports.Take());
            await proxy.PostAsync("proxies", proxy.ProxyOf(name));
        }

        var redirections = string.Join(',', proxy.ports.Values.Select(line => $"{line.From}:{line.Into}"));
        proxy.launcher = ["env", $"LD_PRELOAD={library}", $"TEST_REDIRECT={redirections}"];
        return proxy;
    }

    /// <summary>Whether a process has a connection to each engine, and all of them go through the proxy.</summary>
    public bool CarriesAll(ServiceProcess process)
    {
        var connected = Sockets.PortsOf(process.Id);
        return ports.Values.All(line => connected.Contains(line.Into) && !connected.Contains(line.From));
    }

    /// <summary>Whether a process has a connection that goes through the proxy.</summary>
    public bool Carries(string line, ServiceProcess process) => Sockets.PortsOf(process.Id).Contains(ports[line].Into);

    /// <summary>Resets the open connections and refuses new ones.</summary>
    public Task CutAsync(string line) => UntilAnsweredAsync(
        () => http.PostAsJsonAsync($"proxies/{line}", new { enabled = false }), answer => answer.IsSuccessStatusCode);

    /// <summary>Delays each packet, in both directions.</summary>
    public async Task SlowAsync(string line, int milliseconds)
    {
        foreach (var stream in new[] { "upstream", "downstream" })
        {
            await PostAsync($"proxies/{line}/toxics", new
            {
                name = stream,
                type = "latency",
                stream,
                attributes = new { latency = milliseconds, jitter = milliseconds / 4 },
            });
        }
    }

    /// <summary>Swallows everything, in both directions, and closes nothing.</summary>
    public async Task HalfOpenAsync(string line)
    {
        foreach (var stream in new[] { "upstream", "downstream" })
        {
            await PostAsync($"proxies/{line}/toxics", new { name = stream, type = "timeout", stream, attributes = new { timeout = 0 } });
        }
    }

    /// <summary>Restores the connection. Swallowed data is gone, so half-open connections are closed.</summary>
    /// <remarks>
    /// By a new proxy in the old one's place: removing a toxic waits until all that it holds has gone through, which never happens when
    /// one end no longer reads.
    /// </remarks>
    public async Task MendAsync(string line)
    {
        await UntilAnsweredAsync(
            () => http.DeleteAsync(new Uri($"proxies/{line}", UriKind.Relative)),
            answer => answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound);
        await UntilAnsweredAsync(
            () => http.PostAsJsonAsync("proxies", ProxyOf(line)),
            answer => answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict);
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        engine.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private object ProxyOf(string line) => new
    {
        name = line,
        listen = $"127.0.0.1:{ports[line].Into}",
        upstream = $"127.0.0.1:{ports[line].From}",
        enabled = true,
    };

    /// <summary>Toxiproxy abandons a request to itself after a while when the machine is busy; these requests can be repeated.</summary>
    private static Task UntilAnsweredAsync(Func<Task<HttpResponseMessage>> send, Func<HttpResponseMessage, bool> isDone) => Eventually.That(
        async () =>
        {
            using var answer = await send();
            return isDone(answer);
        },
        TimeSpan.FromMinutes(2),
        "the proxy has done it");

    private async Task PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        Assert.That(answer.IsSuccessStatusCode, Is.True, await answer.Content.ReadAsStringAsync());
    }
}
