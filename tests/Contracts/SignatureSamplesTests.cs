using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Contracts.Signing;
using Infrastructure.Signing;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>The examples of docs/guides/signatures.md, run on the vectors and on what must be refused.</summary>
public sealed partial class SignatureSamplesTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const long Sent = 1_700_000_000;

    private static readonly byte[] Body = """{"name":"größer"}"""u8.ToArray();

    /// <summary>Runs an example on a file of cases and prints its verdicts as JSON.</summary>
    private static readonly Dictionary<string, (string Program, string File, string Driver)> Drivers = new()
    {
        ["python"] = ("python3", "sample.py", """


            import json, sys
            print(json.dumps([
                verify(c["secrets"], {k: v for k, v in c["headers"].items() if v is not None}, base64.b64decode(c["body"]), c["now"])
                for c in json.load(open(sys.argv[1]))]))
            """),
        ["js"] = ("node", "sample.cjs", """


            const cases = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
            console.log(JSON.stringify(cases.map(c => verify(c.secrets, c.headers, Buffer.from(c.body, "base64"), c.now))));
            """),
        ["javascript"] = ("node", "sample.cjs", """


            const cases = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
            console.log(JSON.stringify(cases.map(c => verifyKeys(c.secrets, c.headers, Buffer.from(c.body, "base64"), c.now))));
            """),
    };

    private static List<Case> Cases
    {
        get
        {
            var own = Sign(Secret);
            var foreign = Sign(Other);
            return
            [
                .. SignatureVector.All.Select(vector => new Case(
                    [vector.Secret], Headers(vector.Id, $"{vector.Timestamp}", vector.Signature), vector.Bytes, vector.Timestamp, true)),
                .. SignatureVector.All.Select(vector => new Case(
                    [vector.Secret], Headers(vector.Id, $"{vector.Timestamp}", vector.Signature), [.. vector.Bytes, 32], vector.Timestamp,
                    false)),
                new([Secret], Headers("a-1", $"{Sent}", own), Body, Sent, true),
                new([Secret], Headers("a-2", $"{Sent}", own), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent + 1}", own), Body, Sent, false),
                new([Other], Headers("a-1", $"{Sent}", own), Body, Sent, false),
                new([Other, Secret], Headers("a-1", $"{Sent}", own), Body, Sent, true),
                new([Secret], Headers("a-1", $"{Sent}", $"{foreign} {own}"), Body, Sent, true),
                new([Secret], Headers("a-1", $"{Sent}", $"v1a,AAAA {own}"), Body, Sent, true),
                new([Secret], Headers("a-1", $"{Sent}", $"v1a,{own[3..]}"), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", own[3..]), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", $"{foreign},{own}"), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", "v1,größer"), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", ""), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", own), Body, Sent + 300, true),
                new([Secret], Headers("a-1", $"{Sent}", own), Body, Sent + 301, false),
                new([Secret], Headers("a-1", $"{Sent}", own), Body, Sent - 300, true),
                new([Secret], Headers("a-1", $"{Sent}", own), Body, Sent - 301, false),
                new([Secret], Headers(null, $"{Sent}", own), Body, Sent, false),
                new([Secret], Headers("a-1", null, own), Body, Sent, false),
                new([Secret], Headers("a-1", $"{Sent}", null), Body, Sent, false),
                new([Secret], Headers("a-1", "²", own), Body, Sent, false),
                new([Secret], Headers("a-1", "soon", own), Body, Sent, false),
                new([Secret], Headers("a-1", "9223372036854775807", own), Body, Sent, false),
            ];
        }
    }

    private static List<Case> PublicCases
    {
        get
        {
            var (signer, other) = (NewSigner(), NewSigner());
            var (key, foreign) = (WebhookPublicKey.Write(signer.PublicKey), WebhookPublicKey.Write(other.PublicKey));
            var own = WebhookSignature.Sign([signer], "a-1", $"{Sent}", Body);
            var both = WebhookSignature.Sign([other, signer], "a-1", $"{Sent}", Body);
            return
            [
                new([key], Headers("a-1", $"{Sent}", own), Body, Sent, true),
                new([key], Headers("a-1", $"{Sent}", both), Body, Sent, true),
                new([foreign, key], Headers("a-1", $"{Sent}", own), Body, Sent, true),
                new([key], Headers("a-1", $"{Sent}", $"{Sign(Secret)} {own}"), Body, Sent, true),
                new([key], Headers("a-1", $"{Sent}", $"v1a,AAAA {own}"), Body, Sent, true),
                new([foreign], Headers("a-1", $"{Sent}", own), Body, Sent, false),
                new([key], Headers("a-1", $"{Sent}", Sign(Secret)), Body, Sent, false),
                new([key], Headers("a-1", $"{Sent}", $"v1,{own[4..]}"), Body, Sent, false),
                new([key], Headers("a-2", $"{Sent}", own), Body, Sent, false),
                new([key], Headers("a-1", $"{Sent + 1}", own), Body, Sent, false),
                new([key], Headers("a-1", $"{Sent}", own), [.. Body, 32], Sent, false),
                new([key], Headers("a-1", $"{Sent}", own), Body, Sent + 300, true),
                new([key], Headers("a-1", $"{Sent}", own), Body, Sent + 301, false),
                new([key], Headers("a-1", $"{Sent}", own), Body, Sent - 301, false),
                new([key], Headers("a-1", "soon", own), Body, Sent, false),
                new([key], Headers("a-1", null, own), Body, Sent, false),
                new([key], Headers("a-1", $"{Sent}", null), Body, Sent, false),
            ];

            static Ed25519Signer NewSigner() => new(RandomNumberGenerator.GetBytes(Ed25519Signer.SeedBytes));
        }
    }

    [Test]
    public void The_page_has_five_languages() =>
        Assert.That(new[] { "csharp", "python", "js", "go", "php" }.Select(SampleOf), Has.None.Empty);

    [Test]
    public void The_example_for_CSharp_stands_in_the_page_and_judges_rightly()
    {
        var shown = SampleOf("csharp").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var compiled = Repository.Read("tests", "Contracts", "WebhookReceiverSample.cs").Split('\n')
            .Select(line => line.Trim()).Where(line => line.Length > 0).ToList();

        Assert.That(compiled.Skip(compiled.IndexOf(shown[0])).Take(shown.Count), Is.EqualTo(shown));
        foreach (var each in Cases)
        {
            Assert.That(
                WebhookReceiverSample.Verify(
                    each.Secrets, each.Headers["webhook-id"], each.Headers["webhook-timestamp"], each.Headers["webhook-signature"],
                    each.Body, DateTimeOffset.FromUnixTimeSeconds(each.Now)),
                Is.EqualTo(each.Expected), $"{each}");
        }
    }

    [TestCase("python")]
    [TestCase("js")]
    public void The_example_judges_rightly(string language) => Run(language, Cases);

    [Test]
    public void The_example_for_public_keys_judges_rightly() => Run("javascript", PublicCases);

    private static void Run(string language, List<Case> cases)
    {
        var (program, file, driver) = Drivers[language];
        if (!Tools.Exists(program))
        {
            Tools.Missing(program);
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(file), SampleOf(language) + driver);
        File.WriteAllText(folder.File("cases.json"), JsonSerializer.Serialize(
            cases.Select(each => new { secrets = each.Secrets, headers = each.Headers, body = each.Body, now = each.Now })));

        var (code, output) = Tools.Run(program, folder.File(file), folder.File("cases.json"));

        Assert.That(code, Is.Zero, output);
        Assert.That(JsonSerializer.Deserialize<List<bool>>(output), Is.EqualTo(cases.Select(each => each.Expected)), output);
    }

    private static string SampleOf(string language) => Sample().Matches(Repository.Read("docs", "guides", "signatures.md"))
        .Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["code"].Value)
        .SingleOrDefault(string.Empty);

    private static string Sign(string text)
    {
        Assert.That(WebhookSecret.TryParse(text, out var secret), Is.True);
        return WebhookSignature.Sign([secret!], "a-1", $"{Sent}", Body);
    }

    private static Dictionary<string, string?> Headers(string? id, string? timestamp, string? signature) => new()
    {
        ["webhook-id"] = id,
        ["webhook-timestamp"] = timestamp,
        ["webhook-signature"] = signature,
    };

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<code>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline
        | RegexOptions.Singleline, 1000)]
    private static partial Regex Sample();

    private sealed record Case(string[] Secrets, Dictionary<string, string?> Headers, byte[] Body, long Now, bool Expected)
    {
        public override string ToString() => $"{string.Join(", ", Headers)} at {Now}: {Encoding.UTF8.GetString(Body)}";
    }
}
