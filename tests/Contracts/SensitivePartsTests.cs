using System.Text;
using System.Text.Json;
using Contracts.Timers;

namespace Tests.Contracts;

/// <summary>What is taken for a credential, and what is shown in its place.</summary>
public sealed class SensitivePartsTests
{
    [TestCase("Authorization")]
    [TestCase("authorization")]
    [TestCase("X-Authorization")]
    [TestCase("Cookie")]
    [TestCase("X-Api-Key")]
    [TestCase("x_api_key")]
    [TestCase("ApiKey")]
    [TestCase("X-Auth")]
    [TestCase("X-Auth-Token")]
    [TestCase("X-Gitlab-Token")]
    [TestCase("PRIVATE-TOKEN")]
    [TestCase("X-Functions-Key")]
    [TestCase("Ocp-Apim-Subscription-Key")]
    [TestCase("X-Shop-Secret")]
    [TestCase("clientSecret")]
    [TestCase("X-Hub-Signature-256")]
    [TestCase("X-Session-Id")]
    [TestCase("X-Password")]
    [TestCase("X-Amz-Security-Token")]
    public void Headers_that_carry_credentials(string name) => Assert.That(SensitiveParts.IsHeader(name), Is.True);

    [TestCase("Content-Type")]
    [TestCase("Idempotency-Key")]
    [TestCase("X-Routing-Key")]
    [TestCase("X-Shop")]
    [TestCase("X-Author")]
    [TestCase("X-Keyboard")]
    [TestCase("X-Monkey")]
    [TestCase("traceparent")]
    [TestCase("User-Agent")]
    [TestCase("Accept")]
    [TestCase("")]
    public void Headers_that_do_not(string name) => Assert.That(SensitiveParts.IsHeader(name), Is.False);

    [TestCase("https://h.example/hook?token=abc", "https://h.example/hook?token=********")]
    [TestCase("https://h.example/hook?a=1&access_token=abc&b=2#x", "https://h.example/hook?a=1&access_token=********&b=2#x")]
    [TestCase("https://h.example?sig=a%2Fb", "https://h.example?sig=********")]
    [TestCase("https://h.example/?%74oken=abc", "https://h.example/?%74oken=********")]
    [TestCase("https://h.example/?apiKey=abc;key=d", "https://h.example/?apiKey=********;key=********")]
    [TestCase("https://h.example/a#access_token=abc", "https://h.example/a#access_token=********")]
    [TestCase("https://hooks.example/services/T024/B035/a8Kq2ZxW9sLmT4pRv7YcD1eF", "https://hooks.example/services/T024/B035/********")]
    [TestCase("https://h.example/ghp_abcdefghijklmnopqrstuv/x", "https://h.example/********/x")]
    [TestCase("https://h.example/?q=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "https://h.example/?q=********")]
    [TestCase("https://api.example/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/send", "https://api.example/********/send")]
    [TestCase("https://user:pass@h.example/hook", "https://********@h.example/hook")]
    [TestCase("https://user@h.example?a=1", "https://********@h.example?a=1")]
    public void Tokens_in_an_address_are_masked(string url, string shown)
    {
        Assert.That(SensitiveParts.MaskedUrl(url), Is.EqualTo(shown));
        Assert.That(SensitiveParts.MaskedUrl(shown), Is.EqualTo(shown), "once is enough");
        Assert.That(SensitiveParts.UnmaskedUrl(shown, url), Is.EqualTo(url), "and they can be put back");
    }

    [TestCase("https://h.example")]
    [TestCase("https://h.example/")]
    [TestCase("https://h.example:8443/hook?order=17&page=2")]
    [TestCase("https://h.example/hook?token=")]
    [TestCase("https://h.example/019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11")]
    [TestCase("https://h.example/5f0c6b6e0a0e4c3c9f60a4f6f0d8a119")]
    [TestCase("https://h.example/OrderConfirmationCreated2024Webhook")]
    [TestCase("https://h.example/orders/2030-01-31T08:00:00.000Z/confirmation")]
    [TestCase("https://h.example/a/%2e%2e/b?x")]
    [TestCase("https://h.example/@user")]
    [TestCase("unreadable:")]
    public void Other_addresses_stay_as_they_are(string url) => Assert.That(SensitiveParts.MaskedUrl(url), Is.SameAs(url));

    [TestCase("https://h.example/new?token=********&a=1", "https://h.example/old?b=2&token=abc", "https://h.example/new?token=abc&a=1")]
    [TestCase(
        "https://h.example/?token=********&token=********", "https://h.example/?token=a&token=b", "https://h.example/?token=a&token=b")]
    [TestCase("https://h.example/?token=********", "https://h.example/?key=abc", null)]
    [TestCase("https://h.example/?token=********&token=********", "https://h.example/?token=abc", null)]
    [TestCase("https://h.example/x/********", "https://h.example/a8Kq2ZxW9sLmT4pRv7YcD1eF", null)]
    [TestCase("https://h.example/x********", "https://h.example/a8Kq2ZxW9sLmT4pRv7YcD1eF", null)]
    public void Masks_are_replaced_by_what_stood_in_their_place(string masked, string url, string? whole) =>
        Assert.That(SensitiveParts.UnmaskedUrl(masked, url), Is.EqualTo(whole));

    [Test]
    public void Random_tokens_are_found_by_their_look()
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var random = new Random(4711);

        var found = Enumerable.Range(0, 1_000).Count(_ => SensitiveParts.MaskedUrl(
            $"https://h.example/{new string(random.GetItems<char>(Letters, 24))}") == $"https://h.example/{SensitiveParts.Mask}");

        Assert.That(found, Is.GreaterThan(950));
    }

    [Test]
    public void A_masked_spec_differs_in_nothing_else_and_knows_its_receiver()
    {
        var spec = new TimerSpec
        {
            Url = new Uri("https://h.example:8443/hook?token=abc"),
            Headers = new Dictionary<string, string> { ["X-Shop"] = "north", ["Authorization"] = "Bearer abcdef" },
            Tags = ["red"],
        };

        var masked = SensitiveParts.Masked(spec);

        Assert.That(masked.Url.OriginalString, Is.EqualTo("https://h.example:8443/hook?token=********"));
        Assert.That(masked.Headers, Is.EqualTo(
            new Dictionary<string, string> { ["X-Shop"] = "north", ["Authorization"] = SensitiveParts.Mask }));
        Assert.That(masked with { Url = spec.Url, Headers = spec.Headers }, Is.EqualTo(spec));
        Assert.That(SensitiveParts.Masked(masked), Is.SameAs(masked));
        Assert.That(SensitiveParts.HaveOneReceiver(spec, masked), Is.True);
        Assert.That(SensitiveParts.ValuesOf(spec), Is.EquivalentTo(new[] { "Bearer abcdef", "abcdef", "abc" }));
        Assert.That(SensitiveParts.ValuesOf(masked), Is.Empty);
    }

    [Test]
    public void Headers_that_are_not_masked_may_look_like_it()
    {
        var from = SpecWith("X-Shop", "north", "Authorization", "Bearer abcdef");
        var masked = SpecWith("X-Shop", SensitiveParts.Mask, "authorization", SensitiveParts.Mask);

        var (spec, missing) = SensitiveParts.Restored(from, masked);

        Assert.That(missing, Is.Empty);
        Assert.That(spec.Headers, Is.EqualTo(
            new Dictionary<string, string> { ["X-Shop"] = SensitiveParts.Mask, ["authorization"] = "Bearer abcdef" }));
    }

    [Test]
    public void A_mask_without_a_value_to_keep_is_named()
    {
        var masked = SpecWith("Cookie", SensitiveParts.Mask) with { Url = new Uri("https://h.example/?token=********") };

        var (_, missing) = SensitiveParts.Restored(SpecWith("Authorization", "Bearer abcdef"), masked);

        Assert.That(missing.Select(each => each.Member), Is.EqualTo(new[] { "url", "headers.Cookie" }));
    }

    /// <summary>Nothing that came past a Producer's checks.</summary>
    [TestCase("{\"url\":\"abc//x?token=y\"}")]
    [TestCase("{\"url\":\"https://h/\",\"headers\":{\"Authorization\":null}}")]
    public void Nonsense_is_shown_without_an_error(string json)
    {
        var spec = JsonSerializer.Deserialize(json, TimersJson.Default.TimerSpec)!;

        Assert.That(() => SensitiveParts.Masked(spec), Throws.Nothing);
        Assert.That(() => SensitiveParts.ValuesOf(spec), Throws.Nothing);
        Assert.That(() => SensitiveParts.HaveOneReceiver(spec, spec), Throws.Nothing);
    }

    [TestCase("""{"url":"https://h/?a=1\u0026token=abc","headers":{"Authorization":"Bearer abc","x":"y"}}""",
        """{"url":"https://h/?a=1\u0026token=********","headers":{"Authorization":"********","x":"y"}}""")]
    [TestCase("""{"headers":{"Authorization":"Bearer ab""", """{"headers":{"Authorization":"********""")]
    [TestCase("""{"headers":{"Cookie" : "a\"b","n":1""", """{"headers":{"Cookie" : "********","n":1""")]
    [TestCase("""{"url":"https://h/?token=abc""", """{"url":"https://h/?token=********""")]
    [TestCase("""{"url":"https://h/?token=abc\u00""", """{"url":"********""")]
    [TestCase("""{"url":"https://h/","body":"größer"}""", """{"url":"https://h/","body":"größer"}""")]
    [TestCase("nonsense", "nonsense")]
    public void What_cannot_be_read_is_masked_as_text(string text, string shown) => Assert.That(
        Encoding.UTF8.GetString(SensitiveText.Masked(Encoding.UTF8.GetBytes(text)).Span), Is.EqualTo(shown));

    private static TimerSpec SpecWith(params string[] namesAndValues) => new()
    {
        Url = new Uri("https://h.example/hook"),
        Headers = namesAndValues.Chunk(2).ToDictionary(header => header[0], header => header[1]),
    };
}
