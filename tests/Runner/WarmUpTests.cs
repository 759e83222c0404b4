using Runner.Timers.Delivery;

namespace Tests.Runner;

public sealed class WarmUpTests
{
    [Test]
    public async Task SendAsync_goes_the_whole_way_to_an_answer()
    {
        var exchange = await WarmUp.SendAsync(TimeProvider.System);

        Assert.That((exchange.Status, exchange.Answered, exchange.Error), Is.EqualTo((200, true, (string?)null)));
        Assert.That(exchange.Response.ToArray(), Is.EqualTo("ok"u8.ToArray()));
    }
}
