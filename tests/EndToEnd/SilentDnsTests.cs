using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A DNS server that never answers delays those that need it, and nobody else.</summary>
[NonParallelizable]
[Category(FaultReport.Category)]
public sealed class SilentDnsTests
{
    private const int Names = 40;
    private const int Others = 400;

    /// <summary>Nobody else's: all of 127.0.0.0/8 is this machine.</summary>
    private static readonly IPAddress Server = IPAddress.Parse("127.53.53.53");

    [Test]
    public async Task Timers_to_names_that_nobody_resolves_leave_others_on_time_and_creates_answered()
    {
        using var silent = Listen();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("resolv.conf"), $"nameserver {Server}\n");
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(wait: true, Launcher(folder.File("resolv.conf")));
        var rounds = Rounds.Cluster;
        var journal = new Journal(standalone.Http);
        for (var round = 0; round < rounds; round++)
        {
            var due = TimeProvider.System.GetUtcNow().AddSeconds(2);
            var number = round;
            var lost = Enumerable.Range(0, Names).Select(
                i => new { url = $"http://r{number}h{i}.example.test/hook", dueAt = due.AddMilliseconds(i) });
            using var created = await standalone.Http.PostAsJsonAsync("/api/v1/timers/batch", lost);
            Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created));

            // Created one by one while look-ups hang, and due all along.
            for (var i = 0; i < Others; i++)
            {
                await journal.CreateAsync(new { url = receiver.At("/hook"), dueAt = due.AddMilliseconds(10 * i) });
            }

            await journal.DeliveredAsync(receiver, TimeSpan.FromSeconds(30));
        }

        FaultReport.Check("(19) silent DNS server", "embedded", rounds, journal.Evidence(receiver));
        Assert.That(silent.Available, Is.Positive, "somebody asked it");
    }

    /// <summary>Takes questions and never answers.</summary>
    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(Server, 53));
        }
        catch (SocketException error)
        {
            socket.Dispose();
            Tools.Missing($"Port 53 ({error.Message})");
        }

        return socket;
    }

    /// <summary>Starts a program that asks this server instead of the machine's.</summary>
    private static string[] Launcher(string resolver)
    {
        string[] launcher = ["unshare", "--mount", "sh", "-c", $"mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh"];
        var (exitCode, output) = Tools.Exists("unshare") ? Tools.Run(launcher[0], [.. launcher[1..], "true"]) : (1, "there is no unshare");
        if (exitCode != 0)
        {
            Tools.Missing($"Another resolv.conf for one program ({output.Trim()})");
        }

        return launcher;
    }
}
