using System.Net;
using Contracts.Events;

namespace Tests.Contracts;

/// <summary>How much of an address is recorded.</summary>
public sealed class ClientAddressTests
{
    [TestCase("203.0.113.77", AddressMode.Truncated, "203.0.113.0")]
    [TestCase("203.0.113.77", AddressMode.Full, "203.0.113.77")]
    [TestCase("203.0.113.77", AddressMode.None, null)]
    [TestCase("::ffff:203.0.113.77", AddressMode.Truncated, "203.0.113.0")]
    [TestCase("::ffff:203.0.113.77", AddressMode.Full, "203.0.113.77")]
    [TestCase("2001:db8:aaaa:bbbb::1", AddressMode.Truncated, "2001:db8:aaaa::")]
    [TestCase("2001:db8:aaaa:bbbb::1", AddressMode.Full, "2001:db8:aaaa:bbbb::1")]
    [TestCase("fe80::1%3", AddressMode.Full, "fe80::1")]
    public void Record_keeps_what_the_mode_says(string address, AddressMode mode, string? recorded) =>
        Assert.That(ClientAddress.Record(IPAddress.Parse(address), mode), Is.EqualTo(recorded));

    [Test]
    public void Record_of_no_address_is_nothing() => Assert.That(ClientAddress.Record(null, AddressMode.Full), Is.Null);
}
