using Contracts.Access;

namespace Tests.Contracts;

/// <summary>Keys as their owners hold them, and what they allow.</summary>
public sealed class KeyTextTests
{
    [Test]
    public void A_new_key_is_read_back_and_no_two_are_alike()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => KeyText.Create()).ToList();

        Assert.That(keys.Select(key => key.Text), Is.Unique.And.All.Match("^tmr_[a-z2-7]{12}_[a-z2-7]{32}_[0-9a-f]{8}$"));
        foreach (var key in keys)
        {
            Assert.That(KeyText.TryParse(key.Text, out var read) ? read : null, Is.EqualTo(key));
        }

        // 32 letters of 32 kinds: each kind stands in about one of 32 places, or there would not be 160 random bits.
        var letters = keys.SelectMany(key => key.Text.Split('_')[2]).GroupBy(letter => letter)
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.That(letters, Has.Count.EqualTo(32));
        Assert.That(letters.Values, Has.All.InRange(750, 1_250));
    }

    [Test]
    public void Every_slip_is_noticed()
    {
        var text = KeyText.Create().Text;
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'a' ? 'b' : 'a') + text[(i + 1)..];
            Assert.That(KeyText.TryParse(changed, out _), Is.False, changed);
            Assert.That(KeyText.TryParse(text.Remove(i, 1), out _), Is.False);
        }

        Assert.That(KeyText.TryParse(text.ToUpperInvariant(), out _), Is.False);
        Assert.That(KeyText.TryParse($"{text} ", out _), Is.False);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("tmr_")]
    [TestCase("tmr____")]
    [TestCase("secret")]
    [TestCase("tmr_a_b_c")]
    [TestCase("tmr_ä_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000")]
    public void What_is_no_key_is_not_read(string? text) => Assert.That(KeyText.TryParse(text, out _), Is.False);

    [Test]
    public void Its_text_does_not_show_itself() => Assert.That(KeyText.Create("id").ToString(), Is.EqualTo("tmr_id_…"));

    [TestCase("admin", "timers", KeyVerb.Read, true)]
    [TestCase("admin", null, KeyVerb.Admin, true)]
    [TestCase("admin", null, KeyVerb.Metrics, true)]
    [TestCase("read", "timers", KeyVerb.Read, true)]
    [TestCase("read", "timers", KeyVerb.Write, false)]
    [TestCase("write", "timers", KeyVerb.Read, false)]
    [TestCase("write", "timers", KeyVerb.Control, false)]
    [TestCase("control", "timers", KeyVerb.Control, true)]
    [TestCase("control", null, KeyVerb.Admin, false)]
    [TestCase("timers:read", "timers", KeyVerb.Read, true)]
    [TestCase("timers:read", "devices", KeyVerb.Read, false)]
    [TestCase("timers:read", null, KeyVerb.Metrics, false)]
    [TestCase("metrics", null, KeyVerb.Metrics, true)]
    [TestCase("metrics", "timers", KeyVerb.Read, false)]
    [TestCase("timers:admin", "timers", KeyVerb.Admin, false)]
    [TestCase("timers:admin", "timers", KeyVerb.Read, false)]
    [TestCase(":read", "", KeyVerb.Read, false)]
    [TestCase("Read", "timers", KeyVerb.Read, false)]
    public void A_scope_allows_what_it_says_and_nothing_else(string scope, string? slice, KeyVerb verb, bool allows) =>
        Assert.That(new KeyScopes([scope]).Allows(slice, verb), Is.EqualTo(allows));
}
