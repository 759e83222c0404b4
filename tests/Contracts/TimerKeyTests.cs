using Contracts.Common;
using Contracts.Timers;

namespace Tests.Contracts;

/// <summary>Derived keys stand in the store: another derivation would lose every keyed timer of before.</summary>
public sealed class TimerKeyTests
{
    [Test]
    public void FromId_of_a_uuid_is_the_uuid_in_either_case()
    {
        const string Id = "0190163d-8694-739b-aea5-966c26f8ad91";

        Assert.That(TimerKey.FromId(Tenant.Default, Id), Is.EqualTo(Guid.Parse(Id)));
        Assert.That(TimerKey.FromId(Tenant.Default, Id.ToUpperInvariant()), Is.EqualTo(Guid.Parse(Id)));
    }

    [Test]
    public void Keys_of_one_word_are_what_they_were_in_release_0_1_0_and_differ_by_kind()
    {
        Assert.That(TimerKey.FromId(Tenant.Default, "order/17"), Is.EqualTo(Guid.Parse("1206be2f-0de0-8108-b4b2-39e30cad3316")));
        Assert.That(
            TimerKey.IdFromIdempotencyKey(Tenant.Default, "order/17"),
            Is.EqualTo(Guid.Parse("43dfea17-6574-8693-acc3-86f0fb51e3b4")));
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
        Assert.That(
            keys.Select(key => key.ToString("N")[13..]).Distinct().Count(), Is.EqualTo(100_000), "what is random is not the instant");
    }

    [TestCase("a")]
    [TestCase("{0190163d-8694-739b-aea5-966c26f8ad91}")]
    [TestCase("0190163d8694739baea5966c26f8ad91")]
    [TestCase("ключ")]
    public void FromId_of_anything_else_is_a_uuid_of_version_8(string id)
    {
        var key = TimerKey.FromId(Tenant.Default, id);

        Assert.That((key.Version, key.Variant & 0xC), Is.EqualTo((8, 8)));
        Assert.That(key, Is.EqualTo(TimerKey.FromId(Tenant.Default, id)).And.Not.EqualTo(TimerKey.FromId(Tenant.Default, id + " ")));
    }

    [TestCase("order/17")]
    [TestCase("0190163d-8694-739b-aea5-966c26f8ad91")]
    public void FromId_of_one_id_is_another_key_for_every_tenant_and_of_a_form_that_the_default_one_never_has(string id)
    {
        var keys = new[] { Tenant.Default, "acme", "acme2", "id" }.Select(tenant => TimerKey.FromId(tenant, id)).ToList();

        Assert.That(keys, Is.Unique);
        Assert.That(keys.Select(TimerKey.IsDerivedOfTenant), Is.EqualTo([false, true, true, true]));
        Assert.That(
            TimerKey.FromId("acme", id.ToUpperInvariant()) == keys[1],
            Is.EqualTo(Guid.TryParse(id, out _)),
            "a UUID is the same in either case");
    }

    [Test]
    public void FromId_of_what_looks_like_another_tenants_key_is_not_that_key()
    {
        var others = TimerKey.FromId("acme", "order/17");

        var key = TimerKey.FromId(Tenant.Default, others.ToString("D"));

        Assert.That(key, Is.Not.EqualTo(others));
        Assert.That(TimerKey.IsDerivedOfTenant(key), Is.False);
    }

    [TestCase(Tenant.Default)]
    [TestCase("acme")]
    public void Ids_that_are_drawn_or_made_of_an_Idempotency_Key_lead_to_their_keys(string tenant)
    {
        var drawn = TimerKey.Draw(tenant, new DateTimeOffset(2026, 11, 21, 18, 0, 0, TimeSpan.Zero));
        var made = TimerKey.IdFromIdempotencyKey(tenant, "order/17");

        Assert.That(drawn.Key, Is.EqualTo(TimerKey.FromId(tenant, drawn.Id.ToString("D"))));
        Assert.That(drawn.Id.Version, Is.EqualTo(7));
        Assert.That(TimerKey.FromId(tenant, made.ToString("D")) == made, Is.EqualTo(tenant == Tenant.Default));
        Assert.That(TimerKey.IdFromIdempotencyKey("other", "order/17"), Is.Not.EqualTo(made));
    }

    /// <summary>What another derivation would lose.</summary>
    [Test]
    public void Keys_of_a_tenant_are_derived_as_ever() => Assert.That(
        TimerKey.FromId("acme", "order/17").ToString("D"), Is.EqualTo("b73e5c0d-3b57-816a-e6c2-5188c94062df"));

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
