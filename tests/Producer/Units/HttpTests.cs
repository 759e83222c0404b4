using Contracts.Common;
using System.Text.Json;
using Contracts.Timers;
using Microsoft.AspNetCore.Http;
using Producer.Http;
using Producer.Timers;

namespace Tests.Producer.Units;

/// <summary>Entity tags, cursors, preferences, errors: the small parts of HTTP.</summary>
public sealed class HttpTests
{
    [TestCase(null, null)]
    [TestCase("*", null)]
    [TestCase("\"1\"", "1")]
    [TestCase("\"1\", \"22\"", "1 22")]
    [TestCase("W/\"1\"", "-1")]
    [TestCase("\"x\", \"-3\", \" 4\"", "-1 -1 -1")]
    [TestCase("\"99999999999999999999\"", "-1")]
    public void EntityTags_of_if_match_are_the_versions_it_allows(string? header, string? versions)
    {
        Assert.That(EntityTags.TryReadIfMatch(Request("If-Match", header), out var read), Is.True);
        Assert.That(read is null ? null : string.Join(' ', read), Is.EqualTo(versions));
    }

    [TestCase("1")]
    [TestCase("\"1")]
    [TestCase("")]
    public void EntityTags_that_are_no_tags_cannot_be_read(string header) =>
        Assert.That(EntityTags.TryReadIfMatch(Request("If-Match", header), out _), Is.False);

    [Test]
    public void EntityTags_written_are_read_again()
    {
        EntityTags.TryReadIfMatch(Request("If-Match", EntityTags.Of(long.MaxValue)), out var read);

        Assert.That(read, Is.EqualTo([long.MaxValue]));
    }

    [Test]
    public void TimerCursors_written_is_read_again_by_its_tenant_only(
        [Values(Tenant.Default, "acme", "other")] string tenant,
        [Values(1, 255, long.MaxValue)] long position,
        [Values(null, "0198a0c1-0000-7000-8000-000000000001")] string? key)
    {
        var cursor = new TimerCursor(position, key is null ? Guid.Empty : Guid.Parse(key));
        foreach (var another in new[] { Tenant.Default, "acme", "other" }.Where(each => each != tenant))
        {
            Assert.That(TimerCursors.TryRead(another, TimerCursors.Write(tenant, cursor), out _), Is.False);
        }

        Assert.That((TimerCursors.TryRead(tenant, TimerCursors.Write(tenant, cursor), out var read), read), Is.EqualTo((true, cursor)));
    }

    [TestCase("ff", 255, null)]
    [TestCase("ff-0198a0c1000070008000000000000001", 255, "0198a0c1-0000-7000-8000-000000000001")]
    public void TimerCursors_of_the_first_release_are_the_default_tenants(string text, long position, string? key)
    {
        Assert.That(TimerCursors.TryRead(Tenant.Default, text, out var read), Is.True);
        Assert.That(read, Is.EqualTo(new TimerCursor(position, key is null ? Guid.Empty : Guid.Parse(key))));
    }

    [TestCase("1.")]
    [TestCase("1.00000000")]
    [TestCase("")]
    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("0x1")]
    [TestCase(" 1")]
    [TestCase("ffffffffffffffff")]
    [TestCase("11111111111111111")]
    [TestCase("1-")]
    [TestCase("1-00000000000000000000000000000000")]
    [TestCase("1-0198a0c1-0000-7000-8000-000000000001")]
    public void TimerCursors_that_was_never_written_is_refused(string text) =>
        Assert.That(TimerCursors.TryRead(Tenant.Default, text, out _), Is.False);

    [TestCase(null, null)]
    [TestCase("wait=0", 0)]
    [TestCase("wait=5", 5)]
    [TestCase("respond-async, wait = 7", 7)]
    [TestCase("wait=3600", 30)]
    [TestCase("wait", null)]
    [TestCase("wait=-1", null)]
    [TestCase("wait=1.5", null)]
    [TestCase("wait=99999999999", null)]
    [TestCase("handling=strict", null)]
    [TestCase("Wait=5", 5)]
    public void PreferWait_is_what_the_client_would_wait_30_seconds_at_most(string? header, int? seconds) =>
        Assert.That(PreferWait.Read(Request("Prefer", header))?.TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void FieldErrors_keep_every_reason_of_a_field_in_order_and_bound_their_number()
    {
        var errors = new FieldErrors();
        errors.Add("a", "first");
        errors.Add("a", "second");
        for (var i = 0; i < 1_000; i++)
        {
            errors.Add($"x{i}", "again");
        }

        Assert.That(errors.ToDictionary()["a"], Is.EqualTo(["first", "second"]));
        Assert.That(errors.ToDictionary(), Has.Count.EqualTo(100));
        Assert.That(errors.ToDictionary()["$"], Is.EqualTo(["has 902 more errors, which are not listed"]));
    }

    [Test]
    public void JsonException_is_described_without_the_programs_words_for_it()
    {
        var error = Assert.Catch<JsonException>(() => JsonDocument.Parse("{\n \"a\": x}"))!;

        Assert.That(JsonBody.Describe(error), Does.StartWith("is not valid JSON: 'x' is an invalid start of a value (line 2, byte 7)"));
    }

    private static HttpRequest Request(string header, string? value)
    {
        var request = new DefaultHttpContext().Request;
        if (value is not null)
        {
            request.Headers[header] = value;
        }

        return request;
    }
}
