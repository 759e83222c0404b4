using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Infrastructure;

[Parallelizable]
public sealed class KafkaAbsenceTests
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public void A_topic_is_told_once_and_is_overdue_after_a_time_of_grace()
    {
        var absence = new KafkaAbsence(time);

        Assert.That(absence.Update(["items"]), Is.EqualTo((string[])["items"]));
        Assert.That(absence.Update(["items", "sites"]), Is.EqualTo((string[])["sites"]));
        Assert.That((absence.Topics, absence.TakeOverdue()), Is.EqualTo(((string[])["items", "sites"], false)));

        time.Advance(KafkaAbsence.Grace);
        Assert.That((absence.TakeOverdue(), absence.TakeOverdue()), Is.EqualTo((true, false)), "once: then it is given time again");
        time.Advance(KafkaAbsence.Grace);
        Assert.That(absence.TakeOverdue(), Is.True);
    }

    [Test]
    public void A_topic_that_came_back_in_time_is_not_overdue()
    {
        var absence = new KafkaAbsence(time);
        absence.Update(["items"]);
        time.Advance(KafkaAbsence.Grace / 2);

        Assert.That(absence.Update([]), Is.Empty);
        Assert.That(absence.Topics, Is.Empty);
        Assert.That(absence.Update(["items"]), Is.EqualTo((string[])["items"]));
        time.Advance(KafkaAbsence.Grace / 2);
        Assert.That(absence.TakeOverdue(), Is.False);
    }
}
