using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Client;

/// <summary><c>timers receive</c>: receives webhooks on this machine and prints what arrives.</summary>
internal static class ReceiveCommand
{
    private const int DefaultPort = 4000;

    /// <summary>Exit code when the address cannot be used.</summary>
    private const int CannotListen = 2;

    /// <summary>What webhooks are signed with.</summary>
    private const string SecretVariable = "TIMERS_SIGNING_SECRET";

    public static Command Create(TextWriter output, TextWriter errors)
    {
        var port = new Option<int>("--port", "-p")
        { Description = "The port to listen on, on loopback.", DefaultValueFactory = _ => DefaultPort };
        port.Validators.Add(result =>
        {
            if (IsOutside(result, 0, IPEndPoint.MaxPort))
            {
                result.AddError($"--port must be from 0 (any that is free) to {IPEndPoint.MaxPort}.");
            }
        });
        var status = new Option<int>("--status", "-s")
        { Description = "The HTTP status to answer with.", DefaultValueFactory = _ => StatusCodes.Status200OK };
        status.Validators.Add(result =>
        {
            if (IsOutside(result, 200, 599))
            {
                result.AddError("--status must be from 200 to 599.");
            }
        });
        var address = new Option<string>("--address")
        {
            Description = "The IP address to listen on instead of loopback, such as 0.0.0.0 in a container.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        address.Validators.Add(result =>
        {
            // The server would bind any other name to all addresses.
            if (result.Tokens is [var token] && token.Value != "localhost" && !IPAddress.TryParse(token.Value, out _))
            {
                result.AddError("--address must be an IP address of this machine, or localhost.");
            }
        });
        var secrets = new Option<string[]>("--secret")
        {
            Description = "Checks signatures with this secret, whsec_…, or public key, whpk_…, and answers 401 where none is right; "
                + $"several, separated by commas, while one rotates. Default: the variable {SecretVariable}, which others cannot see; "
                + "without either nothing is checked.",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = parsed => ReadSecrets(parsed, string.Join(',', parsed.Tokens.Select(token => token.Value))),
            DefaultValueFactory = parsed => ReadSecrets(parsed, Environment.GetEnvironmentVariable(SecretVariable) ?? string.Empty),
        };
        var command = new Command("receive", "Receives webhooks on this machine and prints what arrives, until Ctrl+C.")
            { port, status, address, secrets };
        command.SetAction(async (parsed, stopping) =>
        {
            try
            {
                await using var receiver = await WebhookReceiver.StartAsync(
                    parsed.GetRequiredValue(address), parsed.GetRequiredValue(port), parsed.GetRequiredValue(status), output,
                    parsed.GetValue(secrets));
                await output.WriteLineAsync($"Receives webhooks at {receiver.Address}; Ctrl+C ends it.");
                await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 0;
            }
            catch (Exception error) when (error is IOException or FormatException or SocketException)
            {
                await errors.WriteLineAsync($"Cannot receive: {error.Message} Name another address with --address, or port with --port.");
                return CannotListen;
            }
        });
        return command;
    }

    /// <summary>Takes what is a secret, and says what is not, without showing it.</summary>
    private static string[] ReadSecrets(ArgumentResult parsed, string text)
    {
        var secrets = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (!Array.TrueForAll(secrets, secret => WebhookReceiver.VerifierOf(secret) is not null))
        {
            parsed.AddError(
                $"--secret (or {SecretVariable}) must be whsec_ and the base64 of 24 to 64 bytes, or whpk_ and that of a public key.");
        }

        return secrets;
    }

    /// <summary>A value that is not a number is rejected by the parser itself, with its own message.</summary>
    private static bool IsOutside(OptionResult result, int min, int max) =>
        result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        && (number < min || number > max);
}
