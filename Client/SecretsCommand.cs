using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Client.Connections;
using Contracts.Signing;

namespace Client;

/// <summary><c>timers secrets</c>: makes, lists, rotates and deletes what webhooks are signed with, over REST.</summary>
internal sealed class SecretsCommand(Shell shell)
{
    private const int MasterKeyBytes = 32;

    private readonly ServiceCalls calls = new("/api/v1/signing-secrets", shell);

    /// <param name="shell">Where it reads from and writes to.</param>
    public static Command Create(Shell shell) => new SecretsCommand(shell).Create();

    private Command Create() => new("secrets", "Makes, lists, rotates and deletes the secrets that webhooks are signed with.")
    {
        Make(),
        List(),
        Rotate(),
        Delete(),
        GenerateKey(),
    };

    private Command Make()
    {
        var destination = new Option<string?>("--destination")
        {
            Description = "Scheme, host and port that it signs for, such as https://hooks.example.com. Default: all that have no own.",
        };
        var kind = Kind("v1");
        var secret = Secret();
        var command = new Command("create", "Makes a signing secret and shows it, this once; of kind v1a, its public key.")
        {
            destination, kind, secret,
        };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new JsonObject();
            Set(request, "destination", parsed.GetValue(destination));
            Set(request, "kind", parsed.GetValue(kind));
            Set(request, "secret", parsed.GetValue(secret));
            return calls.SendAsync(parsed, HttpMethod.Post, string.Empty, request, ShowNewAsync, cancellationToken);
        });
        return command;
    }

    private Command List()
    {
        var command = new Command("list", "Lists signing secrets, without the secrets themselves.");
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => calls.ListAsync(
            parsed,
            each => $"{each["id"]}  {each["destination"] ?? "(default)"}  {each["kind"]}  made {each["createdAt"]}"
                + (each["publicKey"] is { } key ? $"  {key}" : string.Empty)
                + (each["previousUntil"] is { } until ? $"  the one before signs as well until {until}" : string.Empty)
                + (each["previousPublicKey"] is { } previous ? $"  {previous}" : string.Empty),
            cancellationToken));
        return command;
    }

    private Command Rotate()
    {
        var id = Id();
        var overlap = new Option<TimeSpan?>("--overlap")
        {
            Description = "How long the old one signs as well, such as 2.00:00:00. Default: 24 hours.",
        };
        var kind = Kind("that of the old one");
        var secret = Secret();
        var command = new Command("rotate", "Makes a new secret in place of another and shows it, this once; of kind v1a, its public key.")
        {
            id, overlap, kind, secret,
        };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new JsonObject();
            Set(request, "overlap", parsed.GetValue(overlap) is { } time ? System.Xml.XmlConvert.ToString(time) : null);
            Set(request, "kind", parsed.GetValue(kind));
            Set(request, "secret", parsed.GetValue(secret));
            return calls.SendAsync(
                parsed, HttpMethod.Post, $"/{Uri.EscapeDataString(parsed.GetValue(id)!)}/rotate", request, ShowNewAsync,
                cancellationToken);
        });
        return command;
    }

    private Command Delete()
    {
        var id = Id();
        var command = new Command("delete", "Deletes a signing secret: within a second it signs nothing any more.") { id };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => calls.SendAsync(
            parsed, HttpMethod.Delete, $"/{Uri.EscapeDataString(parsed.GetValue(id)!)}", content: null,
            _ => shell.Output.WriteLineAsync($"{parsed.GetValue(id)} is deleted."), cancellationToken));
        return command;
    }

    private Command GenerateKey()
    {
        var command = new Command(
            "generate-key", "Makes a key that the store's secrets are encrypted with, for the setting Secrets__Key. Calls no service.");
        command.SetAction((_, cancellationToken) => shell.Output.WriteLineAsync(
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeyBytes)).AsMemory(), cancellationToken));
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "The secret's id, as the list shows it." };

    private static Option<string?> Kind(string otherwise)
    {
        var kind = new Option<string?>("--kind")
        {
            Description = "v1 (HMAC-SHA256, a secret that receivers share) or v1a (Ed25519, receivers get a public key). "
                + $"Default: {otherwise}.",
        };
        kind.AcceptOnlyFromAmong("v1", "v1a");
        return kind;
    }

    private static Option<string?> Secret() => new("--secret")
    {
        Description = $"What to sign with, {WebhookSecret.Prefix} and base64; not for v1a. Default: made at random.",
    };

    private static void Set(JsonObject request, string field, string? value)
    {
        if (value is not null)
        {
            request[field] = value;
        }
    }

    private Task ShowNewAsync(JsonNode made) => shell.Output.WriteLineAsync(made["publicKey"] is { } key
        ? $"{key}{Environment.NewLine}Receivers verify with it; it is no secret. Its id is {made["id"]}."
        : $"{made["secret"]}{Environment.NewLine}It is shown this once: the service keeps it encrypted. Its id is {made["id"]}.");
}
