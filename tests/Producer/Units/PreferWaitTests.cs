using Microsoft.AspNetCore.Http;
using Producer.Http;

namespace Tests.Producer.Units;

/// <summary>How the preference to wait is written (RFC 7240).</summary>
public sealed class PreferWaitTests
{
    [TestCase("wait=2", 2)]
    [TestCase("WAIT = 2", 2)]
    [TestCase("wait=\"2\"", 2)]
    [TestCase("wait=2; x=y", 2)]
    [TestCase("respond-async, wait=2", 2)]
    [TestCase("foo; bar=\"a, b\", wait=2", 2)]
    [TestCase("wait=2, wait=9", 2)]
    [TestCase("wait=0", 0)]
    [TestCase("wait=100", 30)]
    public void A_wait_is_read_however_it_is_written(string preference, int seconds) =>
        Assert.That(Read(preference), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase("")]
    [TestCase("wait")]
    [TestCase("wait=-1")]
    [TestCase("wait=soon")]
    [TestCase("waits=2")]
    [TestCase("x; wait=2")]
    public void What_is_no_wait_is_ignored(string preference) => Assert.That(Read(preference), Is.Null);

    [Test]
    public void A_wait_is_found_in_the_second_of_two_headers() =>
        Assert.That(Read("respond-async", "wait=2"), Is.EqualTo(TimeSpan.FromSeconds(2)));

    private static TimeSpan? Read(params string[] preferences)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["Prefer"] = preferences;
        return PreferWait.Read(context.Request);
    }
}
