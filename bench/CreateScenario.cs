namespace Bench;

/// <summary>
/// 64 connections, one timer a request, due times spread over a month; in turn with an empty handler in the same Kestrel.
/// </summary>
internal static class CreateScenario
{
    private const int Rounds = 5;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>Until the compiler has done with what runs often.</summary>
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
