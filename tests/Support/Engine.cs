using Tests.Support.Containers;

namespace Tests.Support;

/// <summary>
/// A real engine that tests connect to: at the address in TEST_KAFKA and the like, else in a container if a Docker engine answers and has
/// or can pull the image, else started by the servers script.
/// </summary>
/// <remarks>Tests that need an engine are ignored, with the reason, if none is available; in CI that is a failure.</remarks>
public static class Engine
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, IEngineServer> Shared = new(StringComparer.Ordinal);

    /// <summary>The address of an engine that all tests of this run share. No test breaks it; each uses its own names in it.</summary>
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

    /// <summary>An engine for this test alone, to be paused, killed and restarted; the test disposes of it.</summary>
    /// <param name="name">kafka, mongo, redis, rabbitmq or toxiproxy.</param>
    /// <param name="more">Further options of the script.</param>
    public static OwnEngine StartOwn(string name, params string[] more)
    {
        lock (Gate)
        {
            return new OwnEngine(Start(name, Guid.NewGuid().ToString("N")[..8], more));
        }
    }

    /// <summary>Stops every engine that this run has started. Called once, at the end of the run.</summary>
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
        // Only the script provides several brokers and Toxiproxy: the brokers of a cluster must reach each other at the addresses that they
        // tell clients, and Toxiproxy must reach and open ports on this machine's loopback.
        if (more.Length == 0 && ContainerServer.TryStart(name) is { } container)
        {
            return container;
        }

        if (ScriptServer.Script is null)
        {
            Tools.Missing($"{name}{(more.Length > 0 ? $" {string.Join(' ', more)}" : string.Empty)} ("
                + (more.Length > 0 || !ContainerImages.Has(name)
                    ? "only the servers script starts it: name the script in TEST_SERVERS)"
                    : $"set TEST_{name.ToUpperInvariant()} to its address, start Docker, or name the servers script in TEST_SERVERS)"));
        }

        return ScriptServer.Start(name, id, more);
    }
}
