using System.Security.Cryptography;
using Client.Connections;

namespace Client.Sending;

/// <summary>A file that is to be sent, opened where its checkpoint is.</summary>
internal sealed class SentFile : IDisposable
{
    private SentFile(FileStream stream, Checkpoint begin, IncrementalHash sent, long length) =>
        (Stream, Begin, Sent, Length) = (stream, begin, sent, length);

    public FileStream Stream { get; }

    /// <summary>Where to go on.</summary>
    public Checkpoint Begin { get; }

    /// <summary>The hash of everything before that.</summary>
    public IncrementalHash Sent { get; }

    /// <summary>How long it was when it was opened: what is written later is for the next time.</summary>
    public long Length { get; }

    /// <summary>Opens a file, and finds out how far it was sent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="store">Its checkpoint.</param>
    /// <param name="target">The service, key and slice; its salt is that of the command line, or empty.</param>
    /// <param name="restarts">Whether to begin at the first line, with the same ids.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UsageException">It has changed since a part of it was sent.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<SentFile> OpenAsync(
        string path, CheckpointFile store, Checkpoint target, bool restarts, CancellationToken cancellationToken)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var length = stream.Length;
            var before = store.Read();
            before = before?.Slice == target.Slice ? before : null;
            if (before is not null && !restarts)
            {
                var sent = await HashAsync(stream, Math.Min(before.Checked, length), cancellationToken);
                if (before.Checked > length || TextOf(sent) != before.Sha256)
                {
                    throw new UsageException(
                        $"{path} is no longer what it was when its first {before.Line:#,0} lines were sent. Send it from the first line on "
                        + "with --restart: lines without ids of their own keep the ids of their numbers. Or remove "
                        + $"{store.Path} to send another file.");
                }

                if (before.Offset > 0 && before.Service == target.Service && before.Key == target.Key
                    && (target.Salt.Length == 0 || target.Salt == before.Salt))
                {
                    return new SentFile(stream, before, sent, length);
                }

                sent.Dispose();
            }

            string content;
            using (var hash = await HashAsync(stream, length, cancellationToken))
            {
                content = TextOf(hash);
            }

            // Written down before anything is sent: what is sent and never answered has the same ids the next time, though the file grow.
            var begin = target with
            {
                Salt = target.Salt.Length > 0 ? target.Salt : before?.Salt ?? content,
                Checked = length,
                Sha256 = content,
            };
            store.Write(begin);
            stream.Position = 0;
            return new SentFile(stream, begin, IncrementalHash.CreateHash(HashAlgorithmName.SHA256), length);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        Sent.Dispose();
    }

    private static string TextOf(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>The hash of a file's beginning; the file is read on behind it.</summary>
    private static async Task<IncrementalHash> HashAsync(FileStream stream, long length, CancellationToken cancellationToken)
    {
        stream.Position = 0;
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        while (length > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
            if (read == 0)
            {
                break; // it was cut meanwhile
            }

            hash.AppendData(buffer.AsSpan(0, read));
            length -= read;
        }

        return hash;
    }
}
