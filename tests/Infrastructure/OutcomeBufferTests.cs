using Infrastructure.Timers.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

public sealed class OutcomeBufferTests
{
    [Test]
    public void One_that_comes_alone_is_due_at_once()
    {
        var clock = Clocks.AtNoon();
        var buffer = new OutcomeBuffer(clock);

        buffer.Add([1]);
        var first = buffer.IsDue;
        buffer.Clear(isWritten: true);
        clock.Advance(OutcomeBuffer.MaxWait);
        buffer.Add([2]);

        Assert.That((first, buffer.IsDue), Is.EqualTo((true, true)));
    }

    [Test]
    public void Those_that_come_right_after_a_write_wait_for_the_eighth_or_for_the_time()
    {
        var clock = Clocks.AtNoon();
        var buffer = new OutcomeBuffer(clock);
        buffer.Clear(isWritten: true);
        for (byte i = 1; i < OutcomeBuffer.MaxCount; i++)
        {
            buffer.Add([i]);
        }

        var seven = buffer.IsDue;
        buffer.Add([8]);
        var eight = buffer.IsDue;
        var content = buffer.Content.ToArray();
        buffer.Clear(isWritten: true);
        buffer.Add([9]);
        var next = buffer.IsDue;
        clock.Advance(OutcomeBuffer.MaxWait);

        Assert.That((seven, eight, next, buffer.IsDue), Is.EqualTo((false, true, false, true)));
        Assert.That(content, Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
    }
}
