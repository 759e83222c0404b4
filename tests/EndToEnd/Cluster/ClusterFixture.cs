using System.Net;
using System.Net.Http.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>What a test of the shared cluster finds: all of it running, and a receiver of its own.</summary>
public abstract class ClusterFixture
{
    protected const string Timers = "/api/v1/timers";

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected Support.Cluster Cluster { get; private set; } = null!;

    protected Receiver Receiver { get; private set; } = null!;

    protected HttpClient Http => Cluster.Http;

    [OneTimeSetUp]
    public async Task Start() => Cluster = await SharedCluster.GetAsync();

    [SetUp]
    public async Task Revive()
    {
        await Cluster.ReviveAsync();
        Receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task Tell()
    {
        await Receiver.DisposeAsync();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            await TestContext.Out.WriteLineAsync(Cluster.Output());
        }
    }

    /// <summary>A client of both Producers, in turn.</summary>
    protected Journal NewJournal() => new([.. Cluster.Producers.Select(producer => producer.Http)]);

    protected void Check(string fault, Journal journal, params Fault[] faults) =>
        FaultReport.Check(fault, "cluster", Math.Max(1, faults.Length), journal.Evidence(Receiver, faults));

    /// <summary>A timer for the present moment fires.</summary>
    protected async Task FiresAsync()
    {
        var path = $"/{Guid.NewGuid():N}";
        await Eventually.That(
            async () => await PostAsync(new { url = Receiver.At(path), delay = "PT0S" }) == HttpStatusCode.Accepted, Patience, "a timer is accepted");
        await Eventually.That(() => Receiver.Journal.Any(arrival => arrival.Path == path), Patience, "it fires");
    }

    protected async Task<HttpStatusCode> PostAsync(object request, int producer = 0)
    {
        using var answer = await Cluster.Producers[producer].Http.PostAsJsonAsync(Timers, request);
        return answer.StatusCode;
    }
}
