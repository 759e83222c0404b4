namespace Bench;

/// <summary>
/// 64 connections, one timer per request, due times spread over a month; alternates with an empty handler in the same web server (Kestrel).
/// </summary>
internal static class CreateScenario
{
    private const int Rounds = 5;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>Length of the warm-up, in which the JIT optimises the hot paths.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(15);

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        var requests = Load.Singles(10_000);
        Task<int> CreateAsync(ServiceProcess at, TimeSpan time) => Load.SendForAsync(at.Port, 64, time, requests);
        await CreateAsync(empty, Warm);
        await CreateAsync(service, Warm);

        var rounds = new List<(double Rate, double Ceiling)>();
        var (used, usedByEmpty) = (new ProcessorUse(service), new ProcessorUse(empty));
        var (count, emptyCount) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await usedByEmpty.DuringAsync(() => CreateAsync(empty, Time));
            var created = await used.DuringAsync(() => CreateAsync(service, Time));
            rounds.Add((created / Time.TotalSeconds, ceiling / Time.TotalSeconds));
            count += created;
            emptyCount += ceiling;
        }

        Figures.Beside("creates, 64 connections", "an empty handler", rounds);
        used.Print("a create", count);
        usedByEmpty.Print("the empty handler", emptyCount);
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }
}
