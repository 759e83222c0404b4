using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Client;
using Contracts.Signing;
using Infrastructure.Signing;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers receive</c>: prints what arrives.</summary>
[NonParallelizable]
public sealed class ReceiveCommandTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_webhook_of_a_real_service_is_printed_with_its_timer()
    {
        using var output = new StringWriter();
        await using var receiver = await WebhookReceiver.StartAsync("127.0.0.1", 0, 204, TextWriter.Synchronized(output));
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();

        using var created = await http.PostAsJsonAsync(
            "/api/v1/timers", new { id = "tour", url = $"{receiver.Address}/hook?a=b", delay = "PT0S", body = new { order = 4711 } });
        Assert.That((int)created.StatusCode, Is.EqualTo(201));

        await Eventually.That(() => Lines(output).Length >= 3, MaxWait, "it arrives");
        var lines = Lines(output);
        Assert.That(lines[0], Does.EndWith("POST /hook?a=b"));
        Assert.That(lines[1], Does.StartWith("  timer tour, attempt 1, ").And.Contain(" ms after it was due; webhook-id "));
        Assert.That(lines[2], Is.EqualTo("""  {"order":4711}"""));
    }

    [Test]
    public async Task It_answers_what_it_was_told_and_prints_nothing_that_commands_a_terminal()
    {
        using var output = new StringWriter();
        await using var receiver = await WebhookReceiver.StartAsync("127.0.0.1", 0, 503, output);
        using var http = new HttpClient { BaseAddress = new Uri(receiver.Address) };

        using var answer = await http.PostAsync("/x", new StringContent("\u001b[2Jgone"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(output.ToString(), Does.Contain("gone").And.Not.Contain("\u001b"));
    }

    [Test]
    public async Task With_a_secret_a_signed_webhook_of_a_real_service_is_valid_and_everything_else_is_refused()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        using var output = new StringWriter();
        await using var receiver = await WebhookReceiver.StartAsync(
            "127.0.0.1", 0, 204, TextWriter.Synchronized(output), ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Secret]);
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();
        using var secret = await http.PostAsJsonAsync("/api/v1/signing-secrets", new { secret = Secret });
        Assert.That((int)secret.StatusCode, Is.EqualTo(201));

        using var created = await http.PostAsJsonAsync(
            "/api/v1/timers", new { id = "tour", url = $"{receiver.Address}/hook", delay = "PT0S", body = new { name = "größer" } });
        await Eventually.That(() => Lines(output).Length >= 4, MaxWait, "it arrives");
        Assert.That(Lines(output)[2], Is.EqualTo("  signature valid"));
        await Eventually.That(
            async () => await http.StateAsync("tour") == "succeeded", MaxWait, "the service has got the status that was asked for");

        using var stranger = new HttpClient { BaseAddress = new Uri(receiver.Address) };
        using var unsigned = await stranger.PostAsync("/hook", new StringContent("x"));
        Assert.That(unsigned.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(output.ToString(), Does.Contain("NOT SIGNED").And.Not.Contain(Secret));
        Assert.That(await SendAsync(DateTimeOffset.UnixEpoch, "x"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(output.ToString(), Does.Contain("more than 5 minutes old"));
        Assert.That(await SendAsync(TimeProvider.System.GetUtcNow(), "y"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(output.ToString(), Does.Contain("SIGNATURE WRONG"));
        Assert.That(await SendAsync(TimeProvider.System.GetUtcNow(), "x"), Is.EqualTo(HttpStatusCode.NoContent));

        // What is signed is the text x.
        async Task<HttpStatusCode> SendAsync(DateTimeOffset at, string body)
        {
            Assert.That(WebhookSecret.TryParse(Secret, out var bytes), Is.True);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/hook") { Content = new StringContent(body) };
            request.Headers.Add("webhook-id", "a-1");
            request.Headers.Add("webhook-timestamp", $"{at.ToUnixTimeSeconds()}");
            request.Headers.Add("webhook-signature", WebhookSignature.Sign([bytes!], "a-1", $"{at.ToUnixTimeSeconds()}", "x"u8));
            using var answer = await stranger.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Test]
    public async Task With_a_public_key_signatures_are_checked_too()
    {
        var signer = new Ed25519Signer(RandomNumberGenerator.GetBytes(Ed25519Signer.SeedBytes));
        using var output = new StringWriter();
        await using var receiver = await WebhookReceiver.StartAsync(
            "127.0.0.1", 0, 204, output, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", WebhookPublicKey.Write(signer.PublicKey)]);
        using var http = new HttpClient { BaseAddress = new Uri(receiver.Address) };

        Assert.That(await SendAsync("x"), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(output.ToString(), Does.Contain("signature valid"));
        Assert.That(await SendAsync("y"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(output.ToString(), Does.Contain("SIGNATURE WRONG"));

        // What is signed is the text x.
        async Task<HttpStatusCode> SendAsync(string body)
        {
            var stamp = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
            using var request = new HttpRequestMessage(HttpMethod.Post, "/hook") { Content = new StringContent(body) };
            request.Headers.Add("webhook-id", "a-1");
            request.Headers.Add("webhook-timestamp", stamp);
            request.Headers.Add("webhook-signature", WebhookSignature.Sign([signer], "a-1", stamp, "x"u8));
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    /// <summary>The environment is the process's: nothing else may read it meanwhile.</summary>
    [Test, NonParallelizable]
    public void A_secret_can_come_from_the_environment_where_others_cannot_see_it()
    {
        const string Variable = "TIMERS_SIGNING_SECRET";
        try
        {
            Environment.SetEnvironmentVariable(Variable, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
            Assert.That(Secrets(), Is.EqualTo(new[] { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }));
            Assert.That(Secrets("--secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
                Is.EqualTo(new[] { "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" }));
            Environment.SetEnvironmentVariable(Variable, "whsec_planted");
            var wrong = ReceiveCommand.Create(TextWriter.Null, TextWriter.Null).Parse([]);
            Assert.That(wrong.Errors.Select(error => error.Message), Has.Some.Contains(Variable).And.None.Contains("planted"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }

        static string[]? Secrets(params string[] arguments) =>
            ReceiveCommand.Create(TextWriter.Null, TextWriter.Null).Parse(arguments).GetValue<string[]>("--secret");
    }

    [TestCase("--secret", "whsec_planted")]
    [TestCase("--secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,whsec_planted")]
    [TestCase("--secret", "whpk_planted")]
    public void A_wrong_secret_is_named_and_not_shown(string option, string value)
    {
        var parsed = ReceiveCommand.Create(TextWriter.Null, TextWriter.Null).Parse([option, value]);

        Assert.That(parsed.Errors.Select(error => error.Message), Has.Some.Contains(option).And.None.Contains("planted"));
    }

    [TestCase("--port", "70000")]
    [TestCase("--status", "99")]
    [TestCase("--status", "x")]
    [TestCase("--address", "localhos")]
    public void A_wrong_option_is_named(string option, string value)
    {
        var parsed = ReceiveCommand.Create(TextWriter.Null, TextWriter.Null).Parse([option, value]);

        Assert.That(parsed.Errors.Select(error => error.Message), Has.Some.Contains(option));
    }

    [Test]
    public async Task An_address_of_another_machine_is_told()
    {
        var errors = new StringWriter();

        var code = await ReceiveCommand.Create(TextWriter.Null, errors).Parse(["--address", "192.0.2.1", "--port", "0"]).InvokeAsync();

        Assert.That((code, errors.ToString()), Is.EqualTo((2, errors.ToString())));
        Assert.That(errors.ToString(), Does.StartWith("Cannot receive: ").And.Contain("--address"));
    }

    [Test]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var first = await WebhookReceiver.StartAsync("127.0.0.1", 0, 200, TextWriter.Null);
        using var errors = new StringWriter();

        var code = await ReceiveCommand.Create(TextWriter.Null, errors).Parse(["--port", $"{new Uri(first.Address).Port}"]).InvokeAsync();

        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors.ToString(), Does.Contain("--port"));
    }

    private static string[] Lines(StringWriter output)
    {
        lock (output)
        {
            return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
