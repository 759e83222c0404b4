using System.CommandLine;
using System.Text.Json.Nodes;

namespace Client.Connections;

/// <summary>Calls a service's routes for administrators, as commands do that manage something there.</summary>
/// <param name="root">The path below which they are.</param>
/// <param name="shell">Where what the service refuses is told, and why.</param>
internal sealed class ServiceCalls(string root, Shell shell)
{
    /// <summary>Exit code when the service refused, or could not be reached.</summary>
    private const int Failed = 1;

    private readonly ServiceOptions service = new(shell);

    /// <summary>Adds the options that name the service to a command.</summary>
    public void AddTo(Command command) => service.AddTo(command);

    /// <summary>Calls once.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="method">GET, POST or DELETE.</param>
    /// <param name="path">What follows the root.</param>
    /// <param name="content">What to send; null for nothing.</param>
    /// <param name="show">Shows the answer; gets an empty object where there is none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> SendAsync(
        ParseResult parsed, HttpMethod method, string path, JsonNode? content, Func<JsonNode, Task> show,
        CancellationToken cancellationToken)
    {
        string url;
        string? key;
        try
        {
            (url, key) = service.Resolve(parsed);
        }
        catch (UsageException error)
        {
            await shell.Errors.WriteLineAsync(error.Message);
            return ExitCodes.Unusable;
        }

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{url.TrimEnd('/')}{root}{path}");
        if (content is not null)
        {
            request.Content = JsonContent.Create(content);
        }

        if (key is { Length: > 0 } own)
        {
            request.Headers.Authorization = new("Bearer", own);
        }

        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var json = text.StartsWith('{') ? JsonNode.Parse(text) : null;
            if (answer.IsSuccessStatusCode && (json is not null || text.Length == 0))
            {
                await show(json ?? new JsonObject());
                return 0;
            }

            await shell.Errors.WriteLineAsync($"{(int)answer.StatusCode} {json?["title"]} {json?["detail"]}".TrimEnd());
            foreach (var (field, reasons) in json?["errors"]?.AsObject() ?? [])
            {
                await shell.Errors.WriteLineAsync($"  {field} {string.Join("; ", reasons!.AsArray().Select(reason => (string?)reason))}");
            }
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException)
        {
            await shell.Errors.WriteLineAsync($"{url} cannot be reached: {error.Message}");
        }

        return Failed;
    }

    /// <summary>Reads a list, page by page.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="line">What is shown of an entry.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ListAsync(
        ParseResult parsed, Func<JsonNode, string> line, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var path = next is null ? string.Empty : $"?cursor={next}";
            next = null;
            var code = await SendAsync(parsed, HttpMethod.Get, path, content: null, async page =>
            {
                foreach (var each in page["items"]!.AsArray())
                {
                    await shell.Output.WriteLineAsync(line(each!));
                }

                next = (string?)page["next"];
            }, cancellationToken);
            if (code != 0)
            {
                return code;
            }
        }
        while (next is not null);
        return 0;
    }
}
