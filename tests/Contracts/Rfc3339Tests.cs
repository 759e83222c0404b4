using Contracts.Common;

namespace Tests.Contracts;

public sealed class Rfc3339Tests
{
    [TestCase("2030-01-31T08:00:00.000Z")]
    [TestCase("0001-01-01T00:00:00.000Z")]
    [TestCase("9999-12-31T23:59:59.999Z")]
    [TestCase("2024-02-29T12:34:56.789Z")]
    public void ToString_writes_what_was_read(string text) => Assert.That(Rfc3339.ToString(DateTimeOffset.Parse(text)), Is.EqualTo(text));

    [Test]
    public void ToString_of_an_instant_with_an_offset_is_in_utc() =>
        Assert.That(
            Rfc3339.ToString(new DateTimeOffset(2030, 1, 1, 1, 0, 0, TimeSpan.FromHours(2))), Is.EqualTo("2029-12-31T23:00:00.000Z"));
}
