using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Producer.Http;
using Tests.Support;

namespace Tests.Producer;

/// <summary>The bytes that all requests hold together are bounded; what is beyond waits its turn.</summary>
public sealed class RequestMemoryTests
{
    private const int Limit = 1_000;

    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private RequestMemory memory = null!;

    [SetUp]
    public void Create() => memory = new RequestMemory(clock, Limit);

    [Test]
    public async Task What_finds_room_goes_on_and_what_does_not_waits_until_others_end()
    {
        var first = Open();
        await first.GrowToAsync(600, default);
        var second = Open();

        var waiting = second.GrowToAsync(600, default);
        Assert.That(waiting.IsCompleted, Is.False);
        first.Dispose();
        await waiting;

        Assert.That(memory.Used, Is.EqualTo(600));
        second.Dispose();
        Assert.That(memory.Used, Is.Zero);
    }

    [Test]
    public async Task What_waits_too_long_is_refused_and_what_it_held_is_free()
    {
        var first = Open();
        await first.GrowToAsync(600, default);
        var second = Open();
        await second.GrowToAsync(300, default);
        var third = Open();
        var growing = second.GrowToAsync(500, default);
        var small = third.GrowToAsync(50, default);
        Assert.That((growing.IsCompleted, small.IsCompleted), Is.EqualTo((false, false)), "it came later, and waits behind");

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.That(() => growing, Throws.TypeOf<MemoryShortageException>());
        await small.ContinueWith(_ => { }, TaskScheduler.Default);
        second.Dispose();
        first.Dispose();
        third.Dispose();
        Assert.That(memory.Used, Is.Zero);
    }

    [Test]
    public async Task A_request_that_is_alone_is_served_however_large_it_is()
    {
        var only = Open();
        await only.GrowToAsync(400, default);

        await only.GrowToAsync(50 * Limit, default);

        Assert.That(memory.Used, Is.EqualTo(50 * Limit));
    }

    [Test]
    public async Task A_large_one_is_not_kept_out_by_small_ones_for_ever()
    {
        var small = Open();
        await small.GrowToAsync(500, default);
        var large = Open();
        var waiting = large.GrowToAsync(1_000, default);
        var another = Open();
        var behind = another.GrowToAsync(100, default);
        Assert.That(behind.IsCompleted, Is.False, "it would fit, but the large one was first");

        small.Dispose();

        await waiting;
        Assert.That(behind.IsCompleted, Is.False);
        large.Dispose();
        await behind;
    }

    [Test]
    public async Task A_client_that_goes_away_waits_no_more_and_lets_others_pass()
    {
        var first = Open();
        await first.GrowToAsync(900, default);
        using var gone = new CancellationTokenSource();
        var waiting = Open().GrowToAsync(500, gone.Token);
        var behind = Open().GrowToAsync(100, default);

        await gone.CancelAsync();

        Assert.That(() => waiting, Throws.InstanceOf<OperationCanceledException>());
        await behind;
        Assert.That(memory.Used, Is.EqualTo(1_000));
    }

    private RequestMemory.Share Open() => memory.Open(new DefaultHttpContext());
}
