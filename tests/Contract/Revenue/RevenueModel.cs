using System.Globalization;
using Contracts.Common;
using Contracts.Revenue;

namespace Tests.Contract.Revenue;

/// <summary>What a store is to say, computed naively from a list of all entries with .NET's own decimals.</summary>
internal sealed class RevenueModel
{
    private readonly List<Entry> entries = [];

    public IReadOnlyList<string> Users => [.. entries.Select(each => each.User).Distinct(StringComparer.Ordinal)];

    public void Apply(object message)
    {
        switch (message)
        {
            case RevenueReceived received:
                foreach (var each in received.Events)
                {
                    var value = decimal.Parse(each.Value.ToString(), CultureInfo.InvariantCulture);
                    Add(new Entry(
                        received.User, each.EventId, each.At, each.Sign == RevenueSign.Subtract ? -value : value, each.Currency, null));
                }

                break;
            case RevenueAdjusted adjusted:
                if (entries.Find(each => each.User == adjusted.User && each.Id == adjusted.Original) is { Original: null } original)
                {
                    var delta = decimal.Parse(adjusted.Delta.ToString(), CultureInfo.InvariantCulture);
                    Add(new Entry(adjusted.User, adjusted.EventId, adjusted.At, delta, original.Currency, adjusted.Original));
                }

                break;
            case RevenueUserErased erased:
                entries.RemoveAll(each => each.User == erased.User);
                break;
            default:
                throw new ArgumentException($"Nothing is known of {message}.", nameof(message));
        }
    }

    /// <summary>Compares all that a store says of the default tenant.</summary>
    public async Task AssertIsAsync(IRevenueStore store, IReadOnlyList<string> users)
    {
        foreach (var user in users)
        {
            var mine = entries.Where(each => each.User == user).ToList();
            var found = await store.FindAsync(Tenant.Default, user, default);
            Assert.That(
                (found?.Balances ?? []).Select(each => $"{each.Currency} {each.Total} {each.Events}"),
                Is.EqualTo(mine.GroupBy(each => each.Currency).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => $"{group.Key} {Text(group.Sum(each => each.Effect))} {group.Count()}")),
                $"balances of {user}");
            var ledger = await store.ReadAsync(Tenant.Default, user, RevenueRange.Of(100_000), default);
            Assert.That(ledger.Select(each => each.At), Is.Ordered, $"ledger of {user}");
            Assert.That(
                ledger.Select(each => $"{each.At} {each.EventId} {each.Effect} {each.Currency} {each.Original}"),
                Is.EquivalentTo(mine.Select(each => $"{each.At} {each.Id} {Text(each.Effect)} {each.Currency} {each.Original}")),
                $"ledger of {user}");
        }
    }

    /// <summary>Compares sums by steps, of one user or of all.</summary>
    public async Task AssertSumsAsync(IRevenueStore store, string? user, IReadOnlyList<DateTimeOffset> boundaries)
    {
        var ticks = boundaries.Select(TickTime.Of).ToList();
        var expected = new List<string>();
        foreach (var (from, to) in ticks.Zip(ticks.Skip(1)))
        {
            expected.AddRange(entries.Where(each => (user is null || each.User == user) && each.At >= from && each.At < to)
                .GroupBy(each => each.Currency).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{from} {group.Key} {Text(group.Where(each => each.Effect > 0).Sum(each => each.Effect))} "
                    + $"{Text(-group.Where(each => each.Effect < 0).Sum(each => each.Effect))} {group.Count()}"));
        }

        var found = await store.SumAsync(Tenant.Default, user, ticks, default);
        Assert.That(found.Select(each => $"{each.At} {each.Currency} {each.Added} {each.Subtracted} {each.Events}"), Is.EqualTo(expected));
    }

    private void Add(Entry entry)
    {
        if (!entries.Exists(each => each.User == entry.User && each.Id == entry.Id))
        {
            entries.Add(entry);
        }
    }

    private static string Text(decimal amount) => amount.ToString("0.#########", CultureInfo.InvariantCulture);

    private sealed record Entry(string User, string Id, long At, decimal Effect, string Currency, string? Original);
}
