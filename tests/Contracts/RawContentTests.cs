using System.Text;
using System.Text.Json;
using Contracts.Common;
using Contracts.Timers;
using FsCheck;
using FsCheck.Fluent;

namespace Tests.Contracts;

/// <summary>What a client gave is handed on byte for byte, also after it went through the log and the store.</summary>
public sealed class RawContentTests
{
    [TestCase("""{"b":1,"a":[1.0,1e400,-0,123456789012345678901234567890]}""")]
    [TestCase("""{ "spaces" :  [ ],"escapes":"\u00e4\/\n" , "ä":"ö"}""")]
    [TestCase("[]")]
    [TestCase("true")]
    [TestCase("-12.50")]
    public void Json_comes_back_as_it_was_written(string json)
    {
        var content = new RawContent(Encoding.UTF8.GetBytes(json), IsJson: true);

        Assert.That(Encoding.UTF8.GetString(RoundTrip(content).Utf8.Span), Is.EqualTo(json));
        Assert.That(RoundTrip(content), Is.EqualTo(content));
    }

    [TestCase("")]
    [TestCase("{\"looks\":\"like json\"}")]
    [TestCase("line\r\nline\ttab \"quoted\" \\ back <script> \u2028 ä 🙂 \0")]
    public void Text_comes_back_as_it_was_written(string text)
    {
        var content = new RawContent(Encoding.UTF8.GetBytes(text), IsJson: false);

        Assert.That(RoundTrip(content), Is.EqualTo(content));
    }

    [Test]
    public void Any_text_comes_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), text =>
        {
            // Half of a surrogate pair is no text: UTF-8 cannot hold it.
            var content = new RawContent(Encoding.UTF8.GetBytes(text.Get ?? string.Empty), IsJson: false);
            return RoundTrip(content).Equals(content);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Json_as_deep_as_a_request_may_be_comes_back_inside_the_message()
    {
        const int Depth = 63;
        var content = new RawContent(Encoding.UTF8.GetBytes(new string('[', Depth) + new string(']', Depth)), IsJson: true);
        var message = Support.ATimer.New().WithSpec(spec => spec with { Body = content }).Build();

        var json = JsonSerializer.SerializeToUtf8Bytes(message, TimersJson.Default.TimerScheduled);

        Assert.That(JsonSerializer.Deserialize(json, TimersJson.Default.TimerScheduled)!.Spec.Body, Is.EqualTo(content));
    }

    [Test]
    public void Equals_tells_text_from_json_of_the_same_bytes()
    {
        var bytes = "1"u8.ToArray();

        Assert.That(new RawContent(bytes, IsJson: true), Is.Not.EqualTo(new RawContent(bytes, IsJson: false)));
        Assert.That(
            new RawContent(bytes, IsJson: true).GetHashCode(), Is.EqualTo(new RawContent("1"u8.ToArray(), IsJson: true).GetHashCode()));
    }

    private static RawContent RoundTrip(RawContent content)
    {
        var spec = new TimerSpec { Url = new Uri("http://127.0.0.1:2/hook"), Body = content };
        var json = JsonSerializer.SerializeToUtf8Bytes(spec, TimersJson.Default.TimerSpec);
        return JsonSerializer.Deserialize(json, TimersJson.Default.TimerSpec)!.Body!;
    }
}
