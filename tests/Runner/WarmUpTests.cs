using Microsoft.Extensions.Logging.Abstractions;
using Runner.Timers.Delivery;

namespace Tests.Runner;

public sealed class WarmUpTests
{
    [Test]
    public async Task SendAsync_goes_the_whole_way_to_an_answer()
    {
        var exchange = await new WarmUp(TimeProvider.System, NullLogger<WarmUp>.Instance).SendAsync();

        Assert.That((exchange?.Status, exchange?.Answered, exchange?.Error), Is.EqualTo((200, true, (string?)null)));
        Assert.That(exchange!.Response.ToArray(), Is.EqualTo("ok"u8.ToArray()));
    }

    [Test]
    public async Task StartedAsync_waits_until_it_is_over()
    {
        var warmUp = new WarmUp(TimeProvider.System, NullLogger<WarmUp>.Instance);

        await warmUp.StartingAsync(default);
        await warmUp.StartedAsync(default);

        Assert.That(warmUp.IsOver, Is.True);
    }
}
