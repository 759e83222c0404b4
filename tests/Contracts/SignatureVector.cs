using System.Text;
using System.Text.Json;

namespace Tests.Contracts;

/// <summary>A vector of Standard Webhooks 1.0; the fixture names its source.</summary>
public sealed record SignatureVector(string Secret, string Id, long Timestamp, string Body, string Signature)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<SignatureVector> All { get; } = JsonDocument
        .Parse(File.ReadAllText(
            Path.Combine(TestContext.CurrentContext.TestDirectory, "Contracts", "Fixtures", "standard-webhooks.json")))
        .RootElement.GetProperty("vectors").Deserialize<List<SignatureVector>>(Web)!;

    public byte[] Bytes => Encoding.UTF8.GetBytes(Body);

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(Timestamp);

    public override string ToString() => Id;
}
