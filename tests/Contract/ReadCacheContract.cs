using Contracts.Caching;
using Contracts.Common;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every read cache promises.</summary>
public abstract class ReadCacheContract
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private string key = null!;

    protected IReadCache Cache { get; private set; } = null!;

    protected abstract Task<IReadCache> StartAsync();

    protected abstract Task StopAsync();

    [SetUp]
    public async Task Start()
    {
        key = $"test:{Guid.NewGuid():N}";
        Cache = await StartAsync();
    }

    [TearDown]
    public Task Stop() => StopAsync();

    [Test]
    public async Task What_was_never_put_is_not_found() => Assert.That(await Cache.FindAsync(Tenant.Default, key, default), Is.Null);

    [Test]
    public async Task What_was_put_is_found_as_it_was([Values(0, 1, 100_000)] int length)
    {
        var value = new byte[length];
        Random.Shared.NextBytes(value);

        Cache.Put(Tenant.Default, key, value, Long);

        await FoundAsync(value);
    }

    [Test]
    public async Task A_later_value_takes_the_place_of_an_earlier_one()
    {
        Cache.Put(Tenant.Default, key, "first"u8.ToArray(), Long);
        await FoundAsync("first"u8.ToArray());

        Cache.Put(Tenant.Default, key, "second"u8.ToArray(), Long);

        await FoundAsync("second"u8.ToArray());
    }

    [Test]
    public async Task Right_after_a_value_was_put_no_older_one_is_found()
    {
        // Several callers at once: what one of them put may just be on its way with the values of another.
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var hits = 0;
            for (byte i = 0; i < 200; i++)
            {
                Cache.Put(Tenant.Default, $"{key}:{caller}", new[] { i }, Long);
                Cache.Put(Tenant.Default, $"{key}:{caller}:other", new[] { i }, Long);

                // Nothing may be found at any time, such as when the cache took too long.
                if (await Cache.FindAsync(Tenant.Default, $"{key}:{caller}", default) is { } value)
                {
                    Assert.That(value.ToArray(), Is.EqualTo(new[] { i }));
                    hits++;
                }
            }

            return hits;
        })));

        Assert.That(found.Sum(), Is.Positive);
    }

    [Test]
    public async Task A_value_of_more_than_a_mebibyte_is_not_kept_and_takes_what_was_there_with_it()
    {
        Cache.Put(Tenant.Default, key, "small"u8.ToArray(), Long);
        await FoundAsync("small"u8.ToArray());

        Cache.Put(Tenant.Default, key, new byte[(1 << 20) + 1], Long);

        await Eventually.That(async () => await Cache.FindAsync(Tenant.Default, key, default) is null, MaxWait, "nothing is there");
    }

    [Test]
    public async Task A_value_is_gone_after_its_lifetime()
    {
        Cache.Put(Tenant.Default, key, "short"u8.ToArray(), TimeSpan.FromSeconds(1));
        await FoundAsync("short"u8.ToArray());

        await Eventually.That(async () => await Cache.FindAsync(Tenant.Default, key, default) is null, MaxWait, "it is gone");
    }

    [Test]
    public async Task The_value_is_copied_so_that_its_buffer_may_be_used_again()
    {
        var buffer = "before"u8.ToArray();
        Cache.Put(Tenant.Default, key, buffer, Long);
        "behind"u8.CopyTo(buffer);

        await FoundAsync("before"u8.ToArray());
    }

    [Test]
    public async Task Tenants_do_not_see_each_others_values()
    {
        Cache.Put(Tenant.Default, key, "default's"u8.ToArray(), Long);
        await FoundAsync("default's"u8.ToArray());
        Assert.That(await Cache.FindAsync("acme", key, default), Is.Null);

        Cache.Put("acme", key, "acme's"u8.ToArray(), Long);

        await Eventually.That(
            async () => await Cache.FindAsync("acme", key, default) is { } found && found.Span.SequenceEqual("acme's"u8),
            MaxWait,
            "the other one is found");
        await FoundAsync("default's"u8.ToArray());
    }

    private Task FoundAsync(byte[] value) => Eventually.That(
        async () => await Cache.FindAsync(Tenant.Default, key, default) is { } found && found.Span.SequenceEqual(value),
        MaxWait,
        "the value is found");
}
