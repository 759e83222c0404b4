using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Contracts.Revenue;

namespace Tests.Contracts;

/// <summary>Amounts are read as they are written, exactly, or not at all.</summary>
public sealed class AmountTests
{
    [TestCase("0", "0")]
    [TestCase("-0", "0")]
    [TestCase("-0.000", "0")]
    [TestCase("0e999999", "0")]
    [TestCase("12", "12")]
    [TestCase("-12.50", "-12.5")]
    [TestCase("0.1", "0.1")]
    [TestCase("0.000000001", "0.000000001")]
    [TestCase("0.0000000010000000000000000000000000000000000", "0.000000001")]
    [TestCase("1e3", "1000")]
    [TestCase("1E+3", "1000")]
    [TestCase("1.5e-3", "0.0015")]
    [TestCase("1000000000000000000000e-12", "1000000000")]
    [TestCase("0.0000000000000000001e19", "1")]
    [TestCase("007", "7")]
    [TestCase("999999999999999.999999999", "999999999999999.999999999")]
    [TestCase("-999999999999999.999999999", "-999999999999999.999999999")]
    public void A_number_is_read_exactly_and_written_as_short_as_can_be(string text, string written)
    {
        Assert.That(Amount.Read(text, out var amount), Is.Null);
        Assert.That((amount.ToString(), amount.IsWithinBounds), Is.EqualTo((written, true)));
    }

    [TestCase("1000000000000000")]
    [TestCase("0.0000000001")]
    [TestCase("1e15")]
    [TestCase("1e-10")]
    [TestCase("1e999999")]
    [TestCase("1e9223372036854775807")]
    [TestCase("1e-9223372036854775807")]
    [TestCase("123456789012345678901234567890123456789012345678901234567890")]
    [TestCase("1.0000000000000000000000000000000000000000000000000000000000001")]
    public void What_does_not_fit_is_refused_and_not_rounded(string text) =>
        Assert.That(Amount.Read(text, out _), Does.Contain("at most 15 digits before the point and 9 after it"));

    [TestCase("")]
    [TestCase("-")]
    [TestCase("+1")]
    [TestCase(".5")]
    [TestCase("5.")]
    [TestCase("1,5")]
    [TestCase("1.5.5")]
    [TestCase("--1")]
    [TestCase("1e")]
    [TestCase("1e+")]
    [TestCase("1e 5")]
    [TestCase("1e5.5")]
    [TestCase(" 1")]
    [TestCase("0x10")]
    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("١")]
    [TestCase("1e99999999999999999999")]
    public void What_is_no_number_is_refused(string text) => Assert.That(Amount.Read(text, out _), Is.EqualTo("must be a decimal number"));

    [Test]
    public void Reading_agrees_with_whole_numbers_of_any_size([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var (whole, fraction, exponent) = (Digits(random, 1, 20), Digits(random, 0, 14), random.Next(-12, 13));
            var text = $"{whole}{(fraction.Length > 0 ? "." : string.Empty)}{fraction}e{exponent}";

            // 30 places are more than any of them has.
            var scaled = BigInteger.Parse(whole + fraction, CultureInfo.InvariantCulture)
                * BigInteger.Pow(10, 30 - fraction.Length + exponent);
            var (units, rest) = (scaled / BigInteger.Pow(10, 21), scaled % BigInteger.Pow(10, 21));
            var fits = rest.IsZero && units < BigInteger.Pow(10, 24);
            Assert.That(Amount.Read(text, out var amount), fits ? Is.Null : Is.Not.Null, text);
            Assert.That(amount.Units, Is.EqualTo(fits ? (Int128)units : 0), text);
            Assert.That(Amount.Read(amount.ToString(), out var again), Is.Null, text);
            Assert.That(again, Is.EqualTo(amount), text);
        }
    }

    [Test]
    public void Amounts_in_messages_are_text()
    {
        Assert.That(JsonSerializer.Serialize(new Amount(1)), Is.EqualTo("\"0.000000001\""));
        Assert.That(JsonSerializer.Deserialize<Amount>("\"-0.25\""), Is.EqualTo(new Amount(-250_000_000)));
        Assert.That(() => JsonSerializer.Deserialize<Amount>("0.25"), Throws.InstanceOf<JsonException>());
        Assert.That(() => JsonSerializer.Deserialize<Amount>("\"x\""), Throws.InstanceOf<JsonException>());
    }

    [Test]
    public void Amounts_add_up()
    {
        Assert.That(Amount.Of(3) + Amount.Of(-5) - new Amount(1), Is.EqualTo(new Amount(-2_000_000_001)));
        Assert.That(-Amount.Of(3), Is.EqualTo(Amount.Of(-3)));
        Assert.That((Amount.Of(1_000_000_000_000_000).IsWithinBounds, Amount.Of(-1_000_000_000_000_000).IsWithinBounds),
            Is.EqualTo((false, false)));
    }

    private static string Digits(Random random, int min, int max) => string.Concat(
        Enumerable.Range(0, random.Next(min, max + 1)).Select(_ => random.Next(3) == 0 ? '0' : (char)('0' + random.Next(10))));
}
