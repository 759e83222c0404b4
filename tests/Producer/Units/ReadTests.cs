using System.Text;
using System.Text.Json;
using Contracts.Common;
using Producer.Http;

namespace Tests.Producer.Units;

/// <summary>Reading single fields: the value, or the reason why there is none.</summary>
public sealed class ReadTests
{
    private FieldErrors errors = null!;

    [SetUp]
    public void Start() => errors = new FieldErrors();

    [TestCase("\"PT1H30M\"", 5_400_000)]
    [TestCase("\"P1DT1S\"", 86_401_000)]
    [TestCase("\"PT0.0015S\"", 1.5)]
    [TestCase("\"PT0S\"", 0)]
    [TestCase("\"-PT1S\"", -1_000)]
    [TestCase("{\"hours\":1,\"minutes\":2,\"seconds\":3.5}", 3_723_500)]
    public void Duration_in_either_form_is_read(string json, double milliseconds)
    {
        Assert.That(Read.Duration(Json(json), "f", errors), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.That(errors.Any, Is.False);
    }

    [TestCase("\"P1Y\"", "f")]
    [TestCase("\"P1M\"", "f")]
    [TestCase("\"1:00\"", "f")]
    [TestCase("\"P\"", "f")]
    [TestCase("{}", "f")]
    [TestCase("5", "f")]
    [TestCase("{\"days\":1}", "f.days")]
    [TestCase("{\"hours\":-1}", "f.hours")]
    [TestCase("{\"hours\":-1e300}", "f.hours")]
    [TestCase("{\"hours\":1e999}", "f.hours")]
    public void Duration_in_another_form_is_named(string json, string field)
    {
        Read.Duration(Json(json), "f", errors);

        Assert.That(errors.Has(field), Is.True);
    }

    [Test]
    public void Duration_beyond_what_can_be_represented_is_the_longest() =>
        Assert.That(Read.Duration(Json("{\"hours\":1e300}"), "f", errors), Is.EqualTo(TimeSpan.MaxValue));

    [TestCase("2030-01-31T08:00:00Z", "2030-01-31T08:00:00.0000000")]
    [TestCase("2030-01-31t08:00:00z", "2030-01-31T08:00:00.0000000")]
    [TestCase("2030-01-31T08:00:00-23:59", "2030-02-01T07:59:00.0000000")]
    [TestCase("2030-01-31T08:00:00.1234567+01:00", "2030-01-31T07:00:00.1234567")]
    [TestCase("2030-01-31T08:00:00.12345670000Z", "2030-01-31T08:00:00.1234567")]
    [TestCase("2030-01-31T08:00:00.12345670001Z", "2030-01-31T08:00:00.1234568")]
    [TestCase("9999-12-31T23:59:59.99999999Z", "9999-12-31T23:59:59.9999999")]
    public void Instant_is_read_to_utc_and_finer_digits_round_up(string text, string utc)
    {
        var instant = Read.Instant(Json($"\"{text}\""), "f", errors);

        Assert.That(instant!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff"), Is.EqualTo(utc));
    }

    [TestCase("2030-01-31T08:00:00")]
    [TestCase("2030-01-31T08:00Z")]
    [TestCase("2030-1-31T08:00:00Z")]
    [TestCase("20300131T080000Z")]
    [TestCase("2030-01-31T08:00:00,5Z")]
    [TestCase("2030-01-31T08:00:00.Z")]
    [TestCase("2030-02-30T08:00:00Z")]
    [TestCase("2030-01-31T24:00:00Z")]
    [TestCase("2030-01-31T08:00:60Z")]
    [TestCase("2030-01-31T08:00:00+2:00")]
    [TestCase("0000-01-31T08:00:00Z")]
    [TestCase("0001-01-01T00:00:00+01:00")]
    [TestCase("2030-13-31T08:00:00Z")]
    [TestCase("Thu, 31 Jan 2030 08:00:00 GMT")]
    [TestCase("now")]
    [TestCase("")]
    public void Instant_in_another_form_is_named(string text)
    {
        Assert.That(Read.Instant(Json($"\"{text}\""), "f", errors), Is.Null);
        Assert.That(errors.Has("f"), Is.True);
        Assert.That(Read.TryQueryInstant(text, out _), Is.False);
    }

    [Test]
    public void Instant_in_a_query_may_have_a_plus_sign_that_nobody_escaped()
    {
        Assert.That(Read.TryQueryInstant("2030-01-31T08:00:00 02:00", out var instant), Is.True);
        Assert.That(instant, Is.EqualTo(new DateTimeOffset(2030, 1, 31, 6, 0, 0, TimeSpan.Zero)));
    }

    [Test]
    public void Null_is_nothing_and_no_error()
    {
        var none = Json("null");

        Assert.Multiple(() =>
        {
            Assert.That(Read.Text(none, "f", errors), Is.Null);
            Assert.That(Read.Integer(none, "f", errors), Is.Null);
            Assert.That(Read.Number(none, "f", errors), Is.Null);
            Assert.That(Read.Instant(none, "f", errors), Is.Null);
            Assert.That(Read.Duration(none, "f", errors), Is.Null);
            Assert.That(Read.Content(none, "f", errors), Is.Null);
            Assert.That(Read.Texts(none, "f", errors), Is.Null);
            Assert.That(Read.Durations(none, "f", errors), Is.Null);
            Assert.That(Read.TextMap(none, "f", errors), Is.Null);
            Assert.That(errors.Any, Is.False);
        });
    }

    [Test]
    public void Content_is_text_for_a_string_and_the_json_as_written_otherwise()
    {
        var text = Read.Content(Json("\"a\\nb\""), "f", errors);
        var json = Read.Content(Json("{ \"a\" : 1e2 }"), "f", errors);

        Assert.That(text, Is.EqualTo(new RawContent(Encoding.UTF8.GetBytes("a\nb"), IsJson: false)));
        Assert.That(json, Is.EqualTo(new RawContent(Encoding.UTF8.GetBytes("{ \"a\" : 1e2 }"), IsJson: true)));
    }

    [Test]
    public void Lists_and_maps_name_every_wrong_item_and_keep_the_others()
    {
        var texts = Read.Texts(Json("[\"a\",1,null,\"b\"]"), "t", errors);
        var map = Read.TextMap(Json("{\"a\":\"1\",\"A\":\"2\",\"b\":3,\"c\":null}"), "m", errors);

        Assert.That(texts, Is.EqualTo(["a", "b"]));
        Assert.That(map!.Keys, Is.EqualTo(["a"]));
        Assert.That(errors.ToDictionary().Keys, Is.EquivalentTo(["t[1]", "t[2]", "m.A", "m.b", "m.c"]));
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
