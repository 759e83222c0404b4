using System.Net.Http.Headers;
using System.Text.Json;

namespace Tests.Producer;

/// <summary>An HTTP answer, read whole.</summary>
public sealed record Answer(int Status, HttpResponseHeaders Headers, string? MediaType, string Text)
{
    public const string Problem = "application/problem+json";

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? ETag => Headers.ETag?.Tag;

    /// <summary>The names of the fields that a problem complains of.</summary>
    public string[] WrongFields => [.. Json.GetProperty("errors").EnumerateObject().Select(wrong => wrong.Name)];

    /// <summary>A header's value; null without it.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    public string this[string property] => Json.GetProperty(property).ToString();

    public static async Task<Answer> ReadAsync(HttpResponseMessage message)
    {
        using (message)
        {
            var text = await message.Content.ReadAsStringAsync();
            return new Answer((int)message.StatusCode, message.Headers, message.Content.Headers.ContentType?.MediaType, text);
        }
    }

    /// <summary>A refusal as clients may rely on it: problem details with this status, and nothing of the program's inside.</summary>
    public void AssertProblem(int status)
    {
        Assert.Multiple(() =>
        {
            Assert.That(Status, Is.EqualTo(status), Text);
            Assert.That(MediaType, Is.EqualTo(Problem));
            Assert.That(Text, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
        });
        Assert.Multiple(() =>
        {
            Assert.That(Json.GetProperty("status").GetInt32(), Is.EqualTo(status));
            Assert.That(Json.GetProperty("title").GetString(), Is.Not.Empty);
        });
    }

    /// <summary>A 400 that names this field.</summary>
    public void AssertWrong(string field)
    {
        AssertProblem(400);
        Assert.That(WrongFields, Does.Contain(field), Text);
    }
}
