using Contracts.Common;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class TimerStoreContract
{
    private IDestinationLoads Loads => (IDestinationLoads)Store;

    [Test]
    public async Task CountAsync_of_a_destination_counts_the_tenants_timers_of_the_span_by_scheme_host_and_port()
    {
        await Store.AddAsync(
            [
                .. Calling("http://127.0.0.1:2/hook", 0),
                .. Calling("http://127.0.0.1:2/other?x=1", 59_999),
                .. Calling("http://127.0.0.1:2/hook", 60_000),
                .. Calling("http://127.0.0.1:2/hook", -1),
                .. Calling("http://127.0.0.1:3/hook", 30_000),
                .. Calling("https://127.0.0.1:2/hook", 30_000),
                .. Calling("http://LOCALHOST:2/hook", 30_000),
            ],
            default);
        await Store.AddAsync(
            [new(ATimer.New().OwnedBy("acme", "own").Build(), LogPosition.None) { Tenant = "acme" }], default);

        var load = await Loads.CountAsync(Span("http://127.0.0.1:2/"), default);

        Assert.That((load.AtDestination, load.OfTenant, load.IsComplete), Is.EqualTo((2, 5, true)));
        Assert.That((await Loads.CountAsync(Span("http://localhost:2/"), default)).AtDestination, Is.EqualTo(1));
        Assert.That((await Loads.CountAsync(Span("http://127.0.0.1:2/") with { Tenant = "acme" }, default)).OfTenant, Is.EqualTo(1));
        Assert.That((await Loads.CountAsync(Span("http://127.0.0.1:2/") with { Tenant = "nobody" }, default)).OfTenant, Is.Zero);
    }

    [Test]
    public async Task CountAsync_of_a_destination_counts_what_is_due_in_a_year_too()
    {
        var year = TimeSpan.FromDays(365);
        await Store.AddAsync([.. Calling("http://127.0.0.1:2/", (int)TimeSpan.FromDays(10).TotalMilliseconds)], default);
        await Store.AddAsync(
            [ATimer.New().DueAt(Noon + year).Build(), ATimer.New().DueAt(Noon + year + TimeSpan.FromHours(1)).Build()], default);

        var span = Span("http://127.0.0.1:2/");
        var load = await Loads.CountAsync(span with { From = span.From + year, To = span.To + year }, default);

        Assert.That((load.AtDestination, load.OfTenant, load.IsComplete), Is.EqualTo((1, 1, true)));
    }

    [Test]
    public async Task CountAsync_of_a_destination_looks_at_no_more_rows_than_it_may()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 100).Select(_ => ATimer.New().Build())], default);

        var load = await Loads.CountAsync(Span("http://127.0.0.1:2/") with { MaxRows = 40 }, default);

        Assert.That((load.IsComplete, load.Examined), Is.EqualTo((false, 40)));
        Assert.That(load.OfTenant, Is.LessThanOrEqualTo(40));
    }

    [Test]
    public async Task CountAsync_of_a_destination_leaves_out_what_does_not_wait()
    {
        var paused = await AddAsync(ATimer.New());
        await Store.TryReplaceAsync(paused, paused with { State = TimerState.Paused, Version = 2 }, default);
        await CancelAsync((await AddAsync(ATimer.New())).Key);

        Assert.That((await Loads.CountAsync(Span("http://127.0.0.1:2/"), default)).OfTenant, Is.Zero);
    }

    private static DestinationSpan Span(string url) =>
        new(Tenant.Default, new Uri(url), Noon, Noon.AddMinutes(1), MaxRows: 1_000);

    private static IEnumerable<TimerScheduled> Calling(string url, int milliseconds) =>
        [ATimer.New().DueAt(Noon.AddMilliseconds(milliseconds)).WithSpec(spec => spec with { Url = new Uri(url) }).Build()];
}
