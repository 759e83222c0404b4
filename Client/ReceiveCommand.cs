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
        var command = new Command("receive", "Receives webhooks on this machine and prints what arrives, until Ctrl+C.")
            { port, status, address };
        command.SetAction(async (parsed, stopping) =>
        {
            try
            {
                await using var receiver = await WebhookReceiver.StartAsync(
                    parsed.GetRequiredValue(address), parsed.GetRequiredValue(port), parsed.GetRequiredValue(status), output);
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

    /// <summary>A value that is not a number is rejected by the parser itself, with its own message.</summary>
    private static bool IsOutside(OptionResult result, int min, int max) =>
        result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        && (number < min || number > max);
}
