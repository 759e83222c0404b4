using System.Diagnostics.Metrics;
using Infrastructure.Hosting;

namespace Runner.Timers.Receivers;

/// <summary>Shortages of this process: told in the log, as a metric and in readiness, since timers are late because of them.</summary>
internal sealed partial class Shortages : ReadinessCheck
{
    /// <summary>How long readiness remembers one, and how long the log says nothing more of it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly Counter<long> counter;
    private readonly Meter meter;
    private readonly TimeProvider time;
    private readonly ILogger<Shortages> logger;
    private readonly long[] seen = new long[Enum.GetValues<Shortage>().Length];

    public Shortages(IMeterFactory meters, TimeProvider time, ILogger<Shortages> logger)
    {
        this.time = time;
        this.logger = logger;
        meter = meters.Create(MeterName);
        counter = meter.CreateCounter<long>(
            "timers.shortages", "{timer}", "Timers handed back unsent because this process lacked something, by resource.");
    }

    public const string MeterName = "timers.receivers";

    /// <summary>Its name in messages and metrics.</summary>
    public static string NameOf(Shortage shortage) => shortage switch
    {
        Shortage.Lookups => "threads for name look-ups",
        Shortage.Connections => "connections to receivers",
        Shortage.Secrets => "signing secrets that it can decrypt",
        Shortage.Proxy => "an egress proxy that answers",
        Shortage.Credentials => "keys to decrypt timers' credentials with",
        _ => "file descriptors",
    };

    /// <summary>A timer is handed back because of it.</summary>
    public void Report(Shortage shortage)
    {
        counter.Add(1, new KeyValuePair<string, object?>("resource", shortage switch
        {
            Shortage.Lookups => "lookups",
            Shortage.Connections => "connections",
            Shortage.Secrets => "secrets",
            Shortage.Proxy => "proxy",
            Shortage.Credentials => "credentials",
            _ => "descriptors",
        }));
        var now = time.GetTimestamp();
        var before = Interlocked.Exchange(ref seen[(int)shortage], now);
        if (before == 0 || time.GetElapsedTime(before, now) > Remembered)
        {
            LogShortage(NameOf(shortage));
        }
    }

    /// <inheritdoc />
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        var recent = Enum.GetValues<Shortage>().Where(shortage => Volatile.Read(ref seen[(int)shortage]) is var at and > 0
            && time.GetElapsedTime(at) <= Remembered).Select(NameOf).ToList();
        return Task.FromResult(recent.Count == 0
            ? null
            : $"Webhooks are late: this process is short of {string.Join(" and ", recent)}.");
    }

    [LoggerMessage(3105, LogLevel.Warning, "This process is short of {Resource}: timers are handed back unsent and sent later")]
    private partial void LogShortage(string resource);
}
