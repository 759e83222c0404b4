using System.Buffers;
using System.Security.Cryptography;
using Client.Connections;
using ClientLibrary.Events;

namespace Client.Sending;

/// <summary>Sends the lines of a file in order, in batches, and writes down how far they were answered.</summary>
/// <param name="events">The service; it repeats a request until it is answered.</param>
/// <param name="feed">What the lines are.</param>
/// <param name="maxLines">Maximum number of lines in a request.</param>
/// <param name="view">Is told how it goes.</param>
internal sealed class FileSender(EventClient events, EventFeed feed, int maxLines, ISendView view)
{
    /// <summary>Size from which on a request is sent; well below what the service takes.</summary>
    private const int FullBytes = 1024 * 1024;

    /// <summary>A request's maximum, with room for an id.</summary>
    private const int MaxLineBytes = EventClient.MaxBytes - 1024;

    private const int NotValid = 400;

    private readonly List<long> numbers = [];
    private readonly ArrayBufferWriter<byte> waiting = new();
    private string? path;
    private int rejected;

    /// <summary>Sends what follows a checkpoint.</summary>
    /// <param name="stream">At the checkpoint's place.</param>
    /// <param name="begin">Where to begin.</param>
    /// <param name="sent">The hash of everything before that.</param>
    /// <param name="length">How long the file is; null where nobody knows.</param>
    /// <param name="store">Keeps the checkpoint; null for what cannot be sent again.</param>
    /// <param name="cancellationToken">Stops it; what was answered is written down.</param>
    public async Task<Checkpoint> SendAsync(
        Stream stream, Checkpoint begin, IncrementalHash sent, long? length, CheckpointFile? store, CancellationToken cancellationToken)
    {
        var at = begin;
        var place = begin.Place;
        var lines = new LineReader(stream, place, length ?? long.MaxValue);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            var number = line.After.Line;
            if (!line.Text.Span.ContainsAnyExcept(" \t"u8))
            {
                sent.AppendData(line.Raw.Span);
                place = line.After;
                continue;
            }

            var read = Read(line, at.Salt, out var problem);
            if (read is null && !line.HasEnd)
            {
                // Somebody may be writing it just now: it is reported, and read again the next time.
                view.Rejected(number, NotValid, $"{problem} It has no end yet.");
                at = await FlushAsync() with { Rejected = at.Rejected + 1 };
                view.Advanced(at, length);
                return at;
            }

            if (read is not null && (numbers.Count == maxLines || waiting.WrittenCount + read.Json.Length > FullBytes || read.Path != path))
            {
                at = await FlushAsync();
                path = read.Path;
            }

            sent.AppendData(line.Raw.Span);
            place = line.After;
            if (read is null)
            {
                view.Rejected(number, NotValid, problem!);
                rejected++;
                continue;
            }

            numbers.Add(number);
            waiting.Write(read.Json.Span);
            waiting.Write("\n"u8);
        }

        return await FlushAsync();

        // Sends what waits, and writes down that everything before the place was answered.
        async Task<Checkpoint> FlushAsync()
        {
            if (place == at.Place)
            {
                return at;
            }

            var (accepted, duplicates) = (0, 0);
            if (numbers.Count > 0)
            {
                var batch = await events.SendLinesAsync(path!, waiting.WrittenMemory, cancellationToken);
                if (batch.Results.Count != numbers.Count)
                {
                    throw new UsageException(
                        $"The service answered {batch.Results.Count} of {numbers.Count} lines: it is no Timers service.");
                }

                (accepted, duplicates) = (batch.Accepted, batch.Duplicates);
                foreach (var result in batch.Results.Where(result => result.IsRefused))
                {
                    view.Rejected(numbers[result.Index], result.Status, result.Explain());
                    rejected++;
                }
            }

            var next = at with
            {
                Offset = place.Offset,
                Line = place.Line,
                Checked = place.Offset,
                Sha256 = Convert.ToHexStringLower(sent.GetCurrentHash()),
                Accepted = at.Accepted + accepted,
                Duplicates = at.Duplicates + duplicates,
                Rejected = at.Rejected + rejected,
            };
            store?.Write(next);
            numbers.Clear();
            waiting.ResetWrittenCount();
            rejected = 0;
            view.Advanced(next, length);
            return next;
        }
    }

    private EventLine? Read(FileLine line, string salt, out string? problem)
    {
        if (line.Text.Length <= MaxLineBytes)
        {
            return EventLine.Read(line.Text, feed.RouteOf, () => StableId.Of(salt, line.After.Line), out problem);
        }

        problem = $"is longer than {MaxLineBytes:#,0} bytes, more than a request may have.";
        return null;
    }
}
