using System.Diagnostics;

namespace Bench;

/// <summary>
/// What every slice of events is measured by: batches of a thousand over four connections, beside something else that takes as many; single
/// events over 64 connections, beside an empty handler.
/// </summary>
/// <param name="things">What the events are called.</param>
/// <param name="thing">The same for one of them.</param>
/// <param name="path">Where they are sent.</param>
/// <param name="make">Makes the next one, as JSON; each once, as a repetition costs less.</param>
internal sealed class EventRounds(string things, string thing, string path, Func<string> make)
{
    private const int Rounds = 5;
    private const int Count = 100_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    private int sent;

    /// <summary>Sends some, so that both sides are warm.</summary>
    public async Task WarmAsync(ServiceProcess service, int count)
    {
        await Load.SendBatchesAsync(service.Port, 4, Batches(count));
        sent += count;
    }

    /// <summary>Batches, in turns with something else that measures as many a second.</summary>
    public async Task BatchedAsync(ServiceProcess service, string other, Func<int, Task<double>> measureAsync)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        var used = new ProcessorUse(service);
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await measureAsync(Count);
            List<byte[]> batches = [.. Batches(Count)];
            var rate = await used.DuringAsync(async () =>
            {
                var watch = Stopwatch.StartNew();
                await Load.SendBatchesAsync(service.Port, 4, batches);
                return Count / watch.Elapsed.TotalSeconds;
            });
            rounds.Add((rate, ceiling));
        }

        sent += Count * Rounds;
        Figures.Beside($"{things} in batches of 1,000", other, rounds);
        used.Print(thing, Count * Rounds);
    }

    /// <summary>Batches, in turns with PostgreSQL, if there is a server.</summary>
    public async Task BesidePostgresAsync(ServiceProcess service, PostgresTable table, int warm)
    {
        if (PostgresInserts.Address is not { } address)
        {
            Figures.Print("  beside PostgreSQL", "left out: BENCH_POSTGRES names no server");
            return;
        }

        await using var postgres = await PostgresInserts.OpenAsync(address, table);
        await postgres.MeasureAsync(warm);
        await BatchedAsync(service, "PostgreSQL through Npgsql", postgres.MeasureAsync);
    }

    /// <summary>How much room each of those that were sent in batches takes.</summary>
    public void PrintStored(ServiceProcess service) =>
        Figures.Print("  stored", $"{service.StoredBytes() / (double)sent:N0} bytes {thing}, log included");

    /// <param name="service">The service.</param>
    /// <param name="empty">The empty handler.</param>
    /// <param name="requests">How many are made for a round, more than it takes.</param>
    public async Task SingleAsync(ServiceProcess service, ServiceProcess empty, int requests)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await Load.SendForAsync(empty.Port, 64, Time, [RawClient.Post("/api/v1/timers", make())]);
            var posts = Enumerable.Range(0, requests).Select(_ => RawClient.Post(path, make())).ToArray();
            var accepted = await Load.SendForAsync(service.Port, 64, Time, posts);
            rounds.Add((accepted / Time.TotalSeconds, ceiling / Time.TotalSeconds));
        }

        Figures.Beside($"{things}, 64 connections", "an empty handler", rounds);
    }

    /// <summary>How long reads take, one after the other.</summary>
    public static async Task ReadsAsync(ServiceProcess service, params (string Name, int Times, Func<int, string> Path)[] reads)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") };
        foreach (var (name, times, at) in reads)
        {
            var took = new List<double>();
            for (var i = 0; i < times; i++)
            {
                var watch = Stopwatch.StartNew();
                (await http.GetAsync(at(i))).EnsureSuccessStatusCode();
                took.Add(watch.Elapsed.TotalMilliseconds);
            }

            Figures.Lateness(name, [.. took.Order()]);
        }
    }

    /// <summary>Requests with a thousand events each.</summary>
    public IEnumerable<byte[]> Batches(int count) => Enumerable.Range(0, count / 1_000).Select(_ => RawClient.Post(
        path, string.Concat(Enumerable.Range(0, 1_000).Select(_ => make() + "\n")), "application/x-ndjson"));
}
