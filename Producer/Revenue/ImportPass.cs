using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Common;
using Contracts.Events;
using Contracts.Revenue;
using Contracts.Storage;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>
/// Imports the files of a watched folder: <c>*.jsonl</c>, once nobody has written to them between two passes. What is accepted of a file is
/// durable before it goes to <c>processed/</c>; bad lines are listed in <c>rejects/</c>.
/// </summary>
/// <remarks>
/// A line without an id has one that is made of the file's content and its number. So a file that is read again, after a kill or under
/// another name, counts once.
/// </remarks>
internal sealed partial class ImportPass(
    RevenueIntake intake, EventTypes types, RevenueEventRequestValidator validator,
    EventCarrier<AcceptedRevenueAdjustment, RevenueAdjusted> adjustments, RevenueAdjustmentRequestValidator adjustmentValidator,
    IRevenueStore store, IStoreClock clock, IOptions<ProducerRevenueOptions> options, ILogger<ImportPass> logger)
{
    /// <summary>Lines that are accepted together.</summary>
    private const int MaxLines = 1_000;

    private readonly Dictionary<string, (long Length, DateTime WrittenAt)> seen = new(StringComparer.Ordinal);

    /// <returns>Number of files that it has imported.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Import is not { } folder)
        {
            return 0;
        }

        Directory.CreateDirectory(folder);
        var imported = 0;
        foreach (var file in new DirectoryInfo(folder).GetFiles("*.jsonl").OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var now = (file.Length, file.LastWriteTimeUtc);
            if (seen.TryGetValue(file.Name, out var before) && before == now)
            {
                seen.Remove(file.Name);
                imported += await ImportAsync(folder, file, cancellationToken) ? 1 : 0;
            }
            else
            {
                seen[file.Name] = now;
            }
        }

        return imported;
    }

    private async Task<bool> ImportAsync(string folder, FileInfo file, CancellationToken cancellationToken)
    {
        FileStream content;
        try
        {
            // Another Producer that watches the folder has it, or has just moved it.
            content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.None);
        }
        catch (IOException)
        {
            return false;
        }

        await using (content)
        {
            var prefix = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken))[..32];
            content.Position = 0;
            var rejects = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "rejects")).FullName, file.Name);
            var (accepted, rejected) = (0L, 0L);
            await using (var bad = new FileStream($"{rejects}.tmp", FileMode.Create, FileAccess.Write))
            {
                var lines = new List<(long Number, byte[]? Line)>(MaxLines);
                await foreach (var line in ImportReader.ReadAsync(content, cancellationToken))
                {
                    lines.Add(line);
                    if (lines.Count == MaxLines)
                    {
                        await AcceptAsync();
                    }
                }

                await AcceptAsync();
                bad.Flush(flushToDisk: true);

                async Task AcceptAsync()
                {
                    var wrong = await AcceptLinesAsync(lines, prefix, file.LastWriteTimeUtc, bad, cancellationToken);
                    (accepted, rejected) = (accepted + lines.Count - wrong, rejected + wrong);
                    lines.Clear();
                }
            }

            if (rejected > 0)
            {
                File.Move($"{rejects}.tmp", rejects, overwrite: true);
            }
            else
            {
                File.Delete($"{rejects}.tmp");
            }

            Move(file.FullName, Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "processed")).FullName, file.Name));
            LogImported(file.Name, accepted, rejected);
            return true;
        }
    }

    /// <returns>Number of bad ones, which are written to a file.</returns>
    private async Task<int> AcceptLinesAsync(
        List<(long Number, byte[]? Line)> lines, string prefix, DateTime writtenAt, Stream bad, CancellationToken cancellationToken)
    {
        var read = new List<(long Number, byte[]? Line, ImportedLine? Request, FieldErrors Errors)>(lines.Count);
        foreach (var (number, line) in lines)
        {
            var errors = new FieldErrors();
            if (line is null)
            {
                errors.Add("$", $"is longer than {ImportReader.MaxLine} bytes");
            }

            read.Add((number, line, line is null ? null : ImportedLine.Read(line, errors), errors));
        }

        foreach (var group in read.Where(each => each.Request?.Event is { Type: null }).GroupBy(each => each.Request!.Tenant))
        {
            await types.ResolveAsync(group.Key, [.. group.Select(each => each.Request!.Event!)], cancellationToken);
        }

        var events = new List<(string Tenant, AcceptedRevenue Event)>();
        var corrections = new List<(string Tenant, RevenueAdjusted Message)>();
        var stamp = new EventStamp(WholeMilliseconds(clock.Now));
        var wrong = 0;
        foreach (var (number, line, request, errors) in read)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"import-{prefix}/{number}");
            if (request?.Event is { } one)
            {
                // Without an instant it happened when the file was written, however often it is read.
                one.Timestamp ??= errors.Has("timestamp") ? null : new DateTimeOffset(writtenAt, TimeSpan.Zero);
                validator.Validate(one, errors);
            }
            else if (request?.Adjustment is { } other)
            {
                other.Timestamp ??= errors.Has("timestamp") ? null : new DateTimeOffset(writtenAt, TimeSpan.Zero);
                adjustmentValidator.Validate(other, errors);
            }

            if (errors.Any)
            {
                wrong++;
                WriteReject(bad, number, line, errors);
            }
            else if (request!.Event is { } valid)
            {
                events.Add((request.Tenant, intake.Compose(valid, valid.EventId ?? id, stamp)));
            }
            else
            {
                var correction = request.Adjustment!;
                corrections.Add((request.Tenant, new RevenueAdjusted(
                    correction.User!, correction.Original!, correction.EventId ?? id, correction.Delta!.Value,
                    TickTime.Of(correction.Timestamp!.Value), stamp, correction.Reason)));
            }
        }

        // Events first: an adjustment's original may stand beside it.
        foreach (var group in events.GroupBy(each => each.Tenant))
        {
            await intake.AcceptAsync(group.Key, [.. group.Select(each => each.Event)], stamp, wait: null, cancellationToken);
        }

        foreach (var group in corrections.GroupBy(each => each.Tenant))
        {
            await adjustments.CarryAsync(
                group.Key, [.. group.Select(each => new AcceptedRevenueAdjustment(each.Message))],
                AdjustRevenue.StepsOf(group.Key, store), wait: null, cancellationToken);
        }

        return wrong;
    }

    private static void WriteReject(Stream bad, long number, byte[]? line, FieldErrors errors)
    {
        using (var json = new Utf8JsonWriter(bad, new JsonWriterOptions { Encoder = HttpJson.Encoder }))
        {
            json.WriteStartObject();
            json.WriteNumber("line", number);
            json.WritePropertyName("errors");
            JsonSerializer.Serialize(json, errors.ToDictionary(), HttpJson.Http.DictionaryStringStringArray);
            if (line is not null)
            {
                json.WriteString("text", System.Text.Encoding.UTF8.GetString(line));
            }

            json.WriteEndObject();
        }

        bad.Write("\n"u8);
    }

    /// <summary>Keeps what has the name already.</summary>
    private static void Move(string from, string to)
    {
        for (var copy = 2; File.Exists(to); copy++)
        {
            to = Path.Combine(
                Path.GetDirectoryName(to)!,
                string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(from)}-{copy}{Path.GetExtension(from)}"));
        }

        File.Move(from, to);
    }

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    [LoggerMessage(1021, LogLevel.Information, "Imported {File}; lines accepted: {Accepted}, rejected: {Rejected}")]
    private partial void LogImported(string file, long accepted, long rejected);
}
