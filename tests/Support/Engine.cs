using Tests.Support.Containers;

namespace Tests.Support;

/// <summary>
/// A real engine that tests talk to: the address in TEST_KAFKA and its like, else a container where a Docker engine answers and has or can
/// pull the image, else one that the servers script starts.
/// </summary>
/// <remarks>Tests that need one are ignored with the reason when none can be had; in CI that is a failure.</remarks>
public static class Engine
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, IEngineServer> Shared = new(StringComparer.Ordinal);

    /// <summary>
    /// The address of an engine that all tests of this run share. Nobody breaks it; each test uses names of its own in it.
    /// </summary>
    /// <param name="name">kafka, mongo, redis or rabbitmq.</param>
    public static string Address(string name)
    {
        lock (Gate)
        {
            if (Environment.GetEnvironmentVariable($"TEST_{name.ToUpperInvariant()}") is { Length: > 0 } given)
            {
                return given;
            }

            if (!Shared.TryGetValue(name, out var server))
            {
                Shared[name] = server = Start(name, id: null, []);
            }

            return server.Uri;
        }
    }

    /// <summary>An engine of the test's own, to be paused, killed and restarted; the test disposes of it.</summary>
    /// <param name="name">kafka, mongo, redis, rabbitmq or toxiproxy.</param>
    /// <param name="more">Further options of the script.</param>
    public static OwnEngine StartOwn(string name, params string[] more)
    {
        lock (Gate)
        {
            return new OwnEngine(Start(name, Guid.NewGuid().ToString("N")[..8], more));
        }
    }

    /// <summary>Ends every engine that this run has started. Called once, at the end of the run.</summary>
    public static void WipeAll()
    {
        lock (Gate)
        {
            foreach (var server in Shared.Values)
            {
                server.Wipe();
            }

            Shared.Clear();
            ContainerServer.WipeAll();
            ScriptServer.WipeAll();
        }
    }

    private static IEngineServer Start(string name, string? id, string[] more)
    {
        // Several brokers and Toxiproxy are the script's alone: the brokers of a cluster have to reach each other by the addresses that
        // they tell clients, and Toxiproxy has to reach and to offer ports of this machine's loopback.
        if (more.Length == 0 && ContainerServer.TryStart(name) is { } container)
        {
            return container;
        }

        if (ScriptServer.Script is null)
        {
            Tools.Missing($"no {name}{(more.Length > 0 ? $" {string.Join(' ', more)}" : string.Empty)}: "
                + $"set TEST_{name.ToUpperInvariant()} to its address, start Docker, or put the servers script beside the checkout");
        }

        return ScriptServer.Start(name, id, more);
    }
}
