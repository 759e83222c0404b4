using Contracts.Timers;

namespace Tests.Contracts;

/// <summary>Derived keys stand in the store: another derivation would lose every keyed timer of before.</summary>
public sealed class TimerKeyTests
{
    [Test]
    public void FromId_of_a_uuid_is_the_uuid_in_either_case()
    {
        const string Id = "0190163d-8694-739b-aea5-966c26f8ad91";

        Assert.That(TimerKey.FromId(Id), Is.EqualTo(Guid.Parse(Id)));
        Assert.That(TimerKey.FromId(Id.ToUpperInvariant()), Is.EqualTo(Guid.Parse(Id)));
    }

    [Test]
    public void Keys_of_one_word_are_what_they_were_in_release_0_1_0_and_differ_by_kind()
    {
        Assert.That(TimerKey.FromId("order/17"), Is.EqualTo(Guid.Parse("1206be2f-0de0-8108-b4b2-39e30cad3316")));
        Assert.That(TimerKey.FromIdempotencyKey("order/17"), Is.EqualTo(Guid.Parse("43dfea17-6574-8693-acc3-86f0fb51e3b4")));
    }

    [Test]
    public void New_ones_are_uuids_of_version_7_of_the_instant_and_never_twice_the_same()
    {
        var now = new DateTimeOffset(2026, 11, 21, 18, 0, 0, 123, TimeSpan.Zero);

        var keys = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        Parallel.For(0, 100_000, _ => keys.Add(TimerKey.New(now)));

        Assert.That(keys.Distinct().Count(), Is.EqualTo(100_000));
        Assert.That(keys.All(key => key.Version == 7 && (key.Variant & 0xC) == 8), Is.True);
        Assert.That(keys.First().ToString("N")[..12], Is.EqualTo(Guid.CreateVersion7(now).ToString("N")[..12]));
        Assert.That(keys.Select(key => key.ToString("N")[13..]).Distinct().Count(), Is.EqualTo(100_000), "what is random is not the instant");
    }

    [TestCase("a")]
    [TestCase("{0190163d-8694-739b-aea5-966c26f8ad91}")]
    [TestCase("0190163d8694739baea5966c26f8ad91")]
    [TestCase("ключ")]
    public void FromId_of_anything_else_is_a_uuid_of_version_8(string id)
    {
        var key = TimerKey.FromId(id);

        Assert.That((key.Version, key.Variant & 0xC), Is.EqualTo((8, 8)));
        Assert.That(key, Is.EqualTo(TimerKey.FromId(id)).And.Not.EqualTo(TimerKey.FromId(id + " ")));
    }

    [TestCase("0190163d-8694-739b-aea5-966c26f8ad91", true)]
    [TestCase("0190163D-8694-739B-AEA5-966C26F8AD91", true)]
    [TestCase("{0190163d-8694-739b-aea5-966c26f8ad91}", false)]
    [TestCase("0190163d8694739baea5966c26f8ad91", false)]
    [TestCase(" 0190163d-8694-739b-aea5-966c26f8ad91", false)]
    [TestCase("+190163d-8694-739b-aea5-966c26f8ad91", false)]
    [TestCase("0x90163d-8694-739b-aea5-966c26f8ad91", false)]
    [TestCase("", false)]
    public void TryParseUuid_accepts_the_form_with_hyphens_only(string id, bool expected) =>
        Assert.That(TimerKey.TryParseUuid(id, out _), Is.EqualTo(expected));

    [Test]
    public void Fingerprint_is_the_beginning_of_sha_256() =>
        Assert.That(TimerKey.Fingerprint("abc"u8), Is.EqualTo(unchecked((long)0xBA7816BF8F01CFEA)));
}
