using System.CommandLine;
using System.Text.Json.Nodes;
using Client.Connections;
using Contracts.Access;

namespace Client;

/// <summary><c>timers keys</c>: makes, lists, rotates and revokes a service's keys, over REST with an administrator's key.</summary>
internal sealed class KeysCommand(Shell shell)
{
    private readonly ServiceCalls calls = new("/api/v1/keys", shell);

    /// <param name="output">What was made or found.</param>
    /// <param name="errors">Why it was not.</param>
    public static Command Create(TextWriter output, TextWriter errors) => Create(new Shell(output, errors));

    /// <param name="shell">Where it reads from and writes to.</param>
    public static Command Create(Shell shell) => new KeysCommand(shell).Create();

    private Command Create() => new("keys", "Makes, lists, rotates and revokes keys.")
    {
        Make(),
        List(),
        Rotate(),
        Revoke(),
        Generate(),
    };

    private Command Make()
    {
        var name = new Option<string>("--name") { Description = "What people call it.", Required = true };
        var scopes = Many("--scopes", "What it allows: read, write, control, for one slice timers:read; metrics; admin.");
        scopes.Required = true;
        var tenant = new Option<string?>("--tenant") { Description = "Whose data it opens. Default: your own tenant's." };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When it expires, such as 2030-01-31T08:00:00Z. Default: never.",
        };
        var addresses = Many("--addresses", "Networks or addresses that it may be used from. Default: all.");
        var site = new Option<string?>("--site") { Description = "Makes it publishable: it may only send events of this site." };
        var origins = Many("--origins", "For a publishable key: origins of the pages that may use it.");
        var command = new Command("create", "Makes a key and shows it, this once.")
        {
            name, scopes, tenant, expires, addresses, site, origins,
        };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new JsonObject { ["name"] = parsed.GetValue(name), ["scopes"] = Array(parsed.GetValue(scopes)!) };
            Set("tenant", parsed.GetValue(tenant));
            Set("expiresAt", parsed.GetValue(expires)?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
            Set("site", parsed.GetValue(site));
            SetMany("addresses", parsed.GetValue(addresses));
            SetMany("origins", parsed.GetValue(origins));
            return calls.SendAsync(parsed, HttpMethod.Post, string.Empty, request, made => ShowNewAsync(made), cancellationToken);

            void Set(string field, string? value)
            {
                if (value is not null)
                {
                    request[field] = value;
                }
            }

            void SetMany(string field, string[]? values)
            {
                if (values is { Length: > 0 })
                {
                    request[field] = Array(values);
                }
            }
        });
        return command;
    }

    private Command List()
    {
        var command = new Command("list", "Lists keys, without the keys themselves.");
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => calls.ListAsync(
            parsed,
            each => $"{each["id"]}  {each["state"]}  {each["tenant"]}  {Join(each["scopes"])}  {each["name"]}"
                + $"  {(each["lastUsedAt"] is { } used ? $"last used {used}" : "never used")}",
            cancellationToken));
        return command;
    }

    private Command Rotate()
    {
        var id = Id();
        var overlap = new Option<TimeSpan>("--overlap")
        {
            Description = "How long the old one is accepted, too, such as 1.00:00:00. Default: not.",
        };
        var command = new Command("rotate", "Makes a new secret for a key and shows the key, this once.") { id, overlap };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => calls.SendAsync(
            parsed, HttpMethod.Post, $"/{Uri.EscapeDataString(parsed.GetValue(id)!)}/rotate",
            new JsonObject { ["overlap"] = System.Xml.XmlConvert.ToString(parsed.GetValue(overlap)) },
            made => ShowNewAsync(made), cancellationToken));
        return command;
    }

    private Command Revoke()
    {
        var id = Id();
        var command = new Command("revoke", "Revokes a key: within a second it opens nothing any more.") { id };
        calls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => calls.SendAsync(
            parsed, HttpMethod.Delete, $"/{Uri.EscapeDataString(parsed.GetValue(id)!)}", content: null,
            revoked => shell.Output.WriteLineAsync($"{revoked["id"]} is revoked."), cancellationToken));
        return command;
    }

    private Command Generate()
    {
        var command = new Command("generate", "Makes the text of a first key, for the setting Keys__First. Calls no service.");
        command.SetAction((_, cancellationToken) => shell.Output.WriteLineAsync(KeyText.Create().Text.AsMemory(), cancellationToken));
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "The key's id, which stands in it: tmr_{id}_…" };

    private static Option<string[]> Many(string name, string description) => new(name)
    {
        Description = $"{description} Separated by commas or spaces.",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = parsed =>
            [.. parsed.Tokens.SelectMany(token => token.Value.Split(','))
                .Select(part => part.Trim()).Where(part => part.Length > 0)],
    };

    private static JsonArray Array(string[] values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static string Join(JsonNode? values) => string.Join(',', values!.AsArray().Select(value => (string?)value));

    private Task ShowNewAsync(JsonNode made) =>
        shell.Output.WriteLineAsync($"{made["key"]}{Environment.NewLine}It is shown this once: only its hash is kept.");
}
